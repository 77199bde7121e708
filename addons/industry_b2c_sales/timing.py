"""The database speaks naive UTC, ``domain/`` aware UTC: the border is here."""

from datetime import UTC, datetime

from odoo import fields


def utc_now() -> datetime:
    """The transaction-independent present as aware UTC, in whole seconds."""
    return fields.Datetime.now().replace(tzinfo=UTC)


def aware(value: datetime | None | bool) -> datetime | None:
    """A datetime field's value (naive UTC, False or None) as aware UTC."""
    return value.replace(tzinfo=UTC) if value else None


def naive(value: datetime) -> datetime:
    """An aware datetime as a datetime field stores it (naive UTC)."""
    return value.astimezone(UTC).replace(tzinfo=None)


def whole_seconds(value: datetime | None) -> datetime | None:
    """The same without fractions, which would sort and compare by themselves."""
    return naive(value).replace(microsecond=0) if value else None
