"""JSON values to ours, and what an answer of another shape becomes.

What all channels write alike; what one writes in its own way (its money, its masks) is
in the ``values`` of its addon.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from .errors import ContractDrift

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


def amount(value: Any) -> Decimal:
    """A number, or a text that is one.

    :raise ValueError: not a number
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("an amount is expected")
    found = Decimal(value)
    if not found.is_finite():
        raise ValueError("an amount is expected")
    return found


def moment(value: Any) -> datetime | None:
    """An ISO date with time as aware UTC; one without an offset is UTC.

    :raise ValueError: not a date
    """
    if not value:
        return None
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=timezone.utc)
    return parsed.astimezone(timezone.utc)


def stamp(at: datetime) -> str:
    """A moment in UTC as most APIs take it, in whole seconds."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def ident(value: Any) -> str:
    """An id as text: numbers in some answers, strings in others; absent is empty."""
    return "" if value is None else str(value)


def text(value: Any) -> str:
    """A text without blanks around it; absent is empty."""
    return ident(value).strip()


def digits(value: Any) -> str:
    """Only the digits of a document, telephone or CEP."""
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


def rows(value: Any, *names: str) -> list[Json]:
    """The list of objects behind ``sub``; absent is empty.

    :raise ContractDrift: something else
    """
    found = sub(value, *names)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ContractDrift("a list of objects is expected")
    return found
