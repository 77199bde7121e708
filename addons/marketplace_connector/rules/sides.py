"""Where the channel's order and ours differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..domain.contract import InvoiceState, Order, ParcelState

CENT = Decimal("0.01")
OVER = frozenset({ParcelState.CANCELLED})
HAS_LABEL = frozenset({ParcelState.LABEL_READY, ParcelState.PRINTED})


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one line on both sides; None = that side does not know the line."""

    key: str
    theirs: Decimal | None
    ours: Decimal | None

    @property
    def differs(self) -> bool:
        return (self.theirs or 0) != (self.ours or 0)


def snapshot(order: Order) -> list[dict[str, str]]:
    """What is kept of an order's lines, as JSON values; nothing about the buyer."""
    return [
        {
            "key": line.key,
            "sku": line.sku,
            "title": line.title,
            "qty": str(line.qty - line.qty_cancelled),
            "unit_price": str(line.unit_price),
        }
        for line in order.lines
    ]


def units(theirs: Mapping[str, Decimal], ours: Mapping[str, Decimal]) -> list[Units]:
    """Every line that one of the sides knows, the channel's order first."""
    keys = dict.fromkeys([*theirs, *ours])
    return [Units(key, theirs.get(key), ours.get(key)) for key in keys]


def money_differs(theirs: Decimal, ours: Decimal) -> bool:
    return abs(theirs - ours) >= CENT


def state_differs(theirs: str, ours: str) -> bool:
    """A value that the channel has no word for says nothing."""
    return bool(theirs and ours and "unknown" not in (theirs, ours) and theirs != ours)


def note_differs(state: str, held_key: str, our_key: str) -> bool:
    """Does the channel hold another NF-e than ours, or none although there is one?"""
    if state == InvoiceState.NOT_REQUIRED:
        return False
    if not our_key:
        return bool(held_key)
    return state != InvoiceState.ACCEPTED or held_key != our_key


def label_differs(state: str, *, stored: bool, void: bool) -> bool:
    """Is a label printed there that is not here, or valid on one side only?"""
    if state in OVER:
        return stored and not void
    return (state in HAS_LABEL and not stored) or void
