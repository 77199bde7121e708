"""JSON values to ours: the common ones, and Magalu's money with its normalizer."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import Rejected
from odoo.addons.marketplace_connector.domain.values import (
    ZERO,
    Json,
    digits,
    drift_guarded,
    ident,
    moment,
    rows,
    stamp,
    sub,
    text,
)

from ..const import NORMALIZER

__all__ = [
    "ZERO",
    "Json",
    "cents",
    "digits",
    "drift_guarded",
    "ident",
    "moment",
    "money",
    "part",
    "precise_stamp",
    "rows",
    "stamp",
    "sub",
    "text",
]


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


def precise_stamp(value: datetime) -> str:
    """A moment as the API wrote it, in milliseconds: "unchanged since" is about it."""
    utc = value.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
