"""Access keys and taxpayer numbers: fields and check digits.

Layout of the key: MOC 7.0 visão geral, section 2.2.6. Letters count with their
ASCII value minus 48 (alphanumeric CNPJ, NT 2025.001 of the CNPJ project).
"""

from __future__ import annotations

from dataclasses import dataclass

_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True)
class AccessKey:
    """The 44 positions of a key, split into their fields."""

    value: str

    @property
    def uf(self) -> str:
        return self.value[:2]

    @property
    def year_month(self) -> str:
        return self.value[2:6]

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
    def random(self) -> str:
        """cNF, the numeric code."""
        return self.value[35:43]

    @property
    def is_valid(self) -> bool:
        """True when the check digit is right."""
        return self.value[43] == check_digit(self.value[:43])


def check_digit(body: str) -> str:
    """Modulo 11 with weights 2 to 9 from the right; 0 and 1 become 0."""
    total = sum(
        (ord(char) - 48) * (2 + index % 8) for index, char in enumerate(reversed(body))
    )
    rest = total % 11
    return "0" if rest < 2 else str(11 - rest)


def is_cnpj(number: str) -> bool:
    """Check both digits of a CNPJ, numeric or alphanumeric; zeros are refused."""
    if len(number) != 14 or not number[12:].isdigit() or set(number) == {"0"}:
        return False
    first = _cnpj_digit(number[:12], _CNPJ_WEIGHTS[1:])
    second = _cnpj_digit(number[:12] + first, _CNPJ_WEIGHTS)
    return number[12:] == first + second


def is_cpf(number: str) -> bool:
    """Check both digits of a CPF; repeated digits are refused."""
    if len(number) != 11 or not number.isdigit() or len(set(number)) == 1:
        return False
    return all(number[size] == _cpf_digit(number[:size], size + 1) for size in (9, 10))


def _cnpj_digit(body: str, weights: tuple[int, ...]) -> str:
    rest = (
        sum(
            (ord(char) - 48) * weight
            for char, weight in zip(body, weights, strict=True)
        )
        % 11
    )
    return "0" if rest < 2 else str(11 - rest)


def _cpf_digit(body: str, first_weight: int) -> str:
    total = sum(int(char) * (first_weight - index) for index, char in enumerate(body))
    return str(total * 10 % 11 % 10)
