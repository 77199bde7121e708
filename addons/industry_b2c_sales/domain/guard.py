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

    ``budget`` is the age that is allowed unless the company says otherwise. ``ships``
    is False for operations on money: a refund of a cancelled order is right.
    """

    name: str
    budget: timedelta
    ships: bool = True


_MONEY = timedelta(minutes=15)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("reserve", timedelta(minutes=15)),
        Operation("wave", timedelta(minutes=15)),
        Operation("pick", timedelta(minutes=15)),
        Operation("pack", timedelta(minutes=5)),
        Operation("nfe", timedelta(seconds=60)),
        Operation("xml", timedelta(seconds=60)),
        Operation("label", timedelta(seconds=60)),
        # The last gate: what was heard a moment ago is not enough, it always asks.
        Operation("dispatch", timedelta(0)),
        Operation("freight_payment", _MONEY, ships=False),
        Operation("refund", _MONEY, ships=False),
        Operation("settlement", _MONEY, ships=False),
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
    """What the order's log says; ``unknown``: its newest fact was not understood.

    ``held``: a person holds the order. ``changing``: units are being taken out of it.
    ``refund_explained``: the units that were taken out of it account for what was paid
    back. ``overridden``: the operations that a person has let go for the time being.
    """

    order: OrderState | None = None
    payment: PaymentState | None = None
    unknown: bool = False
    held: bool = False
    changing: bool = False
    refund_explained: bool = False
    overridden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one operation; ``age`` of the look it rests on, None = the log.

    ``overridden``: the reason code that a person has set aside, "" otherwise.
    """

    operation: str
    decision: Decision
    reason_code: str
    source: str
    checked_at: datetime | None = None
    age: timedelta | None = None
    overridden: str = ""

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
    return checked_at is not None and now - checked_at <= _limit(operation, budget)


def may_remember(operation: str, budget: timedelta | None) -> bool:
    """May an older look do, or is the provider asked each time?

    Moments are whole seconds: without a budget not even this second's look will do.
    """
    return bool(_limit(operation, budget))


def _limit(operation: str, budget: timedelta | None) -> timedelta:
    return OPERATIONS[operation].budget if budget is None else budget


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
    aside = ""
    if _may_override(decision, reason) and operation in states.overridden:
        decision, reason, aside = Decision.GO, "overridden", reason
    return Verdict(
        operation=operation,
        decision=decision,
        reason_code=reason,
        source=live.source if live else "log",
        checked_at=checked_at if not (live and live.error) else None,
        age=now - checked_at if checked_at else None,
        overridden=aside,
    )


def _may_override(decision: Decision, reason: str) -> bool:
    """A stop is final: what was sold is being undone already. Nor may a note or a
    parcel be made of quantities that are about to change."""
    return decision == Decision.HOLD and reason != "order_changing"


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
        stops = [*map(_STOP_ORDER.get, told), *map(_STOP_PAYMENT.get, paid)]
        for code in filter(None, stops):
            return Decision.STOP, code
    held = _decide_ourselves(states, ships)
    if held:
        return Decision.HOLD, held
    if live and live.error:
        return Decision.HOLD, "provider_error"
    if live and not is_fresh(operation, live.checked_at, now, budget):
        return Decision.HOLD, "status_stale"
    if not ships:
        return Decision.GO, "ok"
    return _decide_shipping(states, told[1] or told[0], paid[1] or paid[0])


def _decide_ourselves(states: States, ships: bool) -> str | None:
    """Why we hold the order ourselves, whatever the channel says."""
    if ships and states.changing:
        return "order_changing"
    return "order_held" if states.held else None


def _decide_shipping(
    states: States, order: OrderState | None, payment: PaymentState | None
) -> tuple[Decision, str]:
    if states.unknown or OrderState.UNKNOWN == order or PaymentState.UNKNOWN == payment:
        return Decision.HOLD, "status_unknown"
    if order != OrderState.READY:
        return Decision.HOLD, f"order_{order or 'no_state'}"
    if payment != PaymentState.PAID and not _rest_is_paid(states, payment):
        return Decision.HOLD, f"payment_{payment or 'no_state'}"
    return Decision.GO, "ok"


def _rest_is_paid(states: States, payment: PaymentState | None) -> bool:
    """Is nothing but the units that left the order paid back?"""
    return payment == PaymentState.PART_REFUNDED and states.refund_explained
