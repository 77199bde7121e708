"""Shipments of External Fulfillment, labels behind presigned addresses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_amazon.domain import shipping
from odoo.addons.marketplace_connector.domain.contract import (
    NotFound,
    NotYet,
    OrderState,
    ParcelState,
    RateLimited,
    Rejected,
)

from simulators.amazon.records import Invoice


@pytest.fixture
def ready(sim, place, clock):
    """An order whose NF-e Amazon has accepted: order id, shipment id."""

    def one(**spec):
        made = sim.place(**spec)
        order_id = made["order_id"]
        held = Invoice(order_id, f"key-{order_id}", "Accepted", "", clock.now())
        sim.engine.store.put("invoice", held.key, held, parent=order_id)
        return order_id, made["shipment_id"]

    return one


def test_label_confirms_packs_and_chooses_on_the_way(adapter, ready, read, records):
    order_id, parcel = ready()
    (file,) = adapter.labels([parcel], "pdf").files
    assert (file.fmt, file.parcel_ids) == ("pdf", (parcel,))
    order = read(order_id)
    assert order.parcels[0].state == ParcelState.LABEL_READY
    assert order.parcels[0].tracking
    # The presigned address is neither logged nor shown our token.
    assert {r.template for r in records if "name" in r.template} == {"/{name}"}


def test_format_is_what_amazon_sends(adapter, ready, sim):
    sim.engine.configure("label_format", "ZPL")
    (file,) = adapter.labels([ready()[1]], "pdf").files
    assert (file.fmt, file.content[:3]) == ("zpl2", b"^XA")


def test_closed_window_tells_when_it_opens(adapter, ready, clock):
    opens = clock.now() + timedelta(hours=3)
    order_id, parcel = ready(label_opens_seconds=3 * 3600)
    batch = adapter.labels([parcel], "pdf")
    ((ref, error),) = batch.failed
    assert (ref, batch.files) == (parcel, ())
    assert isinstance(error, NotYet)
    assert abs(error.not_before - opens) < timedelta(seconds=5)
    clock.advance(timedelta(hours=4))
    assert adapter.labels([parcel], "pdf").files


def test_no_label_without_the_nfe(adapter, sim):
    parcel = sim.place()["shipment_id"]
    ((_ref, error),) = adapter.labels([parcel], "pdf").failed
    assert isinstance(error, Rejected)


def test_arranging_leaves_a_bad_one_out(adapter, ready):
    good = ready()[1]
    results = dict(adapter.arrange(["D0", good]))
    assert isinstance(results["D0"], NotFound)
    assert results[good] is None


def test_quota_ends_the_walk(adapter, ready, sim):
    parcels = [ready()[1], ready()[1]]
    sim.fault("rate_limited", "/externalFulfillment")
    results = adapter.arrange(parcels)
    assert [type(error) for _ref, error in results] == [RateLimited, RateLimited]


def test_packages_without_a_recommendation_are_a_persons_work():
    with pytest.raises(Rejected) as caught:
        shipping._packages({"lineItems": [], "shippingInfo": {}})
    assert (caught.value.code, caught.value.who) == ("package_size", "operator")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/label.pdf",
        "http://labels.s3.amazonaws.com/label.pdf",
        "https://amazonaws.com.evil.example/label.pdf",
        "file:///etc/passwd",
    ],
)
def test_label_of_a_foreign_host_is_not_fetched(adapter, url):
    with pytest.raises(Rejected) as caught:
        adapter._client.file(url)
    assert caught.value.code == "label_address"


def test_cancel_rejects_the_shipment(adapter, ready, read):
    order_id, _parcel = ready()
    adapter.cancel(order_id, "out_of_stock")
    order = read(order_id)
    assert (order.state, order.cancellation.by) == (OrderState.CANCELLED, "seller")


def test_amazon_knows_no_partial_cancellation(adapter, ready):
    order_id, _parcel = ready()
    with pytest.raises(Rejected):
        adapter.cancel(order_id, "out_of_stock", {"1": 1})


def test_own_carrier_is_cancelled_by_hand(adapter, place):
    with pytest.raises(Rejected) as caught:
        adapter.cancel(place(program="SelfShip"), "out_of_stock")
    assert caught.value.code == "cancel_by_hand"


def test_own_tracking_is_told_once(adapter, place, read, sim, clock):
    order_id = place(program="SelfShip", lines=[{"quantity": 2}, {"quantity": 1}])
    for _ in range(2):
        adapter.own_tracking(order_id, "Transportadora", "SM1", "", clock.now())
    order = read(order_id)
    assert order.state == OrderState.SHIPPED
    assert order.parcels[0].tracking == "SM1"
    assert sim.requests("POST", "shipmentConfirmation") == 1
