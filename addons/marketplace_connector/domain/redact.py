"""Takes secrets and personal data out of texts that go to a log."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?i)(APP_USR-[\w-]+|TG-[\w-]+|bearer\s+[^\s\"',]+"
    r"|(?:access_token|refresh_token|client_secret)[\"']?\s*[=:]\s*[\"']?[^\s\"'&,}]+)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_CPF = re.compile(r"(?<!\d)(\d{3})\.?(\d{3})\.?(\d{3})-?(\d{2})(?!\d)")
_MASK = "***"


def redact(text: str) -> str:
    """The text with tokens, e-mail addresses and CPFs replaced by ``***``."""
    text = _SECRET.sub(_MASK, text)
    text = _MAIL.sub(_MASK, text)
    return _CPF.sub(_mask_cpf, text)


def is_cpf(digits: str) -> bool:
    """Whether eleven digits carry the check digits of a CPF."""
    if len(digits) != 11 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    return digits[9:] == _cpf_check(digits[:9])


def _cpf_check(body: str) -> str:
    result = ""
    for _ in range(2):
        base = body + result
        total = sum(
            int(digit) * weight
            for digit, weight in zip(base, range(len(base) + 1, 1, -1), strict=True)
        )
        result += str(total * 10 % 11 % 10)
    return result


def _mask_cpf(match: re.Match[str]) -> str:
    """Only what can be a CPF: shipment ids have eleven digits, too."""
    digits = "".join(match.groups())
    return _MASK if is_cpf(digits) or "." in match.group() else match.group()
