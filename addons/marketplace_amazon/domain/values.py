"""JSON values to ours: money, moments, ids; what an answer of another shape becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from odoo.addons.marketplace_connector.domain.contract import ContractDrift

Json = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")
ZERO = Decimal(0)


def drift_guarded(function: Callable[P, R]) -> Callable[P, R]:
    """An answer of an unexpected shape becomes ContractDrift, whatever broke."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as e:
            # The value itself may be personal data: name only what was being read.
            raise ContractDrift(f"{function.__name__}: {type(e).__name__}") from e

    return guarded


def money(value: Any) -> Decimal:
    """A ``Money`` object (``{amount, currencyCode}``, text amount); absent is zero.

    :raise ValueError: not a number, or not in BRL
    """
    if value is None:
        return ZERO
    if value["currencyCode"] != "BRL":
        raise ValueError("an amount in BRL is expected")
    raw = value["amount"]
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise ValueError("an amount is expected")
    amount = Decimal(raw)
    if not amount.is_finite():
        raise ValueError("an amount is expected")
    return amount


def moment(value: Any) -> datetime | None:
    """ISO 8601 as aware UTC; without an offset it is UTC."""
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=timezone.utc)
    return parsed.astimezone(timezone.utc)


def required_moment(value: Any) -> datetime:
    """As ``moment``.

    :raise ValueError: absent
    """
    found = moment(value)
    if found is None:
        raise ValueError("a moment is expected")
    return found


def stamp(at: datetime) -> str:
    """A moment as the API takes it, whole seconds."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def text(value: Any) -> str:
    """A text or an id; absent is empty."""
    return "" if value is None else str(value).strip()


def digits(value: Any) -> str:
    """Only the digits of a document or CEP."""
    return "".join(char for char in text(value) if char.isdigit())


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


def rows(value: Any, *names: str) -> list[Json]:
    """The list of objects behind ``sub``; absent is empty.

    :raise TypeError: not a list of objects
    """
    found = sub(value, *names)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise TypeError("a list of objects is expected")
    return found
