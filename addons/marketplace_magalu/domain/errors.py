"""What an error answer of Magalu means, and a trace that ended badly.

The API tells errors by their HTTP status; bodies have ``error``, ``message``,
``detail`` or ``error_description`` (OAuth). Magalu publishes no list of codes for the
NF-e: those below are what its checks are known to be about, any other one is handed on
as it is and counts as one about the order's data.
"""

from __future__ import annotations

from collections.abc import Mapping

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    AuthDead,
    ChannelError,
    Conflict,
    NotFound,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer, retry_after

OPERATOR = "operator"
CONFIG = "config"
BUG = "bug"
RETRY = "retry"
ALREADY = "already"

INVOICE_ERRORS: Mapping[str, str] = {
    "invoice_already_exists": ALREADY,
    "invoice_amount_mismatch": OPERATOR,
    "invoice_recipient_mismatch": OPERATOR,
    "invoice_not_authorized": OPERATOR,
    "delivery_not_invoiceable": OPERATOR,
    "invoice_issuer_mismatch": CONFIG,
    "invoice_key_mismatch": BUG,
    "invoice_xml_invalid": BUG,
    "internal_error": RETRY,
}

_OAUTH_ERRORS: Mapping[str, str] = {
    "invalid_client": CONFIG,
    "unauthorized_client": CONFIG,
    "invalid_scope": CONFIG,
    "invalid_request": BUG,
    "unsupported_grant_type": BUG,
}


class Unchanged(ChannelError):
    """304: the resource is as it was at the moment that was asked about."""


def classify(answer: Answer) -> ChannelError | None:
    """The error of an answer, or None to judge it by its HTTP status alone."""
    if answer.status == 304:
        return Unchanged("not modified")
    payload = answer.payload()
    code = str(payload.get("error") or payload.get("code") or "")
    text = _text(payload)
    if answer.status == 401 and code not in _OAUTH_ERRORS:
        return TokenExpired(text, code)
    if answer.status == 429:
        return RateLimited(text, retry_after(answer.headers), code=code)
    if answer.status >= 500 or not payload:
        return None
    if code == "invalid_grant":
        return AuthDead(text, code)
    if code in _OAUTH_ERRORS:
        return Rejected(code, text, who=_OAUTH_ERRORS[code])
    if code in INVOICE_ERRORS:
        return invoice_error(code, text)
    return _by_status(answer.status, code, text)


def invoice_error(code: str, text: str) -> ChannelError:
    """The error behind a code of the NF-e checks, of an answer or of a trace."""
    kind = INVOICE_ERRORS.get(code, OPERATOR)
    if kind == ALREADY:
        return AlreadyDone(text, code)
    if kind == RETRY:
        return Transient(text, code)
    return Rejected(code, text, who=kind)


def _by_status(status: int, code: str, text: str) -> ChannelError | None:
    simple: Mapping[int, type[ChannelError]] = {404: NotFound, 409: Conflict}
    if status in simple:
        return simple[status](text, code)
    if status == 403:
        # The scope was not granted, or the tenant is another organisation's.
        return Rejected(code or "forbidden", text, who=CONFIG)
    if status == 422:
        return Rejected(code or "http_422", text, who=OPERATOR)
    if 400 <= status < 500:
        return Rejected(code or f"http_{status}", text, who=BUG)
    return None


def _text(payload: Mapping[str, object]) -> str:
    names = ("message", "detail", "error_description")
    return redact(next((str(payload[n]) for n in names if payload.get(n)), ""))
