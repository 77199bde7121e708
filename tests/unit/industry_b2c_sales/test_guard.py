"""Only a clear and fresh "go" lets an operation run."""

from datetime import UTC, datetime, timedelta

import pytest

from odoo.addons.industry_b2c_sales.domain.axes import OrderState, PaymentState
from odoo.addons.industry_b2c_sales.domain.guard import (
    OPERATIONS,
    Decision,
    LiveStatus,
    States,
    judge,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GOOD = States(OrderState.READY, PaymentState.PAID)


def live(order=OrderState.READY, payment=PaymentState.PAID, age=0, error=""):
    return LiveStatus(order, payment, "channel/1", NOW - timedelta(seconds=age), error)


def told(operation="dispatch", states=GOOD, answer=None, budget=None):
    verdict = judge(operation, states, answer, NOW, budget)
    return verdict.decision, verdict.reason_code


def test_go_needs_ready_and_paid():
    assert told() == (Decision.GO, "ok")
    assert told(answer=live()) == (Decision.GO, "ok")


@pytest.mark.parametrize("order", [s for s in OrderState if s != OrderState.READY])
def test_any_other_order_state_is_no_go(order):
    assert told(states=States(order, PaymentState.PAID))[0] != Decision.GO
    assert told(answer=live(order))[0] != Decision.GO


@pytest.mark.parametrize("payment", [s for s in PaymentState if s != PaymentState.PAID])
def test_any_other_payment_state_is_no_go(payment):
    assert told(states=States(OrderState.READY, payment))[0] != Decision.GO
    assert told(answer=live(payment=payment))[0] != Decision.GO


def test_refund_of_units_that_left_the_order_lets_the_rest_go():
    refund = PaymentState.PART_REFUNDED
    left = States(OrderState.READY, refund, refund_explained=True)
    paid = States(OrderState.READY, PaymentState.PAID, refund_explained=True)
    assert told(states=left) == (Decision.GO, "ok")
    assert told(states=left, answer=live(payment=refund)) == (Decision.GO, "ok")
    assert told(states=paid, answer=live(payment=refund)) == (Decision.GO, "ok")
    changing = States(OrderState.READY, refund, changing=True, refund_explained=True)
    assert told(states=changing) == (Decision.HOLD, "order_changing")
    for payment in set(PaymentState) - {refund, PaymentState.PAID}:
        states = States(OrderState.READY, payment, refund_explained=True)
        assert told(states=states)[0] != Decision.GO


def test_refund_that_nothing_explains_is_a_hold():
    states = States(OrderState.READY, PaymentState.PART_REFUNDED)
    assert told(states=states) == (Decision.HOLD, "payment_part_refunded")


def test_nothing_known_is_a_hold():
    assert told(states=States()) == (Decision.HOLD, "order_no_state")
    assert told(states=States(OrderState.READY)) == (Decision.HOLD, "payment_no_state")
    assert told(states=States(OrderState.READY, PaymentState.PAID, unknown=True)) == (
        Decision.HOLD,
        "status_unknown",
    )


def test_error_is_a_hold_even_with_states():
    assert told(answer=live(error="timeout")) == (Decision.HOLD, "provider_error")


def test_cancelled_in_the_log_stops_whatever_the_channel_says():
    cancelled = States(OrderState.CANCELLED, PaymentState.PAID)
    assert told(states=cancelled, answer=live()) == (Decision.STOP, "order_cancelled")
    assert told(states=cancelled, answer=live(error="x"))[0] == Decision.STOP


def test_refund_stops():
    assert told(answer=live(payment=PaymentState.REFUNDED)) == (
        Decision.STOP,
        "payment_refunded",
    )


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_budget_of_every_operation(operation):
    seconds = operation.budget.total_seconds()
    assert told(operation.name, answer=live(age=seconds))[0] == Decision.GO
    assert told(operation.name, answer=live(age=seconds + 1)) == (
        Decision.HOLD,
        "status_stale",
    )


def test_budgets_of_the_design():
    minutes = {name: op.budget.total_seconds() / 60 for name, op in OPERATIONS.items()}
    assert minutes["wave"] == 15
    assert minutes["pack"] == 5
    assert minutes["nfe"] == minutes["xml"] == minutes["label"] == 1
    assert minutes["dispatch"] == 0


def test_budget_can_be_set():
    assert told(answer=live(age=30), budget=timedelta(seconds=10))[0] == Decision.HOLD


def test_refund_of_a_cancelled_order_is_right():
    cancelled = States(OrderState.CANCELLED, PaymentState.PAID)
    assert told("refund", cancelled, live(OrderState.CANCELLED)) == (Decision.GO, "ok")
    assert told("refund", cancelled, live(error="x"))[0] == Decision.HOLD


def test_verdict_tells_source_and_age():
    verdict = judge("dispatch", GOOD, live(age=20), NOW)
    assert verdict.source == "channel/1"
    assert verdict.age == timedelta(seconds=20)
    assert verdict.checked_at == NOW - timedelta(seconds=20)
    assert judge("dispatch", GOOD, None, NOW).source == "log"
    assert judge("dispatch", GOOD, live(error="x"), NOW).checked_at is None
