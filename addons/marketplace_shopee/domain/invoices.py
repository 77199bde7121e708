"""Hands the NF-e of an order over and reads back what Shopee holds.

Source: API page upload_invoice_doc, guide "Emissão de NF-e". The answer to an upload
holds nothing, the second upload of a key is an error, and a key that was authorised
less than five minutes ago is "invalid": what is held is compared by its access key.
"""

from __future__ import annotations

import re
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    AlreadyDone,
    ChannelError,
    InvoiceFile,
    InvoiceResult,
    InvoiceState,
    InvoiceTarget,
    NotFound,
    NotYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)

from ..const import CFOPS, NFE_MAX_BYTES, NFE_MIN_AGE, NFE_SURELY_KNOWN
from .client import Client
from .errors import (
    BUG,
    CFOP,
    DUPLICATE_KEY,
    INVALID_NFE,
    INVOICE_STATUS,
    OPERATOR,
    invoice_error,
)
from .mapping import invoice_held, order_state
from .values import Json, drift_guarded, sub, text
from .vocabulary import CANCELLED

_CFOP = re.compile(rb"<CFOP>\s*(\d{4})\s*</CFOP>")
_KEY = re.compile(rb"<chNFe>\s*(\d{44})\s*</chNFe>")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
_FIELDS = "invoice_data,package_list"


def send(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, now: datetime
) -> InvoiceResult:
    """Upload the ``nfeProc``; sending the same one again is a success.

    :raise Rejected, AlreadyDone, NotYet, Transient, OutcomeUnknown: see the contract
    """
    xml = _checked(invoice, now)
    try:
        client.upload_invoice(target.external_id, xml)
    except RateLimited:
        raise
    except Transient as error:
        return _after_unknown(client, target, invoice, error)
    except (Rejected, NotFound) as error:
        return _refused(client, target, invoice, invoice_error(error), now)
    try:
        held = status(client, target)
    except ChannelError:
        # It was taken; what became of it is asked later.
        return InvoiceResult(InvoiceState.SENT, key=invoice.key)
    if held.key is None:
        return InvoiceResult(InvoiceState.SENT, key=invoice.key)
    return _verified(held, invoice)


def status(client: Client, target: InvoiceTarget) -> InvoiceResult:
    """What the order holds; NEEDED when it holds nothing."""
    raw = _order(client, target)
    state, key = invoice_held(raw)
    reason = text(sub(raw, "invoice_data", "pending_reason"))
    return InvoiceResult(
        state=state,
        key=key or None,
        code=text(sub(raw, "invoice_data", "status")),
        message=reason,
        external_id=key,
    )


def _checked(invoice: InvoiceFile, now: datetime) -> bytes:
    """The file as Shopee takes it: it starts with an XML declaration.

    :raise NotYet: too young
    :raise Rejected: what Shopee would refuse, without asking it
    """
    if len(invoice.xml) + len(_DECLARATION) > NFE_MAX_BYTES:
        raise Rejected("xml_too_large", "the NF-e is larger than 1 MB", who=BUG)
    foreign = {code.decode() for code in _CFOP.findall(invoice.xml)} - CFOPS
    if foreign:
        raise Rejected(CFOP, f"CFOP {', '.join(sorted(foreign))}", who=OPERATOR)
    ripe = invoice.authorized_at + NFE_MIN_AGE
    if now < ripe:
        raise NotYet("the NF-e is younger than 5 minutes", not_before=ripe)
    return (
        invoice.xml if invoice.xml.startswith(b"<?xml") else _DECLARATION + invoice.xml
    )


def _refused(
    client: Client,
    target: InvoiceTarget,
    invoice: InvoiceFile,
    error: ChannelError,
    now: datetime,
) -> InvoiceResult:
    if error.code == DUPLICATE_KEY:
        return _duplicate(client, target, invoice, error)
    if error.code == INVALID_NFE and now < invoice.authorized_at + NFE_SURELY_KNOWN:
        # Valid, but the registry that Shopee asks does not know it yet.
        raise NotYet(str(error), not_before=now + NFE_MIN_AGE, code=error.code)
    if error.code == INVOICE_STATUS:
        return _wrong_status(client, target, invoice, error)
    raise error


def _duplicate(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: ChannelError
) -> InvoiceResult:
    """The key is held already: by this order, or by another one."""
    held = status(client, target)
    if held.key:
        return _verified(held, invoice)
    if _downloaded_key(client, target) == invoice.key:
        return InvoiceResult(InvoiceState.PROCESSING, key=invoice.key)
    raise error


def _wrong_status(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: ChannelError
) -> InvoiceResult:
    """Held already, cancelled, not paid yet, or a carrier that takes no NF-e."""
    raw = _order(client, target)
    state, key = invoice_held(raw)
    if key:
        return _verified(InvoiceResult(state, key=key, external_id=key), invoice)
    if raw.get("order_status") == CANCELLED:
        raise Rejected("order_cancelled", str(error), who=OPERATOR)
    if state == InvoiceState.NOT_YET:
        raise NotYet(str(order_state(raw)), code=error.code)
    raise error


def _after_unknown(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: Transient
) -> InvoiceResult:
    try:
        held = status(client, target)
    except ChannelError:
        raise OutcomeUnknown(str(error), error.code) from error
    if held.key is None:
        # Nothing arrived, or not yet: a later attempt meets "duplicated" at worst.
        raise Transient("the channel does not hold the invoice") from error
    return _verified(held, invoice)


def _downloaded_key(client: Client, target: InvoiceTarget) -> str:
    """The key inside the file that the order holds, "" when there is none."""
    try:
        found = _KEY.search(client.download_invoice(target.external_id))
    except FATAL:
        raise
    except ChannelError:
        return ""
    return found[1].decode() if found else ""


def _verified(result: InvoiceResult, invoice: InvoiceFile) -> InvoiceResult:
    if result.key != invoice.key:
        raise AlreadyDone(
            "the channel holds another NF-e", "other_key", result.key or ""
        )
    return result


@drift_guarded
def _order(client: Client, target: InvoiceTarget) -> Json:
    for raw in client.orders([target.external_id], _FIELDS):
        if raw["order_sn"] == target.external_id:
            return raw
    raise NotFound("not in the channel's answer")
