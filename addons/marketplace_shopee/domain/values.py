"""JSON values to ours: money, moments, ids, what is masked; and shapes that drift."""

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
    """An amount in BRL; absent is zero.

    :raise ValueError: not a number
    """
    if value is None or value == "":
        return ZERO
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("an amount is expected")
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError("an amount is expected")
    return amount


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

    :raise ContractDrift: something else
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ContractDrift("a list of objects is expected")
    return value
