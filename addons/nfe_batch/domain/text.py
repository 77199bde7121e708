"""Text and numbers in the forms that the layout allows."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

_REPLACED = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "€": "EUR",
        "™": "",
        "•": "-",
    }
)
_PHONE_LENGTHS = range(6, 15)
_SPACES = re.compile(r"\s+")
_BEYOND_LATIN = re.compile(r"[^\x00-\xff]")
_HIDDEN = re.compile(r"[^\s!-~¡-ÿ]")


def clean(text: str, limit: int) -> str | None:
    """Fit free text into TString: Latin-1, single spaces, at most ``limit``.

    A customer's emoji must not stop the lot with 225, so what Latin-1 lacks is
    replaced by its base letter or left out. Returns None when nothing is left.
    """
    shown = text or ""
    # Most texts of a note are plain already; all of this costs as much as signing.
    if not (shown.isascii() and shown.isprintable()):
        composed = unicodedata.normalize("NFC", shown).translate(_REPLACED)
        shown = _HIDDEN.sub("", _BEYOND_LATIN.sub(_latin, composed))
    return _SPACES.sub(" ", shown).strip()[:limit].strip() or None


def money(value: Decimal) -> str:
    """Two places, half up."""
    return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def nonzero(value: Decimal) -> str | None:
    """Two places, or None for zero: vFrete, vSeg, vDesc, vOutro refuse 0.00."""
    return money(value) if value else None


def rate(value: Decimal) -> str:
    """A percentage with four places."""
    return str(value.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def quantity(value: Decimal) -> str:
    """Four places."""
    return rate(value)


def weight(value: Decimal | None) -> str | None:
    """Kilograms with three places."""
    if value is None:
        return None
    return str(value.quantize(Decimal("0.001"), ROUND_HALF_UP))


def unit_price(value: Decimal) -> str:
    """Two to ten places, without idle zeros."""
    exact = f"{value.quantize(Decimal('1e-10'), ROUND_HALF_UP):f}"
    whole, _, places = exact.partition(".")
    return f"{whole}.{places.rstrip('0'):0<2}"


def moment(value: datetime | None) -> str | None:
    """TDateTimeUTC: seconds and offset, no fraction."""
    return None if value is None else value.isoformat(timespec="seconds")


def phone(text: str) -> str | None:
    """The digits of a phone; what is too short or too long is left out."""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) in _PHONE_LENGTHS else None


def _latin(found: re.Match[str]) -> str:
    """The base letter of a character, where Latin-1 has it."""
    base = unicodedata.normalize("NFKD", found[0])
    return "".join(part for part in base if ord(part) <= 0xFF)
