"""What must be undone when a consumer cancels, depending on how far the order came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    """How far the goods came."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPATCHED = "dispatched"


class Note(StrEnum):
    """What became of the NF-e: ``posted`` has a number, but no protocol yet."""

    NONE = "none"
    POSTED = "posted"
    AUTHORIZED = "authorized"
    CANCELLED = "cancelled"


class Step(StrEnum):
    RELEASE_STOCK = "release_stock"
    VOID_LABEL = "void_label"
    CANCEL_NFE = "cancel_nfe"
    ENTRY_NFE = "entry_nfe"
    EXPECT_RETURN = "expect_return"
    TELL_CHANNEL = "tell_channel"


@dataclass(frozen=True, slots=True)
class Situation:
    """``authorized_at`` and ``now`` are aware UTC; ``cancel_hours`` is the time that
    the issuer's UF gives for the cancellation event (usually 24)."""

    stage: Stage
    note: Note
    now: datetime
    authorized_at: datetime | None = None
    cancel_hours: int = 24
    labelled: bool = False


def plan(situation: Situation) -> tuple[Step, ...]:
    """The steps in the order in which they are taken."""
    steps: list[Step] = []
    if situation.stage == Stage.DISPATCHED:
        steps.append(Step.EXPECT_RETURN)
    else:
        steps.append(Step.RELEASE_STOCK)
        if situation.labelled:
            steps.append(Step.VOID_LABEL)
    steps += _note_steps(situation)
    if situation.note != Note.NONE:
        # The channel holds the note, or is about to get it.
        steps.append(Step.TELL_CHANNEL)
    return tuple(steps)


def may_cancel_nfe(situation: Situation) -> bool:
    """Does the SEFAZ still take a cancellation? Goods inside, UF's hours not over.

    An authorised note without a known time is not risked: the entry note always works.
    """
    if situation.stage == Stage.DISPATCHED or situation.authorized_at is None:
        return False
    limit = situation.authorized_at + timedelta(hours=situation.cancel_hours)
    return situation.now <= limit


def _note_steps(situation: Situation) -> list[Step]:
    if situation.note == Note.POSTED:
        return [Step.CANCEL_NFE]
    if situation.note == Note.AUTHORIZED:
        return [Step.CANCEL_NFE if may_cancel_nfe(situation) else Step.ENTRY_NFE]
    return []
