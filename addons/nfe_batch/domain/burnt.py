"""Numbers that were drawn and will never be a note: which, and until when to void them.

Ajuste SINIEF 07/05, cl. 14: a break in the numbering is voided by the 10th of the
month after it happened. Nothing here decides that a number *is* voided: what comes out
is proposed to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from itertools import pairwise

MAX_RANGE = 10_000
"""Numbers in one request (rule I06, cStat 201)."""

_DUE_DAY = 10
_DECEMBER = 12

_DECIDED = frozenset({"autorizada", "denegada", "inutilizada"})
_CANCELLED = "cancelada"
_UNDER_WAY = frozenset({"ready", "sending", "unknown"})
_TAKEN_CODES = frozenset({"204", "206", "539"})
"""The SEFAZ said that it holds this number: for another key, or voided."""


class Fate(Enum):
    """What became of a number."""

    USED = "used"
    """The SEFAZ has it: authorised, cancelled there, denied, voided."""
    PENDING = "pending"
    """Its document is not finished, or nobody knows what the SEFAZ has."""
    ABANDONED = "abandoned"
    """Its document was cancelled here and never was a note at the SEFAZ."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A number that a document took; ``at`` is when, in the issuer's local time.

    ``state`` is the OCA's ``state_edoc`` of the document.
    """

    number: int
    at: datetime
    fate: Fate
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Burnt:
    """Consecutive numbers to void; ``on`` is the local day of the oldest of them."""

    first: int
    last: int
    on: date


def fate_of(
    *, state: str, protocol: str, transmission: str, status_code: str = ""
) -> Fate:
    """What became of the number of a document.

    ``state`` is the OCA's ``state_edoc``, ``protocol`` the number of the authorisation
    (empty without one), ``transmission`` what this program knows of the exchange,
    ``status_code`` the last cStat. An unknown state is pending, never abandoned.
    """
    if state in _DECIDED:
        return Fate.USED
    if state != _CANCELLED or transmission in _UNDER_WAY:
        return Fate.PENDING
    if protocol or status_code in _TAKEN_CODES:
        return Fate.USED
    return Fate.ABANDONED


def burnt(
    drawn: Iterable[Drawn], covered: Iterable[tuple[int, int]], *, before: datetime
) -> tuple[Burnt, ...]:
    """The ranges to void of one series, in ascending order.

    Candidates are the gaps between the lowest and the highest drawn number, and the
    abandoned numbers. A gap is as old as the number that follows it, because numbers
    are drawn in order. What was drawn after ``before`` is too young; what a voiding in
    any state covers already (``covered``: first and last number) is left out. Ranges
    end with the month, so that each has one year and one due date, and at
    ``MAX_RANGE`` numbers.
    """
    blocks = _blocks(sorted(drawn, key=lambda row: row.number), before)
    merged: list[Burnt] = []
    for block in _without(blocks, sorted(covered)):
        if merged and _continues(merged[-1], block):
            on = min(merged[-1].on, block.on)
            merged[-1] = replace(merged[-1], last=block.last, on=on)
        else:
            merged.append(block)
    return tuple(piece for block in merged for piece in _cut(block))


def due_date(on: date) -> date:
    """Last day to void what was burnt on a day: the 10th of the following month."""
    if on.month == _DECEMBER:
        return date(on.year + 1, 1, _DUE_DAY)
    return date(on.year, on.month + 1, _DUE_DAY)


def _blocks(rows: Sequence[Drawn], before: datetime) -> list[Burnt]:
    """Gaps and abandoned numbers that are old enough, ascending."""
    blocks = []
    for row, following in pairwise([*rows, None]):
        if row.fate is Fate.ABANDONED and row.at <= before:
            blocks.append(Burnt(first=row.number, last=row.number, on=row.at.date()))
        if following and following.at <= before:
            gap = Burnt(
                first=row.number + 1, last=following.number - 1, on=following.at.date()
            )
            blocks.append(gap)
    return [block for block in blocks if block.first <= block.last]


def _without(blocks: list[Burnt], covered: Sequence[tuple[int, int]]) -> list[Burnt]:
    """What of the blocks no covered range touches; both ascending."""
    rest = []
    for block in blocks:
        first = block.first
        for start, end in covered:
            if end < first or start > block.last:
                continue
            if start > first:
                rest.append(replace(block, first=first, last=start - 1))
            first = end + 1
        if first <= block.last:
            rest.append(replace(block, first=first))
    return rest


def _continues(block: Burnt, following: Burnt) -> bool:
    same_month = (block.on.year, block.on.month) == (
        following.on.year,
        following.on.month,
    )
    return same_month and block.last + 1 == following.first


def _cut(block: Burnt) -> list[Burnt]:
    return [
        replace(block, first=first, last=min(first + MAX_RANGE - 1, block.last))
        for first in range(block.first, block.last + 1, MAX_RANGE)
    ]
