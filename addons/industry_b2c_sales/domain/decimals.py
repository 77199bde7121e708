"""The database speaks float, ``domain/`` Decimal: the border is here."""

from __future__ import annotations

from decimal import Decimal


def dec(value: float) -> Decimal:
    """A float field's value as it was entered, without binary noise."""
    return Decimal(str(round(value, 6)))
