"""When a night's comparison runs, and how far back it looks. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

NIGHT = range(1, 6)
"""Local hours in which the channels and the desk have little to do."""
REST = timedelta(hours=20)
OVERDUE = timedelta(hours=36)
WINDOW = timedelta(days=60)
"""Release of the money (up to 36 days), seven days to regret, and a claim after it."""
LONG_WINDOW = timedelta(days=180)
"""On the first of a month: card holders may charge back for half a year."""


def is_due(last: datetime, now: datetime) -> bool:
    """Start a run at ``now`` (local time)?

    :param last: when the last one started; before the first one, when the shop came
        here: it is still taking its orders in
    """
    age = now - last
    return age >= OVERDUE or (age >= REST and now.hour in NIGHT)


def window(now: datetime) -> timedelta:
    """How far back to compare on this (local) day."""
    return LONG_WINDOW if now.day == 1 else WINDOW
