"""Orders over the line: paging, what did not change, what fails for one alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    Cursor,
    NotYet,
    OrderState,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.domain.paging import walk


def polled(pages):
    return {ref.external_id for page in pages for ref in page.items}


def test_every_call_names_the_shop(adapter, sim):
    token = adapter._client._options.tokens.get_token()
    answer = requests.get(
        f"{sim.url}/seller/v1/orders",
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
    assert answer.status_code == 400
    assert "X-Tenant-Id" in answer.json()["message"]
    assert polled(adapter.changed_orders(Cursor(), sim.clock.now())) == set()


def test_rows_that_leave_the_window_hide_no_order(adapter, sim):
    """The list is sorted by the purchase: a change takes rows out before our place."""
    codes = [sim.place()["order_id"] for _ in range(120)]
    sim.clock.advance(timedelta(seconds=2))
    pages = adapter.changed_orders(Cursor(), sim.clock.now())
    seen = polled([next(pages)])
    sim.clock.advance(timedelta(seconds=5))
    for code in codes[:45]:
        sim.advance(code, "touch")
    assert seen | polled(pages) == set(codes)


def test_list_that_never_holds_still():
    class Row:
        def __init__(self, number):
            self.external_id = str(number)

    numbers = iter(range(10**6))

    def fetch(offset):
        return [Row(next(numbers)) for _ in range(5)]

    with pytest.raises(Transient):
        list(walk(fetch, Cursor(), None, 5))


def test_delivery_that_changed_after_its_order_is_newer(adapter, sim):
    code = sim.place()["order_id"]
    page = next(adapter.changed_orders(Cursor(), sim.clock.now()))
    (order,) = adapter.orders([code])
    assert page.items[0].updated_at == order.updated_at


def test_unchanged_parcels_are_not_read_again(adapter, sim, read):
    order = read(sim.place()["order_id"])
    assert adapter.parcels(order) == order.parcels
    assert sim.engine.log[-1].status == 304
    sim.clock.advance(timedelta(seconds=1))
    sim.advance(order.external_id, "cancel")
    (parcel,) = adapter.parcels(order)
    assert parcel.state.value == "cancelled"


def test_dead_grant_is_said_of_every_order(adapter, sim):
    codes = [sim.place()["order_id"] for _ in range(3)]
    sim.engine.kill_grant()
    checks = adapter.still_shippable(codes)
    assert [type(checks[code].error) for code in codes] == [AuthDead] * 3
    with pytest.raises(AuthDead):
        list(adapter.orders(codes))


def test_partly_cancelled_order_may_still_be_shipped(adapter, sim, two_parcels, read):
    delivery = read(two_parcels).parcels[0].external_id
    sim.advance(two_parcels, "cancel", delivery_id=delivery)
    assert adapter.still_shippable([two_parcels])[two_parcels].order_state == (
        OrderState.READY
    )


def test_log_holds_no_order_code(adapter, sim, records):
    code = sim.place()["order_id"]
    list(adapter.orders([code]))
    assert {r.template for r in records if r.ref == code} == {"/seller/v1/orders/{id}"}


# --- own freight


@pytest.fixture
def own(sim, read, adapter, nfe):
    """A delivery that our carrier takes, its NF-e accepted."""
    target = read(sim.place(own_freight=True)["order_id"]).invoice_targets[0]
    adapter.send_invoice(target, nfe(target.external_id))
    sim.clock.advance(timedelta(minutes=1))
    return target


def test_own_freight_to_the_door(adapter, sim, own, read):
    ref, now = own.external_id, sim.clock.now()
    for _ in range(2):
        adapter.own_tracking(ref, "Transportadora Exemplo", "AB123", "", now)
    assert sim.requests("POST", "/shippings") == 1
    assert read(own.order_ids[0]).parcels[0].tracking == "AB123"
    for _ in range(2):
        adapter.own_delivered(ref, now)
    assert sim.requests("POST", "/finishing") == 1
    assert read(own.order_ids[0]).state == OrderState.DELIVERED


def test_own_freight_before_its_turn(adapter, sim, own, read):
    with pytest.raises(NotYet):
        adapter.own_delivered(own.external_id, sim.clock.now())
    fresh = read(sim.place(own_freight=True)["order_id"]).parcels[0].external_id
    with pytest.raises(NotYet):
        adapter.own_tracking(fresh, "X", "1", "", sim.clock.now())


def test_own_freight_of_a_cancelled_delivery(adapter, sim, own):
    sim.advance(own.order_ids[0], "cancel")
    with pytest.raises(Rejected):
        adapter.own_tracking(own.external_id, "X", "1", "", sim.clock.now())


def test_own_freight_for_magalus_parcel(adapter, sim, read, nfe):
    target = read(sim.place()["order_id"]).invoice_targets[0]
    adapter.send_invoice(target, nfe(target.external_id))
    sim.clock.advance(timedelta(minutes=1))
    with pytest.raises(Rejected) as caught:
        adapter.own_tracking(target.external_id, "X", "1", "", sim.clock.now())
    assert caught.value.code == "not_own_freight"
