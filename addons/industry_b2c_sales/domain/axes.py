"""The six axes of a living order and how facts become a state.

A channel reports facts late, twice and in the wrong order. An axis never stores "the
last thing heard": it is folded from all facts, sorted by the channel's own time, so
every order of arrival ends in the same state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Axis(StrEnum):
    ORDER = "order"
    PAYMENT = "payment"
    FISCAL = "fiscal"
    PARCEL = "parcel"
    RETURN = "return"
    SETTLEMENT = "settlement"


class OrderState(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    ON_HOLD = "on_hold"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


class PaymentState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    REJECTED = "rejected"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    IN_DISPUTE = "in_dispute"
    CHARGED_BACK = "charged_back"
    UNKNOWN = "unknown"


class FiscalState(StrEnum):
    """One ladder from "no note yet" to "the channel holds the authorised XML".

    ``invoiced``, ``nfe_rejected``, ``authorized`` and ``cancelled`` come from our own
    side (invoice and SEFAZ), the others from the channel.
    """

    NOT_REQUIRED = "not_required"
    NOT_YET = "not_yet"
    NEEDED = "needed"
    INVOICED = "invoiced"
    NFE_REJECTED = "nfe_rejected"
    AUTHORIZED = "authorized"
    SENT = "sent"
    PROCESSING = "processing"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class ParcelState(StrEnum):
    NOT_READY = "not_ready"
    AWAITING_INVOICE = "awaiting_invoice"
    TO_ARRANGE = "to_arrange"
    LABEL_PENDING = "label_pending"
    LABEL_READY = "label_ready"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class ReturnState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class SettlementState(StrEnum):
    EXPECTED = "expected"
    PART_SETTLED = "part_settled"
    DIVERGENT = "divergent"
    SETTLED = "settled"
    CLOSED = "closed"
    UNKNOWN = "unknown"


State = (
    OrderState
    | PaymentState
    | FiscalState
    | ParcelState
    | ReturnState
    | SettlementState
)

STATES: dict[Axis, type[StrEnum]] = {
    Axis.ORDER: OrderState,
    Axis.PAYMENT: PaymentState,
    Axis.FISCAL: FiscalState,
    Axis.PARCEL: ParcelState,
    Axis.RETURN: ReturnState,
    Axis.SETTLEMENT: SettlementState,
}

# A newer fact wins when its rank is equal or higher. `unknown` has no rank: it never
# becomes the state of an axis.
RANKS: dict[Axis, dict[State, int]] = {
    Axis.ORDER: {
        OrderState.AWAITING_PAYMENT: 10,
        OrderState.ON_HOLD: 20,
        OrderState.READY: 30,
        OrderState.CANCEL_REQUESTED: 40,
        OrderState.SHIPPED: 50,
        OrderState.DELIVERED: 60,
        OrderState.COMPLETED: 70,
        OrderState.SUPERSEDED: 80,
        OrderState.CANCELLED: 90,
    },
    Axis.PAYMENT: {
        PaymentState.PENDING: 10,
        PaymentState.REJECTED: 20,
        PaymentState.PAID: 30,
        PaymentState.IN_DISPUTE: 40,
        PaymentState.PART_REFUNDED: 50,
        PaymentState.REFUNDED: 60,
        PaymentState.CHARGED_BACK: 70,
    },
    Axis.FISCAL: {
        FiscalState.NOT_REQUIRED: 0,
        FiscalState.NOT_YET: 10,
        FiscalState.NEEDED: 20,
        FiscalState.INVOICED: 30,
        FiscalState.NFE_REJECTED: 35,
        FiscalState.AUTHORIZED: 40,
        FiscalState.SENT: 50,
        FiscalState.PROCESSING: 60,
        FiscalState.REJECTED: 70,
        FiscalState.ACCEPTED: 80,
        FiscalState.CANCELLED: 90,
    },
    Axis.PARCEL: {
        ParcelState.NOT_READY: 10,
        ParcelState.AWAITING_INVOICE: 20,
        ParcelState.TO_ARRANGE: 30,
        ParcelState.LABEL_PENDING: 40,
        ParcelState.LABEL_READY: 50,
        ParcelState.PRINTED: 60,
        ParcelState.HANDED_OVER: 70,
        # A failed attempt is followed by another one: same rank, the newer wins.
        ParcelState.IN_TRANSIT: 80,
        ParcelState.FAILED: 80,
        ParcelState.LOST: 85,
        ParcelState.DELIVERED: 90,
        ParcelState.RETURNING: 100,
        ParcelState.RETURNED: 110,
        ParcelState.CANCELLED: 120,
    },
    Axis.RETURN: {
        ReturnState.REQUESTED: 10,
        ReturnState.APPROVED: 20,
        ReturnState.IN_TRANSIT: 30,
        ReturnState.RECEIVED: 40,
        ReturnState.IN_REVIEW: 50,
        ReturnState.DISPUTED: 60,
        ReturnState.REJECTED: 70,
        ReturnState.REFUNDED: 75,
        ReturnState.CANCELLED: 80,
        ReturnState.CLOSED: 90,
    },
    Axis.SETTLEMENT: {
        SettlementState.EXPECTED: 10,
        SettlementState.PART_SETTLED: 20,
        SettlementState.DIVERGENT: 30,
        SettlementState.SETTLED: 40,
        SettlementState.CLOSED: 50,
    },
}

# The only moves to a lower rank that a newer fact may make.
LEGAL_REGRESSIONS: dict[Axis, frozenset[tuple[State, State]]] = {
    Axis.ORDER: frozenset(
        {
            # The seller or the channel refused the consumer's request to cancel.
            (OrderState.CANCEL_REQUESTED, OrderState.READY),
            # A finished sale was opened again by a return.
            (OrderState.COMPLETED, OrderState.DELIVERED),
            # A fraud check after the release: ignoring it would ship to a thief.
            (OrderState.READY, OrderState.ON_HOLD),
        }
    ),
    Axis.PAYMENT: frozenset({(PaymentState.IN_DISPUTE, PaymentState.PAID)}),
    Axis.FISCAL: frozenset(
        {
            # A refused XML is sent once more.
            (FiscalState.REJECTED, FiscalState.SENT),
            (FiscalState.REJECTED, FiscalState.PROCESSING),
            # The channel made a new parcel and wants the note again.
            (FiscalState.ACCEPTED, FiscalState.NEEDED),
        }
    ),
    Axis.PARCEL: frozenset(
        {
            # The channel made a new parcel: the printed label is void.
            (ParcelState.PRINTED, ParcelState.AWAITING_INVOICE),
            (ParcelState.LABEL_READY, ParcelState.AWAITING_INVOICE),
        }
    ),
    Axis.RETURN: frozenset(),
    Axis.SETTLEMENT: frozenset({(SettlementState.SETTLED, SettlementState.DIVERGENT)}),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that somebody outside reported about an order.

    ``at`` is the reporter's time (aware UTC), ``raw`` its own word for the state,
    ``uid`` its identity: a fact told twice has the same uid.
    """

    axis: Axis
    state: State
    raw: str
    source: str
    at: datetime
    uid: str

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("Fact.at must be an aware datetime")
        if not isinstance(self.state, STATES[self.axis]):
            raise ValueError(f"{self.state!r} is no state of the axis {self.axis}")


def parse_state(axis: Axis | str, value: str) -> State:
    """The state of an axis by its stored value; what nobody knows is ``unknown``."""
    states = STATES[Axis(axis)]
    try:
        return states(value)
    except ValueError:
        return states("unknown")


def follows(axis: Axis, current: State | None, new: State) -> bool:
    """May a newer fact move the axis from ``current`` to ``new``?"""
    ranks = RANKS[axis]
    if new not in ranks:
        return False
    if current is None or ranks[new] >= ranks[current]:
        return True
    return (current, new) in LEGAL_REGRESSIONS[axis]


def fold(facts: Iterable[Fact]) -> State | None:
    """The state that facts of one axis lead to; None when they say nothing.

    Facts are told apart by uid and sorted by the reporter's time, so neither the order
    of arrival nor repetition matters. At the same instant the higher rank comes last.
    """
    unique: dict[str, Fact] = {}
    for fact in facts:
        known = unique.get(fact.uid)
        if known is None or _sort_key(fact) < _sort_key(known):
            unique[fact.uid] = fact
    axes = {fact.axis for fact in unique.values()}
    if len(axes) > 1:
        raise ValueError(f"fold() takes facts of one axis, got {sorted(axes)}")
    state: State | None = None
    for fact in sorted(unique.values(), key=_sort_key):
        if follows(fact.axis, state, fact.state):
            state = fact.state
    return state


def newest_is_unknown(facts: Iterable[Fact]) -> bool:
    """Did the newest fact of an axis use a word that nobody has mapped?"""
    newest = max(facts, key=lambda fact: (fact.at, fact.uid), default=None)
    return newest is not None and newest.state.value == "unknown"


def _sort_key(fact: Fact) -> tuple[datetime, int, str, str]:
    return fact.at, RANKS[fact.axis].get(fact.state, -1), fact.state.value, fact.uid
