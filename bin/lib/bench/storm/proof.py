"""Both sides' books after the storm: pure, so that a test can show it a lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Theirs:
    """An order as its channel knows it."""

    channel: str
    order_id: str
    cancelled: bool
    left: bool
    """The carrier has it."""


@dataclass(frozen=True)
class Ours:
    """A sale order; ``left``: our delivery is done; ``notes``: NF-e that stand."""

    channel: str
    order_id: str
    left: bool
    notes: int


@dataclass(frozen=True)
class Proof:
    """Ids of what went wrong; all empty when nothing did."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    shipped_cancelled: tuple[str, ...]


def prove(theirs: Iterable[Theirs], ours: Iterable[Ours]) -> Proof:
    """Compare.

    * lost: alive there, not here
    * doubled: two sale orders, or two standing NF-e, of one order
    * shipped_cancelled: cancelled there, and it left all the same
    """
    rows = list(ours)
    known = {(row.channel, row.order_id): row for row in rows}
    times = Counter((row.channel, row.order_id) for row in rows)
    lost, shipped = [], []
    for one in theirs:
        here = known.get((one.channel, one.order_id))
        if here is None and not one.cancelled:
            lost.append(_name(one))
        if one.cancelled and (one.left or here is not None and here.left):
            shipped.append(_name(one))
    doubled = {_name(row) for row in rows if row.notes > 1 or times[_key(row)] > 1}
    return Proof(tuple(lost), tuple(sorted(doubled)), tuple(shipped))


def _key(row: Ours) -> tuple[str, str]:
    return row.channel, row.order_id


def _name(row: Theirs | Ours) -> str:
    return f"{row.channel}/{row.order_id}"


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
