"""The clock of a simulator: real by default, movable by a test."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone


class Clock:
    """An aware UTC clock that runs, and that can be set or moved.

    It runs on the monotonic clock, so a change of the machine's time does not
    reach it. ``start`` defaults to the present.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._origin = _as_utc(start or datetime.now(timezone.utc))
        self._mark = time.monotonic()

    def now(self) -> datetime:
        """Return the simulated time, aware and in UTC."""
        with self._lock:
            return self._now()

    def set(self, moment: datetime) -> None:
        """Jump to ``moment`` (aware) and keep running from there."""
        origin = _as_utc(moment)
        with self._lock:
            self._origin, self._mark = origin, time.monotonic()

    def advance(self, delta: timedelta) -> None:
        """Move by ``delta``; a negative one goes back."""
        with self._lock:
            self._origin += delta

    def _now(self) -> datetime:
        return self._origin + timedelta(seconds=time.monotonic() - self._mark)


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a simulator's clock takes aware datetimes only")
    return moment.astimezone(timezone.utc)
