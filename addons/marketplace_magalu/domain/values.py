"""JSON values to ours: money with its normalizer, moments, ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from odoo.addons.marketplace_connector.domain.contract import ContractDrift, Rejected

from ..const import NORMALIZER

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


def money(holder: Any, name: str, normalizer: Any = None) -> Decimal:
    """``holder[name]`` divided by the normalizer beside it; absent is zero.

    Amounts are integers: 15990 with normalizer 100 is R$ 159,90.

    :param normalizer: of the object around, for amounts that bring none of their own
    :raise ValueError: not an integer, or a normalizer that is no positive number
    """
    if holder is None or holder.get(name) is None:
        return ZERO
    divisor = holder.get("normalizer", normalizer or NORMALIZER)
    if not isinstance(divisor, int) or divisor <= 0:
        raise ValueError("a normalizer is expected")
    value = holder[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an integer amount is expected")
    return Decimal(value) / divisor


def part(amounts: Any, name: str) -> Decimal:
    """One part (freight, discount, …) of an ``amounts`` object."""
    holder = (amounts or {}).get(name)
    return money(holder, "total", (amounts or {}).get("normalizer"))


def cents(value: Decimal) -> int:
    """An amount in BRL as Magalu takes it.

    :raise Rejected: it has parts of a cent
    """
    scaled = value * NORMALIZER
    if scaled != scaled.to_integral_value():
        raise Rejected("part_of_a_cent", "an amount in whole cents is expected", "bug")
    return int(scaled)


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


def stamp(value: datetime) -> str:
    """A moment as the API wants it, in whole seconds."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise_stamp(value: datetime) -> str:
    """A moment as the API wrote it, in milliseconds: "unchanged since" is about it."""
    utc = value.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def ident(value: Any) -> str:
    """An id as text."""
    return "" if value is None else str(value)


def text(value: Any) -> str:
    """A text without blanks around it."""
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


def rows(value: Any) -> list[Json]:
    """A list of objects; absent is empty.

    :raise TypeError: anything else
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise TypeError("a list of objects is expected")
    return value
