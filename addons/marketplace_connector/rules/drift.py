"""Where the channel and we differ about an order, and who heals it. Pure.

The codes are those of a channel's order list against ours; what concerns the money that
the channel pays out (settled, released, refunded) is another list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from odoo.addons.industry_b2c_sales.domain.axes import Axis, follows

from ..domain.contract import OrderState, PaymentState
from .living import CHANNEL_SHIPS, GONE, LOST, NOT_OURS_TO_SHIP

ROUNDING = Decimal("0.05")
"""Two totals that differ by no more than this are one total, rounded twice."""
GRACE = timedelta(minutes=30)
"""What changed so lately is on its way: notification and poll come before this."""
SEND_AFTER = timedelta(hours=1)
"""An authorised NF-e that the channel does not hold after this was forgotten."""
SHIP_AFTER = timedelta(days=3)
"""Without a deadline of the channel an NF-e should leave within this."""
LATE = timedelta(days=1)
HEAL_TRIES = 3
"""What was healed so often and still differs is for a person."""
HEAL_FREE = 10
"""Healing so few orders never looks like a disaster, however few there are."""
HEAL_SHARE = Decimal("0.02")


class Code(StrEnum):
    """What differs."""

    MISSING_IN_ERP = "missing_in_erp"
    MISSING_IN_CHANNEL = "missing_in_channel"
    DUPLICATE_ERP = "duplicate_erp"
    CANCELLED_THERE_ACTIVE_HERE = "cancelled_there_active_here"
    ACTIVE_THERE_CANCELLED_HERE = "active_there_cancelled_here"
    STATUS_LAG = "status_lag"
    TOTAL_MISMATCH = "total_mismatch"
    SHIPPED_WITHOUT_NFE = "shipped_without_nfe"
    NFE_WITHOUT_SHIPMENT = "nfe_without_shipment"
    NFE_NOT_SENT_TO_CHANNEL = "nfe_not_sent_to_channel"
    PACK_SPLIT = "pack_split"
    CHANNEL_NFE_MISSING = "channel_nfe_missing"


class Heal(StrEnum):
    """Who heals it: each but ``PERSON`` can be undone and repeated without harm."""

    READ = "read"  # the order is read from the channel again, as after a notification
    SEND = "send"  # the NF-e goes through the outbox again
    HOLD = "hold"  # the order is held, so that no NF-e is issued, until a person looks
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class There:
    """The order at the channel.

    ``missing``: asked for by its id, the channel does not know it. ``held``: the
    channel does not release it yet. ``partial``: something was hidden. ``gone``: its
    goods left, whatever the order's own state says.
    """

    state: OrderState = OrderState.UNKNOWN
    payment: PaymentState = PaymentState.UNKNOWN
    total: Decimal | None = None
    changed_at: datetime | None = None
    flags: frozenset[str] = frozenset()
    missing: bool = False
    held: bool = False
    partial: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """The order with us: ``known`` was read before, ``sale`` has a sale order.

    ``state`` and ``payment`` are those of the sale order, without one those of the last
    reading. ``totals``: what we may rightly call its total. ``note_at``: when its NF-e
    was authorised. ``unsent``: a parcel of it waits for the NF-e at the channel.
    ``queued``: it waits in the work queue. ``follows``: another account leads the sale.
    ``channel_note``: the NF-e that the channel issued is here.
    """

    known: bool = False
    sale: bool = False
    state: OrderState | None = None
    payment: PaymentState | None = None
    read_state: OrderState | None = None
    totals: tuple[Decimal, ...] = ()
    note_at: datetime | None = None
    ship_by: datetime | None = None
    unsent: bool = False
    queued: bool = False
    follows: bool = False
    twin: bool = False
    channel_note: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference of one order."""

    code: Code
    heal: Heal


def find(there: There, here: Here, now: datetime) -> tuple[Drift, ...]:
    """All differences of an order; none while its news may be on the way."""
    if there.missing:
        active = here.sale and here.state not in LOST
        return _one(active, Code.MISSING_IN_CHANNEL, Heal.PERSON)
    if there.changed_at and there.changed_at > now - GRACE:
        return ()
    if here.follows:
        return ()
    if there.flags & NOT_OURS_TO_SHIP:
        return _of_channel_stock(there, here)
    if not here.sale:
        return _without_sale(there, here)
    return (
        *_states(there, here),
        *_total(there, here),
        *_documents(there, here, now),
        *_one(here.twin and here.state not in LOST, Code.DUPLICATE_ERP, Heal.PERSON),
    )


def tries_of(heal: Heal) -> int:
    """How often it is healed before it is for a person.

    An order is held once: whoever released it meanwhile has looked at it.
    """
    return 1 if heal == Heal.HOLD else HEAL_TRIES


def too_many(healing: int, compared: int) -> bool:
    """Would this run heal so much that something else must be wrong?"""
    return healing > max(HEAL_FREE, HEAL_SHARE * compared)


def _one(wanted: bool, code: Code, heal: Heal) -> tuple[Drift, ...]:
    return (Drift(code, heal),) if wanted else ()


def _of_channel_stock(there: There, here: Here) -> tuple[Drift, ...]:
    """The channel ships and invoices in our name: its NF-e belongs in our books."""
    wanted = CHANNEL_SHIPS in there.flags and there.state in GONE
    return _one(wanted and not here.channel_note, Code.CHANNEL_NFE_MISSING, Heal.PERSON)


def _without_sale(there: There, here: Here) -> tuple[Drift, ...]:
    sold = there.state == OrderState.READY or there.state in GONE
    if sold and there.payment == PaymentState.PAID and not there.held:
        # Taking it in is safe only as long as the channel still waits for the goods.
        safe = there.state == OrderState.READY and not here.queued
        return _one(True, Code.MISSING_IN_ERP, Heal.READ if safe else Heal.PERSON)
    behind = here.known and _behind(there, here)
    return _one(behind, Code.STATUS_LAG, Heal.READ)


def _states(there: There, here: Here) -> tuple[Drift, ...]:
    # An NF-e makes of a late cancellation a fiscal matter, which no night job decides.
    reading = Heal.PERSON if here.note_at else Heal.READ
    undone = here.state in LOST
    if there.state == OrderState.SUPERSEDED and not undone:
        return _one(True, Code.PACK_SPLIT, reading)
    if there.state in LOST:
        return _one(not undone, Code.CANCELLED_THERE_ACTIVE_HERE, reading)
    if there.state == OrderState.UNKNOWN:
        return ()
    if undone:
        unread = here.read_state in LOST
        heal = Heal.READ if unread and not here.note_at else Heal.PERSON
        return _one(True, Code.ACTIVE_THERE_CANCELLED_HERE, heal)
    return _one(_behind(there, here), Code.STATUS_LAG, Heal.READ)


def _behind(there: There, here: Here) -> bool:
    """Is the channel further than we, on one of the two axes?"""
    return any(
        told.value != "unknown" and told != known and follows(axis, known, told)
        for axis, known, told in (
            (Axis.ORDER, here.state, there.state),
            (Axis.PAYMENT, here.payment, there.payment),
        )
    )


def _total(there: There, here: Here) -> tuple[Drift, ...]:
    told = there.total
    if told is None or there.partial or there.state in LOST or here.state in LOST:
        return ()
    if any(abs(told - known) <= ROUNDING for known in here.totals):
        return ()
    heal = Heal.PERSON if here.note_at else Heal.HOLD
    return _one(True, Code.TOTAL_MISMATCH, heal)


def _documents(there: There, here: Here, now: datetime) -> tuple[Drift, ...]:
    """NF-e and goods leave together."""
    if there.state in LOST or here.state in LOST:
        return ()
    gone = there.gone or there.state in GONE
    if not here.note_at:
        return _one(gone, Code.SHIPPED_WITHOUT_NFE, Heal.PERSON)
    due = here.ship_by + LATE if here.ship_by else here.note_at + SHIP_AFTER
    return (
        *_one(
            here.unsent and here.note_at < now - SEND_AFTER,
            Code.NFE_NOT_SENT_TO_CHANNEL,
            Heal.SEND,
        ),
        *_one(not gone and due < now, Code.NFE_WITHOUT_SHIPMENT, Heal.PERSON),
    )
