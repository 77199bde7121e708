"""JSON values to ours: money, moments, ids, what is masked."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..const import ML_ZONE

# All X ("XXXXXXX"), or stars anywhere ("J*** S***").
_MASK = re.compile(r"\*{2}|^[Xx\s.,-]*[Xx]{3}[Xx\s.,-]*$")
_COMPACT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def money(value: Any) -> Decimal:
    """An amount in BRL; absent is zero.

    :raise ValueError: not a number
    """
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("an amount is expected")
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError("an amount is expected")
    return amount


def moment(value: Any) -> datetime | None:
    """A date with time as aware UTC; -04:00, -03:00, Z and -0400 all occur."""
    if not value:
        return None
    text = _COMPACT_OFFSET.sub(r"\1:\2", str(value).replace("Z", "+00:00"))
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=ML_ZONE)
    return parsed.astimezone(timezone.utc)


def ident(value: Any) -> str:
    """An id as text: numbers in some answers, strings in others."""
    return "" if value is None else str(value)


def text(value: Any) -> str:
    """A text; absent and masked are both empty, see ``is_masked``."""
    result = "" if value is None else str(value).strip()
    return "" if is_masked(result) else result


def is_masked(value: Any) -> bool:
    """Whether the channel hides this value (``XXXXXXX``)."""
    return isinstance(value, str) and bool(_MASK.search(value))


def digits(value: Any) -> str:
    """Only the digits of a document or CEP."""
    return "".join(char for char in ident(value) if char.isdigit())


def sub(value: Any, *names: str) -> Any:
    """``value[names[0]][names[1]]…``, None as soon as one is absent or null.

    :raise TypeError: something on the way is not an object
    """
    for name in names:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise TypeError(f"{name}: an object is expected")
        value = value.get(name)
    return value
