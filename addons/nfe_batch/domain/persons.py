"""Numbers of persons: CPF, CNPJ, and the alphanumeric CNPJ of 2026."""

from __future__ import annotations

import re

from stdnum.br import cnpj, cpf

_CPF_LENGTH = 11


def is_valid_cpf(number: str) -> bool:
    """Eleven digits, not all alike, with right check digits."""
    is_plain = number.isdigit() and len(number) == _CPF_LENGTH
    return is_plain and len(set(number)) > 1 and cpf.is_valid(number)


def is_valid_cnpj(number: str) -> bool:
    """Fourteen positions, numeric or alphanumeric, with right check digits."""
    return bool(re.fullmatch(r"[0-9A-Z]{12}\d{2}", number)) and cnpj.is_valid(number)


def is_valid_vat(number: str) -> bool:
    """A CPF or a CNPJ."""
    return is_valid_cpf(number) or is_valid_cnpj(number)
