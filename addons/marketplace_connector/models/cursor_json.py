"""A cursor of the contract, as it is stored between two polls."""

from datetime import datetime

from odoo.addons.industry_b2c_sales.timing import aware

from ..domain.contract import Cursor


def dump(cursor: Cursor) -> dict:
    return {
        "value": cursor.value,
        "low": cursor.low and cursor.low.isoformat(),
        "high": cursor.high and cursor.high.isoformat(),
    }


def load(stored: dict | None, since: datetime) -> Cursor:
    """The stored cursor; without one the walk begins at ``since`` (naive UTC)."""
    if not stored:
        return Cursor(low=aware(since))
    return Cursor(
        value=stored["value"],
        low=stored["low"] and datetime.fromisoformat(stored["low"]),
        high=stored["high"] and datetime.fromisoformat(stored["high"]),
    )
