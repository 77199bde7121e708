"""When the rest of a batch is through, and until when it may wait.

The truck leaves at a time; the notes of its load go at a rate that is measured from
what the SEFAZ answered in the last minutes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

WINDOW = timedelta(minutes=5)
"""The rate is that of the last minutes: what was an hour ago says nothing."""
_SHORTEST_SPAN = timedelta(seconds=30)
"""The first answers come in a burst: a rate over less would promise too much."""
_MARGIN = Decimal("1.25")
"""The rest may take a quarter longer than the rate says,"""
_RESERVE = timedelta(minutes=2)
"""and somebody has to print the last labels."""
_SECONDS = Decimal(60)
ASSUMED = Decimal(20)
"""Notes a minute before anything was measured: one sender, three seconds a note."""


class Bucket(Enum):
    """What a note of a batch still needs."""

    AUTHORISED = "authorised"
    REJECTED = "rejected"
    """A person must correct it."""
    WAITING = "waiting"
    """It goes on its own."""
    UNKNOWN = "unknown"
    """The answer was lost: it is read back on its own."""
    DRAFT = "draft"
    """Nobody confirmed it yet."""
    CANCELLED = "cancelled"
    """It is not coming along."""


class Standing(Enum):
    """How a batch stands against its pick-up."""

    DONE = "done"
    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    """The last safe time has passed."""
    LATE = "late"
    """The pick-up itself has passed."""
    STALLED = "stalled"
    """Nothing goes, so nothing can be foretold."""


class Source(Enum):
    """Where a rate comes from."""

    MEASURED = "measured"
    COMPANY = "company"
    """Of other notes of the company, while none of the batch went."""
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Forecast:
    """``through_at``: when the rest is authorised at this rate; ``send_before``: the
    last safe time to start it. None where nothing is left or nothing goes."""

    standing: Standing
    through_at: datetime | None = None
    send_before: datetime | None = None


_BY_STATE = {
    "autorizada": Bucket.AUTHORISED,
    "cancelada": Bucket.CANCELLED,
    "inutilizada": Bucket.CANCELLED,
    "rejeitada": Bucket.REJECTED,
    "denegada": Bucket.REJECTED,
}


def bucket(*, state: str, transmission: str, has_problem: bool) -> Bucket:
    """Sort one note.

    ``state`` is OCA's ``state_edoc``, ``transmission`` what this program knows of the
    exchange; ``has_problem``: it has one that does not end on its own.
    """
    if state in _BY_STATE:
        return _BY_STATE[state]
    if transmission == "unknown":
        return Bucket.UNKNOWN
    if has_problem:
        return Bucket.REJECTED
    if state == "em_digitacao":
        return Bucket.DRAFT
    return Bucket.WAITING


def per_minute(answered: Collection[datetime], now: datetime) -> Decimal:
    """Notes per minute, from the times of the answers that decided them.

    Times outside of ``WINDOW`` do not count. While the first answer is younger than
    the window, its age is the span.
    """
    recent = [at for at in answered if now - WINDOW < at <= now]
    if not recent:
        return Decimal(0)
    earlier = any(at <= now - WINDOW for at in answered)
    span = WINDOW if earlier else max(now - min(recent), _SHORTEST_SPAN)
    return _SECONDS * len(recent) / Decimal(str(span.total_seconds()))


def pace(
    own: Collection[datetime],
    company: Collection[datetime],
    now: datetime,
    *,
    tried: bool,
) -> tuple[Decimal, Source]:
    """The rate to reckon with, and where it comes from.

    ``own`` and ``company``: times of the answers for the batch's notes and for all;
    ``tried``: notes of the batch were sent lately. When they were and no answer came,
    nothing is assumed: the batch stands still.
    """
    rate = per_minute(own, now)
    if rate or tried:
        return rate, Source.MEASURED
    rate = per_minute(company, now)
    return (rate, Source.COMPANY) if rate else (ASSUMED, Source.ASSUMED)


def forecast(
    *, left: int, rate: Decimal, now: datetime, deadline: datetime
) -> Forecast:
    """How ``left`` notes stand against the deadline at ``rate`` notes a minute."""
    if left <= 0:
        return Forecast(Standing.DONE)
    if now > deadline:
        through = now + _needed(left, rate) if rate > 0 else None
        return Forecast(Standing.LATE, through)
    if rate <= 0:
        return Forecast(Standing.STALLED)
    needed = _needed(left, rate)
    send_before = deadline - needed * float(_MARGIN) - _RESERVE
    standing = Standing.ON_TIME if now <= send_before else Standing.AT_RISK
    return Forecast(standing, now + needed, send_before)


def _needed(left: int, rate: Decimal) -> timedelta:
    return timedelta(minutes=float(left / rate))
