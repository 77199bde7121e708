"""Token buckets, one for each operation (guide "usage plans and rate limits")."""

from __future__ import annotations

from datetime import datetime

from simulators.common.clock import Clock

from .const import RATES
from .errors import SpError


class Buckets:
    """Takes a token for every call, or refuses it without telling how long to wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._state: dict[str, tuple[float, datetime]] = {}
        self.enforced = True

    def take(self, operation: str) -> dict[str, str]:
        """The limit as the header of the answer; none for an operation without one.

        :raise SpError: 429 QuotaExceeded
        """
        if operation not in RATES:
            return {}
        rate, burst = RATES[operation]
        headers = {"x-amzn-RateLimit-Limit": str(rate)}
        now = self._clock.now()
        left, since = self._state.get(operation, (float(burst), now))
        left = min(float(burst), left + rate * (now - since).total_seconds())
        if self.enforced and left < 1:
            self._state[operation] = (left, now)
            raise quota_exceeded(headers)
        self._state[operation] = (left - 1, now)
        return headers


def quota_exceeded(headers: dict[str, str] | None = None) -> SpError:
    """429 without ``Retry-After``."""
    message = "You exceeded your quota for the requested resource."
    return SpError(429, "QuotaExceeded", message, headers=headers)
