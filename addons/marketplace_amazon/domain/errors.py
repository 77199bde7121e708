"""What an error answer of the Selling Partner API or of Login with Amazon means.

Sources: API models (ErrorList), guides "SP-API errors" and "usage plans and rate
limits", Login with Amazon "access token request".
"""

from __future__ import annotations

import re
from typing import Any

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    NotFound,
    NotYet,
    RateLimited,
    Rejected,
    TokenExpired,
)
from odoo.addons.marketplace_connector.domain.http import Answer, retry_after

OPERATOR = "operator"
CONFIG = "config"
BUG = "bug"

CHECKSUM = "invalid_checksum"
WINDOW_CLOSED = "label_window_closed"
TOKEN_REFUSED = "pagination_token"  # noqa: S105  (a code, no secret)

_OAUTH_ERRORS = {
    "invalid_client": CONFIG,
    "unauthorized_client": CONFIG,
    "invalid_scope": BUG,
    "invalid_request": BUG,
    "unsupported_grant_type": BUG,
}
_NOT_FOUND = frozenset({"NotFound", "EntityNotFound", "ResourceNotFound"})

# Refusals share the code InvalidInput; only their words tell what was wrong.
_TOKEN = re.compile(r"access token|expired token|token .*(expired|revoked|malformed)")
_MD5 = re.compile(r"md5|checksum")
_PAGE_TOKEN = re.compile(r"pagination ?token|next ?token")
_WINDOW = re.compile(
    r"(printing|label|pack\w*|ship\w*) .*(window|not (yet )?open|early)"
)


def classify(answer: Answer) -> ChannelError | None:
    """The error of an answer, or None to judge it by its HTTP status alone."""
    payload = answer.payload()
    if isinstance(payload.get("error"), str):
        return _login_error(payload)
    code, words = _first(payload)
    if answer.status == 429:
        return RateLimited(words, _wait(answer), code=code or "QuotaExceeded")
    if answer.status == 401:
        return TokenExpired(words, code)
    if answer.status == 403:
        return _forbidden(code, words)
    if answer.status >= 500 or not code:
        return None
    if answer.status == 404 or code in _NOT_FOUND:
        return NotFound(words, code)
    return _refused(answer.status, code, words)


def _refused(status: int, code: str, words: str) -> ChannelError | None:
    told = words.casefold()
    if status != 400:
        return Rejected(code, words, who=BUG) if status in (413, 415) else None
    if _MD5.search(told):
        return Rejected(CHECKSUM, words, who=BUG)
    if _PAGE_TOKEN.search(told):
        return Rejected(TOKEN_REFUSED, words, who=BUG)
    if _WINDOW.search(told):
        return NotYet(words, code=WINDOW_CLOSED)
    return Rejected(code, words, who=OPERATOR)


def _forbidden(code: str, words: str) -> ChannelError:
    """An expired token comes as 403; any other 403 is a role that is missing, and a
    refresh would change nothing."""
    if code == "Unauthorized" and _TOKEN.search(words.casefold()):
        return TokenExpired(words, code)
    return Rejected(code or "Unauthorized", words, who=CONFIG)


def _login_error(payload: dict[str, Any]) -> ChannelError | None:
    """Login with Amazon: only ``invalid_grant`` tells that the grant is gone."""
    code = payload["error"]
    words = redact(str(payload.get("error_description") or ""))
    if code == "invalid_grant":
        return AuthDead(words, code)
    if code in _OAUTH_ERRORS:
        return Rejected(code, words, who=_OAUTH_ERRORS[code])
    return None


def _first(payload: dict[str, Any]) -> tuple[str, str]:
    """Code and words of the first error of the list; "" when there is none."""
    errors = payload.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "", ""
    words = (first.get("message"), first.get("details"))
    return str(first.get("code") or ""), redact(": ".join(filter(None, words)))


def _wait(answer: Answer) -> float | None:
    """Seconds until the next call: of ``Retry-After``, which Amazon does not send, else
    the time in which one token comes back (``x-amzn-RateLimit-Limit``, per second)."""
    told = retry_after(answer.headers)
    if told is not None:
        return told
    try:
        rate = float(answer.headers.get("x-amzn-ratelimit-limit", ""))
    except ValueError:
        return None
    return 1 / rate if rate > 0 else None
