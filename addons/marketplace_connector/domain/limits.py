"""How fast we may call a channel, and how long a refusal keeps us away. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from .errors import RateLimited

OTHERS = "*"
"""The limit that all operations without one of their own share."""

NOTIFIED = "notification"
"""Not an operation of the channel: readings that unsigned notifications may cause.
Whoever knows the address can forge them; what waits here is found by the poll as well.
"""

PAUSE = 10.0
"""Seconds that an operation rests when the channel does not tell how long: Mercado
Livre's page on authorisation says "some seconds"."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: ``burst`` calls at once, then ``per_second``."""

    per_second: float
    burst: float


class Bucket(NamedTuple):
    """The bucket an operation counts for; ``rate`` None: as fast as we like."""

    name: str
    rate: Rate | None


def bucket_of(rates: Mapping[str, Rate], operation: str) -> Bucket:
    """Its own bucket, else the common one; without limits one that can only close."""
    if operation in rates:
        return Bucket(operation, rates[operation])
    if OTHERS in rates:
        return Bucket(OTHERS, rates[OTHERS])
    return Bucket(operation, None)


def closed_seconds(error: RateLimited, now: datetime, zone: tzinfo) -> float:
    """How long an operation rests after the channel refused a call.

    :param now: aware
    :param zone: where the channel's day begins (its daily quota)
    """
    if error.retry_after is not None:
        return error.retry_after
    if error.scope == "daily":
        return (_next_day(now, zone) - now).total_seconds()
    return PAUSE


def _next_day(now: datetime, zone: tzinfo) -> datetime:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone)
