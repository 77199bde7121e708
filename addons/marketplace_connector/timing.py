"""The database speaks naive UTC, ``domain/`` aware UTC: the border is here."""

from datetime import UTC, datetime


def utc(value: datetime | None | bool) -> datetime | None:
    """Aware UTC from a database value (naive, False or None)."""
    return value.replace(tzinfo=UTC) if value else None


def naive(value: datetime | None) -> datetime | None:
    """Database value (naive UTC, whole seconds) from an aware datetime."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def utc_now() -> datetime:
    return datetime.now(UTC)
