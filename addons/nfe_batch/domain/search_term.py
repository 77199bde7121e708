"""What somebody typed to find a note: a key, a number, a CPF, an order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY_LENGTH = 44
_CPF_LENGTH = 11
_CNPJ_LENGTH = 14
_NUMBER_LENGTH = 9
_FRAGMENT_LENGTH = 8
"""A shorter piece of a key finds half of all notes."""


@dataclass(frozen=True)
class Term:
    """Readings of one text; empty where it cannot be that.

    ``key``: a whole access key; ``key_part``: a piece of one; ``number``: of a note,
    without leading zeros; ``vat``: CPF or CNPJ without punctuation; ``text``: as typed,
    for the order.
    """

    text: str
    key: str = ""
    key_part: str = ""
    number: str = ""
    vat: str = ""


def read(text: str) -> Term:
    """Read a search text; keys and numbers with or without spaces and punctuation."""
    typed = text.strip()
    plain = re.sub(r"[\s./-]", "", typed).upper()
    is_code = bool(re.fullmatch(r"[0-9A-Z]+", plain)) and plain[-2:].isdigit()
    digits = plain.isdigit()
    if is_code and len(plain) == _KEY_LENGTH:
        return Term(typed, key=plain)
    return Term(
        typed,
        key_part=plain
        if digits and _FRAGMENT_LENGTH <= len(plain) < _KEY_LENGTH
        else "",
        number=plain.lstrip("0") if digits and len(plain) <= _NUMBER_LENGTH else "",
        vat=plain
        if (digits and len(plain) == _CPF_LENGTH)
        or (is_code and len(plain) == _CNPJ_LENGTH)
        else "",
    )
