"""Many orders with few calls: getOrder gives one every two seconds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_amazon.const import ALONE, RATES
from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    Order,
    OrderState,
    RateLimited,
)


def counts(sim):
    searches = sim.requests("GET", "/orders/2026-01-01/orders")
    singles = sim.requests("GET", "/orders/2026-01-01/orders/")
    return searches - singles, singles


def test_orders_of_a_poll_come_with_one_search(sim, adapter, place):
    ids = [place() for _ in range(40)]
    orders = list(adapter.orders(ids))
    assert {order.external_id for order in orders} == set(ids)
    assert all(isinstance(order, Order) and order.buyer.doc for order in orders)
    assert counts(sim) == (1, 0)


def test_few_orders_are_read_by_id(sim, adapter, place):
    list(adapter.orders([place() for _ in range(3)]))
    assert counts(sim) == (0, 3)


def test_orders_of_an_outage_are_found_further_back(sim, adapter, place):
    ids = [place(age_seconds=5 * 3600) for _ in range(20)]
    assert len(list(adapter.orders(ids))) == 20
    assert counts(sim) == (2, 0)


def test_old_orders_are_read_by_id(sim, adapter, place):
    ids = [place(age_seconds=9 * 86400) for _ in range(15)]
    assert len(list(adapter.orders(ids))) == 15
    assert counts(sim) == (2, 15)


def test_search_without_quota_does_not_stop_the_reading(sim, adapter, place):
    ids = [place() for _ in range(15)]
    sim.fault("rate_limited", "/orders/2026-01-01/orders")
    assert len(list(adapter.orders(ids))) == 15
    assert counts(sim) == (1, 15)


def test_own_limiter_stops_the_rest(build, place):
    asked = []

    def limiter(operation):
        asked.append(operation)
        if operation == "getOrder":
            raise RateLimited("full")

    adapter = build(limiter=limiter)
    ids = [place(), place()]
    with pytest.raises(RateLimited):
        list(adapter.orders(ids))
    assert asked[-1] == "getOrder"
    assert set(asked) - {"POST /auth/o2/token"} <= set(RATES)


def test_live_check_of_many_by_the_page_of_open_orders(sim, adapter, place, clock):
    """An order that was cancelled, or changed a moment ago, is asked for by its id."""
    old = [place(age_seconds=5 * 86400) for _ in range(20)]
    sim.advance(old[0], "cancel")
    sim.advance(old[1], "request_cancel")
    checks = adapter.still_shippable([*old, "701-9999999-9999999"])
    states = {ref: check.order_state for ref, check in checks.items()}
    assert states[old[0]] == OrderState.CANCELLED
    assert states[old[1]] == OrderState.CANCEL_REQUESTED
    assert {states[ref] for ref in old[2:]} == {OrderState.READY}
    assert checks["701-9999999-9999999"].error is not None
    assert counts(sim) == (1, 3)


def test_live_check_never_says_yes_without_an_answer(sim, adapter, place):
    ids = [place() for _ in range(12)]
    sim.fault("http_error", "/orders/2026-01-01/orders", times=50)
    checks = adapter.still_shippable(ids)
    assert list(checks) == ids
    assert all(
        check.error and check.order_state == "unknown" for check in checks.values()
    )


def test_thousand_orders_take_ten_pages(sim, adapter, place, clock):
    ids = {place(notify=False) for _ in range(230)}
    cursor = Cursor(low=clock.now() - timedelta(hours=1))
    pages = list(adapter.changed_orders(cursor, clock.now()))
    assert {ref.external_id for page in pages for ref in page.items} == ids
    assert counts(sim) == (3, 0)


def test_page_that_brings_little_is_the_last(sim, adapter, place):
    """A page costs as much quota as ninety single readings."""
    ids = [place(notify=False) for _ in range(160)]
    checks = adapter.still_shippable([ids[0], *ids[150:]])
    assert {check.order_state for check in checks.values()} == {OrderState.READY}
    assert counts(sim) == (1, 10)


def test_many_old_orders_do_not_keep_a_worker_for_minutes(sim, adapter, place):
    """What was read is good, the rest comes with a later job."""
    ids = [place(age_seconds=9 * 86400) for _ in range(ALONE + 5)]
    found = []
    with pytest.raises(RateLimited) as error:
        found.extend(adapter.orders(ids))
    assert error.value.retry_after
    assert sim.requests("GET", "/orders/2026-01-01/orders/") == ALONE
