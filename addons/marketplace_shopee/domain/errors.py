"""What an error answer of Shopee means.

Shopee answers most errors with HTTP 200 and the field ``error``. Sources: the error
lists of the API pages, the guide "Emissão de NF-e" (17 errors of the upload).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    NotFound,
    NotYet,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer, retry_after

from ..const import QUOTA_ZONE
from .values import Json

OPERATOR = "operator"
CONFIG = "config"
BUG = "bug"

ALL_FAILED = "batch_api_all_failed"
LACK_OF_INVOICE = "logistics.lack_of_invoice_data"
PRINT_FIRST = "logistics.shipping_document_should_print_first"

_TOKEN = frozenset({"invalid_acceess_token", "invalid_access_token"})
_DEAD = frozenset(
    "error_shop_refresh_token refresh_token_expired shop_access_expired "
    "shop_no_linked partner_shop_no_link shop_banned error_banned".split()
)
_CONFIG = frozenset(
    "error_sign error_partner_key_expired source_ip_undeclared error_api_permission "
    "error_api_call_restricted error_ashop_api_permission error_kyc_auth error_auth "
    "invalid_partner_id error_permission error_perm error_shop api_suspended "
    "error_seller_under_penalty".split()
)
_AGAIN = frozenset(
    "error_server error_network error_inner error_system_busy error_config "
    "error_unknown error_exception error_other error_timeout error_connection "
    "error_core_server error_third_party_server package_print_failed "
    "unknown_error".split()
)
_NOT_FOUND = frozenset(
    "error_not_found order_not_exist package_number_not_found error_item_not_found "
    "error_order_not_found error_not_exist".split()
)
_NOT_YET = frozenset({"lack_of_invoice_data", "download_later"})
_LATER = re.compile(r"try (?:again )?later|please try again$|failed to get lock", re.I)
_CLOCK = re.compile(r"timestamp is expired|invalid timestamp|no timestamp", re.I)
_GONE = re.compile(r"not found|does(?:n't| not) exist|is not exist|not exist", re.I)

TIMESTAMP = "timestamp_expired"


def reader(now: Callable[[], datetime]) -> Callable[[Answer], ChannelError | None]:
    """The classifier of a client; ``now`` tells how long a day's quota still lasts."""

    def classify(answer: Answer) -> ChannelError | None:
        payload = answer.payload() if answer.content[:1] == b"{" else {}
        code, message = _code(payload), redact(str(payload.get("message") or ""))
        if answer.status == 429 or code == "error_rate_limit":
            return RateLimited(message, retry_after(answer.headers), code=code)
        if not code or answer.status >= 500:
            return None
        if code == "error_limit":
            wait = _until_midnight(now())
            return RateLimited(message, wait, scope="daily", code=code)
        if code == ALL_FAILED and (payload.get("response") or {}).get("result_list"):
            # Each line tells its own error.
            return None
        return error_of(code, message)

    return classify


def error_of(code: str, message: str) -> ChannelError:
    """Error for a code, of a whole answer or of one line in it."""
    # `logistics.error_param` and `error_param` say the same.
    plain = code.rpartition(".")[2]
    if plain in _TOKEN or plain == "error_auth" and "access_token" in message.lower():
        return TokenExpired(message, code)
    if plain in _DEAD or plain == "error_auth" and "refresh_token" in message.lower():
        return AuthDead(message, code)
    if _CLOCK.search(message):
        return Rejected(TIMESTAMP, message, who=CONFIG)
    if plain in _NOT_YET:
        return NotYet(message, code=code)
    if plain in _AGAIN or _LATER.search(message):
        return Transient(message, code)
    if plain in _NOT_FOUND or _GONE.search(message):
        return NotFound(message, code)
    if plain in _CONFIG:
        return Rejected(code, message, who=CONFIG)
    return Rejected(code, message, who=BUG if plain == "error_param" else OPERATOR)


def _code(payload: Json) -> str:
    return str(payload.get("error") or "").strip().removeprefix("common.")


def _until_midnight(now: datetime) -> float:
    local = now.astimezone(QUOTA_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1) - local).total_seconds()


# --- the NF-e: told apart by their message only

DUPLICATE_KEY = "duplicate_key"
INVALID_NFE = "invalid_nfe"
INVOICE_STATUS = "invoice_status"
CFOP = "cfop"

INVOICE_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("invalid cnpj", "cnpj", CONFIG),
    ("invalid uf", "uf", CONFIG),
    ("invalid state registration", "state_registration", CONFIG),
    ("don't support invoice issuer", "issuer", CONFIG),
    ("invalid nf-e model", "model", BUG),
    ("invalid nf-e", INVALID_NFE, OPERATOR),
    ("canceled nf-e", "cancelled_nfe", OPERATOR),
    ("access key duplicated", DUPLICATE_KEY, OPERATOR),
    ("access_key must be 44", "key_length", BUG),
    ("access_key is a required", "key_missing", BUG),
    ("invalid issue date", "issue_date", OPERATOR),
    ("invoice status is invalid", INVOICE_STATUS, OPERATOR),
    ("invalid access key", "invalid_key", OPERATOR),
    ("order_sn is a required", "order_sn", BUG),
    ("cfop invalid", CFOP, OPERATOR),
    ("valid invoice xml", "xml", BUG),
    ("file error", "file", BUG),
)


def invoice_error(error: ChannelError) -> ChannelError:
    """The refusal of an upload by its text; any other error as it is."""
    message = str(error).lower()
    for words, code, who in INVOICE_TEXTS:
        if words in message:
            return Rejected(code, str(error), who=who)
    return error
