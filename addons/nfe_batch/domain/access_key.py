"""The access key of a note: 44 positions that name it everywhere.

MOC 7.0, "Visão Geral", 2.2.6: cUF, AAMM, CNPJ, mod, serie, nNF, tpEmis, cNF, cDV.
With the alphanumeric CNPJ (NT 2025.001 of the RFB's project) positions 7 to 18 may
be letters; a character counts with its ASCII value minus 48, digits as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .document import Note

STATE_CODES = {
    **{"RO": "11", "AC": "12", "AM": "13", "RR": "14", "PA": "15", "AP": "16"},
    **{"TO": "17", "MA": "21", "PI": "22", "CE": "23", "RN": "24", "PB": "25"},
    **{"PE": "26", "AL": "27", "SE": "28", "BA": "29", "MG": "31", "ES": "32"},
    **{"RJ": "33", "SP": "35", "PR": "41", "SC": "42", "RS": "43", "MS": "50"},
    **{"MT": "51", "GO": "52", "DF": "53"},
}
"""Letters of a state to its IBGE code."""

_PATTERN = re.compile(r"\d{6}[0-9A-Z]{12}\d{26}")
_SEQUENCE = "01234567890123456789"
_GUESSABLE = {digit * 8 for digit in "0123456789"} | {
    _SEQUENCE[start : start + 8] for start in range(10)
}
"""cNF that rule B03-10 refuses with 897 (NT 2019.001)."""


@dataclass(frozen=True)
class AccessKey:
    """A key, split into its fields. ``ValueError`` when it is none."""

    value: str

    def __post_init__(self) -> None:
        if not _PATTERN.fullmatch(self.value):
            raise ValueError("An access key has 44 positions")
        if self.value[43] != check_digit(self.value[:43]):
            raise ValueError("The check digit of the access key is wrong")

    @property
    def state_code(self) -> str:
        return self.value[:2]

    @property
    def cnpj(self) -> str:
        return self.value[6:20]

    @property
    def model(self) -> str:
        return self.value[20:22]

    @property
    def series(self) -> int:
        return int(self.value[22:25])

    @property
    def number(self) -> int:
        return int(self.value[25:34])

    @property
    def emission_type(self) -> str:
        return self.value[34]

    @property
    def random_code(self) -> str:
        return self.value[35:43]


def check_digit(body: str) -> str:
    """Modulo 11, weights 2 to 9 from the right; remainders 0 and 1 give 0."""
    total = sum(
        (ord(char) - 48) * (2 + place % 8) for place, char in enumerate(reversed(body))
    )
    rest = total % 11
    return "0" if rest < 2 else str(11 - rest)


def compose(
    *,
    state: str,
    issued_at: datetime,
    cnpj: str,
    model: str,
    series: int,
    number: int,
    emission_type: str,
    random_code: str,
) -> str:
    """Put a key together; ``state`` in letters, ``issued_at`` in local time."""
    body = (
        f"{STATE_CODES[state]}{issued_at:%y%m}{cnpj:0>14}{model}"
        f"{series:03d}{number:09d}{emission_type}{random_code}"
    )
    return body + check_digit(body)


def model_of(key: str) -> str:
    """mod inside a key: 55 NF-e, 57 CT-e, 65 NFC-e; empty for what is no key."""
    return key[20:22]


def key_of(note: Note) -> str:
    """The key of a note."""
    header = note.header
    return compose(
        state=note.issuer.address.state,
        issued_at=header.issued_at,
        cnpj=note.issuer.vat,
        model=header.model,
        series=header.series,
        number=header.number,
        emission_type=header.emission_type,
        random_code=header.random_code,
    )


def draw_random_code(number: int, randbelow: Callable[[int], int]) -> str:
    """Draw cNF; ``randbelow`` is ``secrets.randbelow`` outside tests.

    Guessable codes and the number itself are refused by the SEFAZ (897).
    """
    while True:
        code = f"{randbelow(100_000_000):08d}"
        if code not in _GUESSABLE and int(code) != number:
            return code


def is_guessable(random_code: str, number: int) -> bool:
    """True for a cNF that the SEFAZ would refuse with 897."""
    return random_code in _GUESSABLE or random_code == f"{number:08d}"
