"""When a person must be told that a grant comes to its end. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

ALARM_DAYS = (1, 7, 14)
"""Days before the end; one alarm each."""


def alarm(ends_at: datetime | None, now: datetime) -> int | None:
    """The nearest of ``ALARM_DAYS`` that the end has come under; None: time enough.

    :param ends_at: of the grant, or of a refresh token that nobody rotates any more
    """
    if ends_at is None:
        return None
    return next((d for d in ALARM_DAYS if ends_at - now <= timedelta(days=d)), None)
