"""Orders, lost messages and returns against the running shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    NotYet,
    OrderState,
    Rejected,
    ReturnState,
)

DETAIL = "/api/v2/order/get_order_detail"
ESCROW = "/api/v2/payment/get_escrow_detail_batch"


def test_hundred_orders_are_read_in_few_calls(adapter, sim):
    ids = [sim.place()["order_id"] for _ in range(60)]
    assert len(list(adapter.orders(ids))) == 60
    assert sim.requests("GET", DETAIL) == 2
    assert sim.requests("POST", ESCROW) == 4


def test_vouchers_and_coupons(sim, read):
    spec = {"seller_voucher": "5.01", "shopee_voucher": "7.77", "seller_discount": "3"}
    lines = [{"quantity": 3, "price": "10.00"}, {"quantity": 1, "price": "99.90"}]
    order = read(sim.place(lines=lines, freight="12.90", **spec)["order_id"])
    (row,) = sim.orders()
    assert f"{order.total:.2f}" == row["total_paid"]
    (payment,) = order.payments
    assert f"{payment.amount - payment.paid_total:.2f}" == "7.77"


def test_hidden_data_are_not_told_as_missing(adapter, sim, read):
    """No address on the application's list: stars without any error."""
    sim.engine.configure("masked", True)
    order = read(sim.place()["order_id"])
    assert (order.state, order.partial) == (OrderState.READY, True)
    with pytest.raises(NotYet) as caught:
        adapter.buyer_fiscal(order)
    assert caught.value.code == "buyer_masked"


def test_order_on_hold_is_not_called_unpaid(sim, read):
    order_id = sim.place()["order_id"]
    sim.advance(order_id, "fraud")
    assert read(order_id).state == OrderState.ON_HOLD


def test_amounts_that_do_not_come_leave_the_order_partial(sim, read):
    order_id = sim.place()["order_id"]
    sim.fault("http_error", ESCROW)
    assert read(order_id).partial
    assert not read(order_id).partial


def test_lost_messages_stay_until_they_are_confirmed(adapter, sim):
    sim.notifications(drop=2)
    ids = [sim.place()["order_id"] for _ in range(2)]
    for _ in range(2):
        page = adapter.missed_events(Cursor())
        assert [event.external_id for event in page.items] == ids
    adapter.commit(page.commit_token)
    assert adapter.missed_events(Cursor()).items == ()


def test_nothing_lost_needs_no_confirmation(adapter):
    page = adapter.missed_events(Cursor())
    assert (page.items, page.next, page.commit_token) == ((), None, None)


@pytest.fixture
def returned(adapter, sim, arranged, clock):
    """A return of a delivered order."""

    def give_back(**args):
        order = arranged()
        numbers = [order.parcels[0].external_id]
        adapter.labels(numbers, "pdf")
        clock.advance(timedelta(minutes=1))
        adapter.labels(numbers, "pdf")
        for event in ("ship", "deliver"):
            sim.advance(order.external_id, event)
        sim.advance(order.external_id, "give_back", **args)
        (entry,) = sim.engine.store.returns_of(order.external_id)
        return entry.return_sn

    return give_back


def test_return(adapter, returned):
    (back,) = adapter.read_returns([returned()])
    assert (back.state, back.needs_goods) == (ReturnState.REQUESTED, True)
    assert back.answer_by is not None
    assert "confirm" in [action.code for action in back.actions]


def test_money_without_the_goods(adapter, returned):
    (back,) = adapter.read_returns([returned(goods=False)])
    assert not back.needs_goods


def test_confirmed_return_is_paid_back(adapter, sim, returned, read):
    return_sn = returned()
    for _ in range(2):
        adapter.return_action(return_sn, "confirm", {})
    (back,) = adapter.read_returns([return_sn])
    assert back.state == ReturnState.APPROVED
    assert read(back.order_id).payments[0].refunded == back.refund_amount


def test_lost_answer_of_an_action(adapter, sim, returned):
    return_sn = returned()
    sim.fault("reset_after", "/api/v2/returns/confirm")
    adapter.return_action(return_sn, "confirm", {})


def test_action_that_is_over(adapter, returned):
    return_sn = returned()
    adapter.return_action(return_sn, "dispute", {"email": "a@b.example"})
    with pytest.raises(Rejected):
        adapter.return_action(return_sn, "confirm", {})
