"""Cancelling and answering, whatever was done already."""

from __future__ import annotations

import pytest

from odoo.addons.marketplace_connector.domain.contract import OrderState, Rejected

CANCEL = "/api/v2/order/cancel_order"


def test_reasons_of_brazil(adapter, sim, read):
    order_id = sim.place()["order_id"]
    with pytest.raises(Rejected) as caught:
        adapter.cancel(order_id, "undeliverable")
    assert caught.value.code == "cancel_reason"
    adapter.cancel(order_id, "buyer_asked")
    assert read(order_id).cancellation.code == "CUSTOMER_REQUEST"


def test_lost_answer(adapter, sim, read):
    order_id = sim.place()["order_id"]
    sim.fault("reset_after", CANCEL)
    adapter.cancel(order_id, "out_of_stock")
    assert read(order_id).state == OrderState.CANCELLED


def test_units_of_a_line(adapter, sim, read):
    order_id = sim.place(lines=[{"quantity": 3}], partial_cancel=True)["order_id"]
    (line,) = read(order_id).lines
    for _ in range(2):
        adapter.cancel(order_id, "out_of_stock", {line.key: 1})
    (line,) = read(order_id).lines
    assert (line.qty, line.qty_cancelled) == (3, 1)
    assert sim.requests("POST", CANCEL) == 1


def test_buyer_wants_all_or_nothing(adapter, sim, read):
    order_id = sim.place(lines=[{"quantity": 3}])["order_id"]
    (line,) = read(order_id).lines
    with pytest.raises(Rejected) as caught:
        adapter.cancel(order_id, "out_of_stock", {line.key: 1})
    assert caught.value.code == "partial_cancel"


@pytest.mark.parametrize("accept", [True, False])
def test_answer_is_lost_and_given_twice(adapter, sim, read, accept):
    order_id = sim.place()["order_id"]
    sim.advance(order_id, "ask_cancel")
    sim.fault("reset_after", "/api/v2/order/handle_buyer_cancellation")
    adapter.answer_cancel(order_id, accept)
    adapter.answer_cancel(order_id, accept)
    expected = OrderState.CANCELLED if accept else OrderState.READY
    assert read(order_id).state == expected


def test_answer_that_comes_too_late(adapter, sim):
    order_id = sim.place()["order_id"]
    sim.advance(order_id, "ask_cancel")
    adapter.answer_cancel(order_id, True)
    with pytest.raises(Rejected):
        adapter.answer_cancel(order_id, False)
