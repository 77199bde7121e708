"""What an error answer of Mercado Livre means.

Sources: API pages "autenticação e autorização", "importar nota fiscal", "etiquetas".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
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

OPERATOR = "operator"
CONFIG = "config"
BUG = "bug"
RETRY = "retry"
ALREADY = "already"

ALREADY_SAVED = "shipment_invoice_already_saved"

# Every `error_code` of the NF-e import and who can do something about it.
INVOICE_ERRORS: Mapping[str, str] = {
    ALREADY_SAVED: ALREADY,
    "duplicated_fiscal_key": OPERATOR,
    "invalid_nfe_cstat": OPERATOR,
    "wrong_invoice_date": OPERATOR,
    "wrong_receiver_zipcode": OPERATOR,
    "wrong_receiver_cnpj": OPERATOR,
    "wrong_receiver_cpf": OPERATOR,
    "wrong_receiver_state_tax": OPERATOR,
    "shipment_invoice_should_contain_company_state_tax_id": OPERATOR,
    "invalid_state_tax_id": OPERATOR,
    "nfe_order_value_divergence": OPERATOR,
    "invalid_shipment": OPERATOR,
    "wrong_sender_zipcode": CONFIG,
    "invalid_user": CONFIG,
    "seller_not_allowed_to_import_nfe": CONFIG,
    "invalid_operation_for_site_id": CONFIG,
    "invalid_caller_id": CONFIG,
    "sender_ie_not_found": CONFIG,
    "invalid_sender_ie_for_state": CONFIG,
    "invalid_sender_ie": CONFIG,
    "invalid_sender_cnpj": CONFIG,
    "different_state_nfe_shipment_origin": CONFIG,
    "error_parse_invoice_data": BUG,
    "invalid_parameter": BUG,
    "wrong_invoice_type": BUG,
    "batch_nfe_not_supported": BUG,
    "nfe_layout_not_supported": BUG,
    "unexpected_error_post_biller": RETRY,
    "shipment_already_being_processed": RETRY,
    "internal_error": RETRY,
}

_OAUTH_ERRORS: Mapping[str, str] = {
    "invalid_client": CONFIG,
    "unauthorized_client": CONFIG,
    "unauthorized_application": CONFIG,
    "invalid_operator_user_id": CONFIG,
    "invalid_scope": BUG,
    "invalid_request": BUG,
    "unsupported_grant_type": BUG,
}

# An expired token may come as 403 as well; a 403 that does not speak of the token is
# about the resource, and a refresh would only burn a rotation.
_TOKEN_ERRORS = frozenset({"invalid_token", "expired_token", "unauthorized"})

# What a person at the seller's can do something about: listings (``item.…``), a closed
# conversation (``blocked_by_…``), an action that is no longer offered.
_OPERATOR_ERRORS = frozenset(
    {
        "not_unanswered_question",
        "text_too_long",
        "invalid_action",
        "order_not_cancellable",
        "feedback_already_exists",
    }
)
_OPERATOR_PREFIXES = ("item.", "blocked_by_")

# Why a label cannot be printed yet, as opposed to never.
_LABEL_WAITS = frozenset(
    {
        "invoice_pending",
        "buffered",
        "waiting_for_payment",
        "waiting_for_label_generation",
        "regenerating",
        "creating_route",
        "creating_shipping_order",
        "manufacturing",
        "pending",
        "handling",
        "ready_to_ship",
    }
)


class NotPrintable(Rejected):
    """Some shipments of a label call cannot be printed; nothing was printed.

    :ivar failed: shipment id → the channel's reason
    """

    def __init__(self, failed: Mapping[str, str]) -> None:
        super().__init__("not_printable_status", who=OPERATOR)
        self.failed = dict(failed)


def classify(answer: Answer) -> ChannelError | None:
    """The error of an answer, or None to judge it by its HTTP status alone."""
    payload = answer.payload()
    error = str(payload.get("error") or payload.get("code") or "")
    code = str(payload.get("error_code") or error)
    text = redact(str(payload.get("message") or ""))
    if answer.status == 401 or (answer.status == 403 and _about_token(error, text)):
        return TokenExpired(text, code)
    if answer.status == 429 or error == "local_rate_limited":
        return RateLimited(text, retry_after(answer.headers), code=code)
    if answer.status >= 500 or not payload:
        return None
    if "failed_shipments" in payload:
        return NotPrintable(_failed(payload["failed_shipments"]))
    if code in INVOICE_ERRORS:
        return _invoice_error(code, text)
    if error == "invalid_grant":
        return AuthDead(text, code)
    if error in _OAUTH_ERRORS:
        return Rejected(code, text, who=_OAUTH_ERRORS[error])
    if code in _OPERATOR_ERRORS or code.startswith(_OPERATOR_PREFIXES):
        return Rejected(code, text, who=OPERATOR)
    return _by_status(answer.status, code, text)


def label_error(reason: str) -> ChannelError:
    """Error for one parcel that the label call left out."""
    if reason in _LABEL_WAITS:
        return NotYet(f"label: {reason}", code=reason)
    return Rejected(reason or "not_printable_status", who=OPERATOR)


def _invoice_error(code: str, text: str) -> ChannelError:
    kind = INVOICE_ERRORS[code]
    if kind == ALREADY:
        return AlreadyDone(text, code)
    if kind == RETRY:
        return Transient(text, code)
    return Rejected(code, text, who=kind)


def _by_status(status: int, code: str, text: str) -> ChannelError | None:
    if status == 404:
        return NotFound(text, code)
    if status == 403:
        return Rejected(code or "forbidden", text, who=CONFIG)
    if status in (400, 405, 415):
        return Rejected(code or f"http_{status}", text, who=BUG)
    return None


def _about_token(error: str, text: str) -> bool:
    return error in _TOKEN_ERRORS or "token" in text.lower()


def _failed(rows: Any) -> dict[str, str]:
    if not isinstance(rows, list):
        return {}
    return {
        str(row.get("shipment_id")): str(row.get("message") or "")
        for row in rows
        if isinstance(row, dict)
    }
