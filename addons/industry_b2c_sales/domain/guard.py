"""May an operation go on with an order right now?

The consumer can cancel at any moment, so every operation asks first. Only a clear
"go" lets it run: an error, an old answer or a state nobody knows is a hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .axes import OrderState, PaymentState


class Decision(StrEnum):
    GO = "go"
    HOLD = "hold"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Operation:
    """A guarded operation: how old the last look may be, and whether it moves goods.

    ``gate`` names the company's setting for it. ``ships`` is False for operations on
    money: a refund of a cancelled order is right.
    """

    name: str
    gate: str
    ships: bool = True

    @property
    def budget(self) -> timedelta:
        """The age that is allowed unless the company says otherwise."""
        return BUDGETS[self.gate]


_WAVE, _PACK, _SEND, _DISPATCH = "wave", "pack", "send", "dispatch"

BUDGETS: dict[str, timedelta] = {
    _WAVE: timedelta(minutes=15),
    _PACK: timedelta(minutes=5),
    _SEND: timedelta(seconds=60),
    # The last gate: what was heard a moment ago is not enough, it always asks.
    _DISPATCH: timedelta(0),
}

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("reserve", _WAVE),
        Operation("wave", _WAVE),
        Operation("pick", _WAVE),
        Operation("pack", _PACK),
        Operation("nfe", _SEND),
        Operation("xml", _SEND),
        Operation("label", _SEND),
        Operation("dispatch", _DISPATCH),
        Operation("freight_payment", _WAVE, ships=False),
        Operation("refund", _WAVE, ships=False),
        Operation("settlement", _WAVE, ships=False),
    )
}


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What the provider answered when asked (``checked_at``: aware UTC).

    ``error`` is a code or a short text without personal data; with it the states are
    of no use. A state is None when the provider does not know that axis.
    """

    order_state: OrderState | None = None
    payment_state: PaymentState | None = None
    source: str = ""
    checked_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class States:
    """What the order's log says; ``unknown``: its newest fact was not understood."""

    order: OrderState | None = None
    payment: PaymentState | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one operation; ``age`` of the look it rests on, None = the log."""

    operation: str
    decision: Decision
    reason_code: str
    source: str
    checked_at: datetime | None = None
    age: timedelta | None = None

    @property
    def go(self) -> bool:
        return self.decision == Decision.GO


_STOP_ORDER = {
    OrderState.CANCELLED: "order_cancelled",
    OrderState.SUPERSEDED: "order_superseded",
}
_STOP_PAYMENT = {
    PaymentState.REFUNDED: "payment_refunded",
    PaymentState.CHARGED_BACK: "payment_charged_back",
}


def is_fresh(
    operation: str, checked_at: datetime | None, now: datetime, budget: timedelta | None
) -> bool:
    """Is a look at ``checked_at`` young enough for the operation?"""
    limit = OPERATIONS[operation].budget if budget is None else budget
    return checked_at is not None and now - checked_at <= limit


def judge(
    operation: str,
    states: States,
    live: LiveStatus | None,
    now: datetime,
    budget: timedelta | None = None,
) -> Verdict:
    """Judge an operation on an order.

    ``live`` None means that nobody can be asked (an order typed in by hand): the log is
    the truth. ``budget`` replaces the operation's own freshness budget.
    """
    checked_at = live.checked_at if live else None
    decision, reason = _decide(operation, states, live, now, budget)
    return Verdict(
        operation=operation,
        decision=decision,
        reason_code=reason,
        source=live.source if live else "log",
        checked_at=checked_at if not (live and live.error) else None,
        age=now - checked_at if checked_at else None,
    )


def _decide(
    operation: str,
    states: States,
    live: LiveStatus | None,
    now: datetime,
    budget: timedelta | None,
) -> tuple[Decision, str]:
    ships = OPERATIONS[operation].ships
    told = (states.order, live.order_state if live and not live.error else None)
    paid = (states.payment, live.payment_state if live and not live.error else None)
    if ships:
        # The log and the channel are both believed when they say stop.
        for code in map(_STOP_ORDER.get, told):
            if code:
                return Decision.STOP, code
        for code in map(_STOP_PAYMENT.get, paid):
            if code:
                return Decision.STOP, code
    if live and live.error:
        return Decision.HOLD, "provider_error"
    if live and not is_fresh(operation, live.checked_at, now, budget):
        return Decision.HOLD, "status_stale"
    if not ships:
        return Decision.GO, "ok"
    return _decide_shipping(states, told[1] or told[0], paid[1] or paid[0])


def _decide_shipping(
    states: States, order: OrderState | None, payment: PaymentState | None
) -> tuple[Decision, str]:
    if states.unknown or OrderState.UNKNOWN == order or PaymentState.UNKNOWN == payment:
        return Decision.HOLD, "status_unknown"
    if order != OrderState.READY:
        return Decision.HOLD, f"order_{order or 'no_state'}"
    if payment != PaymentState.PAID:
        return Decision.HOLD, f"payment_{payment or 'no_state'}"
    return Decision.GO, "ok"
