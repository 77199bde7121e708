"""JSON values to ours: the common ones, and Mercado Livre's moments and masks."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.marketplace_connector.domain.values import (
    ZERO,
    Json,
    amount,
    digits,
    drift_guarded,
    ident,
    sub,
)

from ..const import ML_ZONE

__all__ = [
    "ZERO",
    "Json",
    "digits",
    "drift_guarded",
    "ident",
    "is_masked",
    "moment",
    "money",
    "sub",
    "text",
]

# All X ("XXXXXXX"), or stars anywhere ("J*** S***").
_MASK = re.compile(r"\*{2}|^[Xx\s.,-]*[Xx]{3}[Xx\s.,-]*$")
_COMPACT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def money(value: Any) -> Decimal:
    """An amount in BRL; absent is zero.

    :raise ValueError: not a number
    """
    if value is None:
        return ZERO
    return amount(value)


def moment(value: Any) -> datetime | None:
    """A date with time as aware UTC; -04:00, -03:00, Z and -0400 all occur."""
    if not value:
        return None
    text = _COMPACT_OFFSET.sub(r"\1:\2", str(value).replace("Z", "+00:00"))
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=ML_ZONE)
    return parsed.astimezone(timezone.utc)


def text(value: Any) -> str:
    """A text; absent and masked are both empty, see ``is_masked``."""
    result = "" if value is None else str(value).strip()
    return "" if is_masked(result) else result


def is_masked(value: Any) -> bool:
    """Whether the channel hides this value (``XXXXXXX``)."""
    return isinstance(value, str) and bool(_MASK.search(value))
