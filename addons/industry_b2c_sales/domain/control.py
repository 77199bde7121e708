"""What persons do to an order: hold it, release it, override the guard, take units out.

Their entries stand in the same append-only log as the facts of the channels, under
``control`` instead of an axis: they say nothing about the order, but about us.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

CONTROL = "control"


class Control(StrEnum):
    HELD = "held"
    RELEASED = "released"
    OVERRIDDEN = "overridden"
    OVERRIDE_USED = "override_used"
    OVERRIDE_WITHDRAWN = "override_withdrawn"
    UNITS_CANCELLED = "units_cancelled"


def open_overrides(
    granted: Iterable[tuple[str, datetime, bool]], now: datetime
) -> frozenset[str]:
    """The operations that may go on against the guard's hold right now.

    ``granted``: (operation, end, withdrawn); the end is aware and is not part of the
    time that was granted.
    """
    return frozenset(
        operation
        for operation, end, withdrawn in granted
        if not withdrawn and now < end
    )
