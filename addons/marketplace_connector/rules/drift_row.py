"""A row of the staged comparison as the two sides of ``drift.find``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from odoo.addons.industry_b2c_sales.domain.axes import Axis, parse_state

from .drift import Here, There

CENT = Decimal("0.01")


def there(row: Mapping[str, Any]) -> There:
    """The channel's side; states are stored values, times naive UTC."""
    return There(
        state=_state(Axis.ORDER, row["there_state"] or "unknown"),
        payment=_state(Axis.PAYMENT, row["there_payment"] or "unknown"),
        total=_money(row["there_total"]),
        changed_at=_aware(row["changed_at"]),
        flags=frozenset(filter(None, (row["flags"] or "").split(", "))),
        missing=bool(row["missing"]),
        held=bool(row["held"]),
        partial=bool(row["partial"]),
        gone=bool(row["gone"]),
    )


def here(row: Mapping[str, Any]) -> Here:
    """Our side."""
    totals = (row["amount_total"], row["b2c_paid_total"])
    return Here(
        known=bool(row["bound_id"]),
        sale=bool(row["sale_id"]),
        state=_state(Axis.ORDER, row["here_state"]),
        payment=_state(Axis.PAYMENT, row["here_payment"]),
        read_state=_state(Axis.ORDER, row["read_state"]),
        totals=tuple(filter(None, map(_money, totals))),
        note_at=_aware(row["note_at"]),
        ship_by=_aware(row["ship_by"]),
        unsent=bool(row["unsent"]),
        queued=bool(row["queued"]),
        follows=bool(row["follows"]),
        twin=bool(row["twin"]),
        channel_note=bool(row["channel_note"]),
    )


def _state(axis: Axis, value: str | None) -> Any:
    return parse_state(axis, value) if value else None


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(CENT)


def _aware(at: datetime | None) -> datetime | None:
    return at and at.replace(tzinfo=UTC)
