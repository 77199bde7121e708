"""Hands the NF-e of a shipment over and reads back what Mercado Livre holds.

Source: API page "importar nota fiscal". The import is not idempotent by itself: a
second one answers ``shipment_invoice_already_saved``, so what is held is compared by
its access key.
"""

from __future__ import annotations

from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    ChannelError,
    InvoiceFile,
    InvoiceResult,
    InvoiceState,
    InvoiceTarget,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Transient,
)

from ..const import NFE_MAX_BYTES
from .client import Client
from .errors import BUG
from .values import digits, ident, text

_STATES = {
    "approved": InvoiceState.ACCEPTED,
    "authorized": InvoiceState.ACCEPTED,
    "pending": InvoiceState.PROCESSING,
    "processing": InvoiceState.PROCESSING,
    "rejected": InvoiceState.REJECTED,
    "error": InvoiceState.REJECTED,
    "cancelled": InvoiceState.REJECTED,
}


def send(client: Client, target: InvoiceTarget, invoice: InvoiceFile) -> InvoiceResult:
    """Send the ``nfeProc``; sending the same one again is a success.

    :raise Rejected, AlreadyDone, NotYet, Transient, OutcomeUnknown: see the contract
    """
    if len(invoice.xml) > NFE_MAX_BYTES:
        raise Rejected("xml_too_large", "the NF-e is larger than 1 MB", who=BUG)
    try:
        payload = client.post_invoice(target.external_id, invoice.xml)
    except AlreadyDone as error:
        return _held(client, target, invoice, error)
    except OutcomeUnknown as error:
        return _after_unknown(client, target, invoice, error)
    return _verified(_result(payload), invoice, "")


def status(client: Client, target: InvoiceTarget) -> InvoiceResult:
    """What the shipment holds; NEEDED when it holds nothing."""
    try:
        return _result(client.invoice(target.external_id))
    except NotFound:
        return InvoiceResult(InvoiceState.NEEDED)


def _held(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: AlreadyDone
) -> InvoiceResult:
    held = status(client, target)
    if held.key is None:
        # It says that it has one and shows none: its own copy is behind.
        raise Transient("the invoice is saved but cannot be read yet", error.code)
    return _verified(held, invoice, error.code)


def _after_unknown(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: OutcomeUnknown
) -> InvoiceResult:
    try:
        held = status(client, target)
    except ChannelError:
        raise error from None
    if held.key is None:
        # Nothing arrived, or not yet: a later attempt meets "already saved" at worst.
        raise Transient("the channel does not hold the invoice") from error
    return _verified(held, invoice, "")


def _verified(result: InvoiceResult, invoice: InvoiceFile, code: str) -> InvoiceResult:
    if result.key and result.key != invoice.key:
        raise AlreadyDone(
            "the channel holds another NF-e", code or "other_key", result.key
        )
    return result


def _result(payload: dict[str, Any]) -> InvoiceResult:
    raw = text(payload.get("status"))
    return InvoiceResult(
        state=_STATES.get(raw, InvoiceState.UNKNOWN),
        key=digits(payload.get("fiscal_key")) or None,
        code=raw,
        message=text(payload.get("message")),
        external_id=ident(payload.get("id")),
    )
