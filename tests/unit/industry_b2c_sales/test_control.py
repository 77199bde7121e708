"""What persons decide about an order, and how far it goes."""

from datetime import UTC, datetime, timedelta

import pytest

from odoo.addons.industry_b2c_sales.domain.axes import OrderState, PaymentState
from odoo.addons.industry_b2c_sales.domain.control import open_overrides
from odoo.addons.industry_b2c_sales.domain.guard import (
    OPERATIONS,
    Decision,
    LiveStatus,
    States,
    judge,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def told(operation, live=None, order=OrderState.READY, **states):
    verdict = judge(operation, States(order, PaymentState.PAID, **states), live, NOW)
    return verdict.decision, verdict.reason_code


@pytest.mark.parametrize("operation", OPERATIONS)
def test_held_order_is_held_for_every_operation(operation):
    assert told(operation, held=True) == (Decision.HOLD, "order_held")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_override_counts_for_its_operation_only(operation):
    for other in OPERATIONS:
        found = told(operation, held=True, overridden=frozenset({other}))
        assert (found == (Decision.GO, "overridden")) == (operation == other)


def test_override_tells_what_it_set_aside():
    live = LiveStatus(error="timeout")
    states = States(OrderState.READY, PaymentState.PAID, overridden=frozenset({"nfe"}))
    verdict = judge("nfe", states, live, NOW)
    assert verdict.go
    assert verdict.overridden == "provider_error"
    assert (
        judge("nfe", States(OrderState.READY, PaymentState.PAID), None, NOW).overridden
        == ""
    )


@pytest.mark.parametrize("order", [OrderState.CANCELLED, OrderState.SUPERSEDED])
def test_stop_is_never_overridden(order):
    found = told("dispatch", order=order, overridden=frozenset({"dispatch"}))
    assert found[0] == Decision.STOP


def test_nothing_moves_while_units_leave_the_order():
    assert told("nfe", changing=True, overridden=frozenset({"nfe"})) == (
        Decision.HOLD,
        "order_changing",
    )
    assert told("refund", changing=True)[0] == Decision.GO


def test_override_ends_to_the_second():
    until = NOW + timedelta(minutes=30)
    granted = [("nfe", until, False)]
    assert open_overrides(granted, until - SECOND) == {"nfe"}
    assert open_overrides(granted, until) == frozenset()
    assert open_overrides([("nfe", until, True)], NOW) == frozenset()
