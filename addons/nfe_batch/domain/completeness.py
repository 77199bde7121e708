"""Is every number of a series explained? The accountant asks it for each month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .burnt import Burnt, Drawn, Fate, burnt

AUTHORISED, CANCELLED, DENIED = "autorizada", "cancelada", "denegada"


@dataclass(frozen=True, kw_only=True)
class SeriesReport:
    """The numbers of a series that a period answers for, each of them counted once.

    A number that became a document belongs to the day of the document, a gap to the
    day of the number that follows it.
    """

    series: str
    authorised: int
    cancelled: int
    denied: int
    voided: int
    pending: tuple[int, ...]
    unexplained: tuple[Burnt, ...]

    @property
    def total(self) -> int:
        settled = self.authorised + self.cancelled + self.denied + self.voided
        return settled + len(self.pending) + _count(self.unexplained)

    @property
    def complete(self) -> bool:
        return not self.pending and not self.unexplained


def explain(
    series: str,
    drawn: Iterable[Drawn],
    voided: Iterable[tuple[int, int]],
    *,
    first: date,
    last: date,
    before: datetime,
) -> SeriesReport:
    """What became of the numbers of a month, or of whole months.

    :param drawn: numbers of the series with their ``state``, also before the period
    :param voided: ranges that the SEFAZ voided (first and last number)
    :param before: the end of ``last``, in the issuer's local time
    """
    drawn = list(drawn)
    voided = list(voided)
    own = [row for row in drawn if first <= row.at.date() <= last]
    broken = _within(burnt(drawn, (), before=before), first, last)
    unexplained = _within(burnt(drawn, voided, before=before), first, last)
    used = [row.state for row in own if row.fate is Fate.USED]
    known = {state: used.count(state) for state in (AUTHORISED, CANCELLED, DENIED)}
    return SeriesReport(
        series=series,
        authorised=known[AUTHORISED],
        cancelled=known[CANCELLED],
        denied=known[DENIED],
        # Voided without a document, by a document, or both: a number counts once.
        voided=len(used) - sum(known.values()) + _count(broken) - _count(unexplained),
        pending=tuple(sorted(row.number for row in own if row.fate is Fate.PENDING)),
        unexplained=unexplained,
    )


def _within(blocks: Iterable[Burnt], first: date, last: date) -> tuple[Burnt, ...]:
    return tuple(block for block in blocks if first <= block.on <= last)


def _count(blocks: Sequence[Burnt]) -> int:
    return sum(block.last - block.first + 1 for block in blocks)
