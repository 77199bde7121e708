"""What must be undone when an order is cancelled, depending on how far it came.

One table decides: how far the goods came, what became of the NF-e, the hours that the
SEFAZ of the issuer's state gives, who asked and whether the days to regret are over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .regret import may_regret


class Stage(StrEnum):
    """How far the goods came; ``returned``: they have left and are here again."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    PICKING = "picking"
    PACKED = "packed"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"

    @property
    def inside(self) -> bool:
        """Have the goods never left the house?"""
        return self in _INSIDE


_INSIDE = frozenset({Stage.OPEN, Stage.CONFIRMED, Stage.PICKING, Stage.PACKED})


class Note(StrEnum):
    """What became of the NF-e: ``posted`` has a number, but no protocol yet."""

    NONE = "none"
    POSTED = "posted"
    AUTHORIZED = "authorized"
    CANCELLED = "cancelled"


class Asker(StrEnum):
    """Who wants the cancellation: the channel has decided already, the consumer asks
    us directly, or the seller cannot deliver."""

    CHANNEL = "channel"
    CONSUMER = "consumer"
    SELLER = "seller"


class Step(StrEnum):
    """In the order in which they are taken."""

    RELEASE_STOCK = "release_stock"
    PUT_BACK = "put_back"
    VOID_LABEL = "void_label"
    CANCEL_NFE = "cancel_nfe"
    ENTRY_NFE = "entry_nfe"
    INTERCEPT_PARCEL = "intercept_parcel"
    EXPECT_RETURN = "expect_return"
    TELL_CHANNEL = "tell_channel"
    BOOK_REFUND = "book_refund"
    # The seven days are over: no regret, but perhaps a defect (CDC art. 18 and 26).
    OPEN_CLAIM = "open_claim"


# What the channel is told depends on what became of the note, and so does what is left
# to book.
WAITS_FOR: dict[Step, frozenset[Step]] = {
    Step.TELL_CHANNEL: frozenset({Step.CANCEL_NFE, Step.ENTRY_NFE}),
    Step.BOOK_REFUND: frozenset({Step.CANCEL_NFE, Step.ENTRY_NFE}),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the plan depends on; all times are aware UTC.

    ``cancel_hours``: the time that the issuer's UF gives for the cancellation event
    (usually 24); ``cancel_refused``: the SEFAZ has refused it for good. ``uf``,
    ``delivered_at`` (the proof; None: nobody has proven it) and ``asked_at`` decide on
    the right to regret. ``marketplace``: an intermediary took the money and pays it
    back. ``paid``: the consumer has paid. ``lost``: the carrier has lost the parcel.
    """

    stage: Stage
    note: Note
    now: datetime
    authorized_at: datetime | None = None
    cancel_hours: int = 24
    cancel_refused: bool = False
    labelled: bool = False
    asker: Asker = Asker.CHANNEL
    marketplace: bool = True
    paid: bool = True
    lost: bool = False
    uf: str = ""
    delivered_at: datetime | None = None
    asked_at: datetime | None = None


def plan(situation: Situation) -> tuple[Step, ...]:
    """The steps that undo the whole order, in the order in which they are taken."""
    if not has_right(situation):
        return (Step.OPEN_CLAIM,)
    steps = [
        *_goods_steps(situation),
        *_note_steps(situation),
        *_parcel_steps(situation),
        *_money_steps(situation),
    ]
    return in_order(steps)


def plan_part(situation: Situation) -> tuple[Step, ...]:
    """The steps that take some units out of an order that goes on.

    Nothing is intercepted, no label is void: the rest of the parcel is still wanted. An
    NF-e cannot be cancelled in part, so what it bears too much comes back by another.
    """
    if not has_right(situation):
        return (Step.OPEN_CLAIM,)
    steps = _money_steps(situation)
    if situation.note in (Note.POSTED, Note.AUTHORIZED):
        steps.append(Step.ENTRY_NFE)
    if situation.stage.inside:
        steps.append(Step.RELEASE_STOCK)
        if situation.stage in (Stage.PICKING, Stage.PACKED):
            steps.append(Step.PUT_BACK)
    elif situation.stage != Stage.RETURNED and not situation.lost:
        steps.append(Step.EXPECT_RETURN)
    return in_order(steps)


def has_right(situation: Situation) -> bool:
    """May this cancellation be undone at all, or is it a claim?

    The law limits the consumer only: channel and seller may always give in.
    """
    if situation.asker != Asker.CONSUMER:
        return True
    asked_at = situation.asked_at or situation.now
    return may_regret(situation.delivered_at, situation.uf, asked_at)


def cancel_limit(situation: Situation) -> datetime | None:
    """Until when the SEFAZ takes the cancellation, None when nobody knows."""
    if situation.authorized_at is None:
        return None
    return situation.authorized_at + timedelta(hours=situation.cancel_hours)


def may_cancel_nfe(situation: Situation) -> bool:
    """Does the SEFAZ still take a cancellation? Goods inside, UF's hours not over.

    An authorised note without a known time is not risked: the entry note always works.
    """
    limit = cancel_limit(situation)
    if not situation.stage.inside or limit is None or situation.cancel_refused:
        return False
    return situation.now <= limit


def in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Steps as `Step` lists them."""
    return tuple(step for step in Step if step in steps)


def _goods_steps(situation: Situation) -> list[Step]:
    if not situation.stage.inside:
        return []
    steps = [Step.RELEASE_STOCK]
    if situation.stage in (Stage.PICKING, Stage.PACKED):
        steps.append(Step.PUT_BACK)
    if situation.labelled:
        steps.append(Step.VOID_LABEL)
    return steps


def _note_steps(situation: Situation) -> list[Step]:
    if situation.note == Note.POSTED:
        return [Step.CANCEL_NFE]
    if situation.note == Note.AUTHORIZED:
        return [Step.CANCEL_NFE if may_cancel_nfe(situation) else Step.ENTRY_NFE]
    return []


def _parcel_steps(situation: Situation) -> list[Step]:
    if situation.stage.inside or situation.stage == Stage.RETURNED or situation.lost:
        return []
    if situation.stage == Stage.DISPATCHED:
        return [Step.INTERCEPT_PARCEL, Step.EXPECT_RETURN]
    return [Step.EXPECT_RETURN]


def _money_steps(situation: Situation) -> list[Step]:
    noted = situation.note != Note.NONE
    steps = []
    if noted or situation.asker != Asker.CHANNEL:
        # The channel holds the note, or does not know yet that the sale is off.
        steps.append(Step.TELL_CHANNEL)
    if noted or (situation.paid and not situation.marketplace):
        steps.append(Step.BOOK_REFUND)
    return steps


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that an earlier run has planned: ``state`` todo, done, manual, failed or
    dropped; ``attempts``: how often it was run."""

    step: Step
    state: str
    attempts: int = 0

    @property
    def asked(self) -> bool:
        """Has somebody been asked to do it, or has done it?"""
        return self.state in ("done", "manual") or (
            self.state == "todo" and self.attempts > 0
        )


# Tasks of a person that come to nothing when the goods move on.
_MOOT = frozenset({Step.INTERCEPT_PARCEL, Step.EXPECT_RETURN, Step.OPEN_CLAIM})


def revise(
    wanted: tuple[Step, ...], taken: list[Taken], *, refused: bool = False
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What a new look at the situation adds to the plan and drops from it.

    A note is undone one way only: while a cancellation is asked for no entry note is
    planned, even when the hours pass meanwhile, unless the SEFAZ has ``refused`` it.
    """
    alive = {item.step: item for item in taken if item.state != "dropped"}
    steps = set(wanted)
    cancel = alive.get(Step.CANCEL_NFE)
    if cancel and cancel.asked and not refused and Step.ENTRY_NFE in steps:
        steps = steps - {Step.ENTRY_NFE} | {Step.CANCEL_NFE}
    if Step.ENTRY_NFE in alive:
        steps -= {Step.CANCEL_NFE}
    add = in_order([step for step in steps if step not in alive])
    drop = in_order(
        [
            item.step
            for item in alive.values()
            if item.step not in steps and _droppable(item, refused)
        ]
    )
    return add, drop


def _droppable(item: Taken, refused: bool) -> bool:
    if item.step == Step.PUT_BACK and item.attempts:
        # The goods lie where they were carried to, also when the stock is released.
        return False
    if item.state == "manual":
        return item.step in _MOOT
    if item.step == Step.CANCEL_NFE and refused:
        return item.state != "done"
    return not item.asked


def waits_for(step: Step, asker: Asker) -> frozenset[Step]:
    """The steps that must be done before this one.

    A channel that does not know of the cancellation yet hears of it at once.
    """
    if step == Step.TELL_CHANNEL and asker != Asker.CHANNEL:
        return frozenset()
    return WAITS_FOR.get(step, frozenset())
