"""JSON values to ours: the common ones, and Amazon's money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo.addons.marketplace_connector.domain.values import (
    ZERO,
    Json,
    amount,
    digits,
    drift_guarded,
    moment,
    rows,
    stamp,
    sub,
    text,
)

__all__ = [
    "ZERO",
    "Json",
    "digits",
    "drift_guarded",
    "moment",
    "money",
    "required_moment",
    "rows",
    "stamp",
    "sub",
    "text",
]


def money(value: Any) -> Decimal:
    """A ``Money`` object (``{amount, currencyCode}``, text amount); absent is zero.

    :raise ValueError: not a number, or not in BRL
    """
    if value is None:
        return ZERO
    if value["currencyCode"] != "BRL":
        raise ValueError("an amount in BRL is expected")
    return amount(value["amount"])


def required_moment(value: Any) -> datetime:
    """As ``moment``.

    :raise ValueError: absent
    """
    found = moment(value)
    if found is None:
        raise ValueError("a moment is expected")
    return found
