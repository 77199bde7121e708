"""Takes secrets and personal data out of texts for logs and notes."""

from __future__ import annotations

import re

from stdnum.br import cpf

from .privacy import masked_cpf

_SECRET = re.compile(
    r"(?i)(APP_USR-[\w-]+|TG-[\w-]+|bearer\s+[^\s\"',]+"
    r"|(?:access_token|refresh_token|client_secret)[\"']?\s*[=:]\s*[\"']?[^\s\"'&,}]+)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_CPF = re.compile(r"(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)")
_MASK = "***"


def redact(text: str) -> str:
    """A text of somebody else (an exception, an answer) with CPFs masked, tokens and
    e-mail addresses replaced. A CNPJ is public and stays."""
    text = _SECRET.sub(_MASK, text)
    text = _MAIL.sub(_MASK, text)
    return _CPF.sub(_mask_cpf, text)


def _mask_cpf(match: re.Match[str]) -> str:
    """Only what can be a CPF: shipment ids have eleven digits, too."""
    found = match.group()
    return masked_cpf(found) if "." in found or cpf.is_valid(found) else found
