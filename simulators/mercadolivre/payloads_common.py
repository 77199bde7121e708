"""Pieces all payloads share: numbers and dates."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

from .const import BRT_ZONE, ML_ZONE


def money(amount: Decimal) -> int | float:
    """A JSON number as ML writes it: 50 for 50.00, 55.9 for 55.90."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def ml_date(moment: datetime | None) -> str | None:
    """``2026-11-20T17:01:30.000-04:00``: the form of orders and shipments."""
    return _stamp(moment.astimezone(ML_ZONE)) if moment else None


def brt_date(moment: datetime | None) -> str | None:
    """The same with ``-03:00``: promised dates of a shipment."""
    return _stamp(moment.astimezone(BRT_ZONE)) if moment else None


def sla_date(moment: datetime) -> str:
    """``2026-11-20T23:59:59-03:00``: the form of ``/sla``."""
    return moment.astimezone(BRT_ZONE).isoformat(timespec="seconds")


def utc_date(moment: datetime) -> str:
    """``2026-11-20T16:19:20.129Z``: the form of notifications."""
    text = moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
