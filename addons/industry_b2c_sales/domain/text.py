"""Words for comparing, however they are written."""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """A name or header without accents, case, punctuation and double blanks."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", letters.casefold()))


def unpunctuated(vat: str, keep: str = "") -> str:
    """A CPF or CNPJ as digits (a CNPJ may have letters from July 2026 on)."""
    return "".join(char for char in vat if char.isalnum() or char in keep).upper()
