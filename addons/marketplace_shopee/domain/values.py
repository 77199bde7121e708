"""JSON values to ours: the common ones, and Shopee's money, moments and masks."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.marketplace_connector.domain.values import (
    ZERO,
    Json,
    amount,
    drift_guarded,
    rows,
    sub,
)

__all__ = [
    "ZERO",
    "Json",
    "digits",
    "drift_guarded",
    "epoch",
    "ident",
    "is_masked",
    "moment",
    "money",
    "rows",
    "sub",
    "text",
]


def money(value: Any) -> Decimal:
    """An amount in BRL; absent is zero.

    :raise ValueError: not a number
    """
    if value is None or value == "":
        return ZERO
    return amount(value)


def moment(value: Any) -> datetime | None:
    """Epoch seconds as aware UTC; 0 and absent are no moment."""
    if not value:
        return None
    return datetime.fromtimestamp(int(value), timezone.utc)


def epoch(at: datetime) -> int:
    """Whole seconds, as Shopee counts time."""
    return int(at.timestamp())


def ident(value: Any) -> str:
    """An id as text; 0 is Shopee's "none"."""
    return "" if value in (None, 0, "0") else str(value)


def text(value: Any) -> str:
    """A text; absent and masked are both empty, see ``is_masked``."""
    result = "" if value is None else str(value).strip()
    return "" if is_masked(result) else result


def is_masked(value: Any) -> bool:
    """Whether Shopee hides this value (``M***a``): it comes without any error."""
    return isinstance(value, str) and "*" in value


def digits(value: Any) -> str:
    """Only the digits of a document, key or CEP; a masked one has none."""
    return "".join(char for char in text(value) if char.isdigit())
