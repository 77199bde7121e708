"""An intake order as JSON and back, so that a rejected order can be played again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .axes import Axis, Fact, parse_state
from .intake import (
    IntakeAddress,
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    IntakePayment,
)


def dump(value: Any) -> Any:
    """A dataclass as plain JSON: amounts and times become text, exactly."""
    if is_dataclass(value):
        return {item.name: dump(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [dump(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def load(data: dict[str, Any]) -> IntakeOrder:
    """The order that ``dump`` wrote. Raises KeyError or TypeError on anything else."""
    values = dict(data)
    values["ordered_at"] = datetime.fromisoformat(data["ordered_at"])
    values["consumer"] = _consumer(data["consumer"])
    values["lines"] = tuple(_line(line) for line in data["lines"])
    values["payments"] = tuple(_payment(item) for item in data["payments"])
    values["facts"] = tuple(_fact(item) for item in data["facts"])
    if data["shipping"]:
        values["shipping"] = IntakeAddress(**data["shipping"])
    for amount in ("paid_total", "freight", "discount"):
        values[amount] = Decimal(data[amount])
    # A payload that was kept before discounts were told apart has none of the channel.
    values["channel_discount"] = Decimal(data.get("channel_discount", 0))
    return IntakeOrder(**values)


def _consumer(data: dict[str, Any]) -> IntakeConsumer:
    return IntakeConsumer(**data | {"address": IntakeAddress(**data["address"])})


def _line(data: dict[str, Any]) -> IntakeLine:
    amounts = {
        key: Decimal(data[key]) for key in ("quantity", "unit_price", "discount")
    }
    # Payloads that were kept by an earlier version lack these.
    for name in ("channel_discount", "per_kit"):
        amounts[name] = Decimal(data.get(name, 0))
    return IntakeLine(**data | amounts)


def _payment(data: dict[str, Any]) -> IntakePayment:
    return IntakePayment(**data | {"amount": Decimal(data["amount"])})


def _fact(data: dict[str, Any]) -> Fact:
    axis = Axis(data["axis"])
    return Fact(
        **data
        | {
            "axis": axis,
            "state": parse_state(axis, data["state"]),
            "at": datetime.fromisoformat(data["at"]),
        }
    )
