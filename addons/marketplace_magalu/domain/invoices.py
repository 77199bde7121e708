"""Hands the NF-e of a delivery over and reads back what Magalu holds.

``POST /seller/v1/deliveries/{id}/invoices`` answers 202: the note counts only once the
delivery shows it as approved. A note that was refused is replaced under its own key
with ``PUT …/{key}``.
"""

from __future__ import annotations

import base64

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    ChannelError,
    InvoiceFile,
    InvoiceResult,
    InvoiceState,
    InvoiceTarget,
    NotYet,
    OutcomeUnknown,
    Rejected,
    Transient,
)

from ..const import DEFAULT_SALES_CHANNEL, NFE_MAX_BYTES
from . import deliveries as parts
from .client import INVOICES, Client
from .errors import BUG, INVOICE_ERRORS, RETRY, invoice_error
from .traces import TRACE, Fate, Watcher, fate, words
from .values import Json, cents, ident, stamp, sub, text

_STANDING = frozenset({InvoiceState.ACCEPTED, InvoiceState.PROCESSING})


def send(
    client: Client, watcher: Watcher, target: InvoiceTarget, invoice: InvoiceFile
) -> InvoiceResult:
    """Send the ``nfeProc``; sending the same one again is a success.

    :raise Rejected, AlreadyDone, NotYet, Transient, OutcomeUnknown: see the contract
    """
    if len(invoice.xml) > NFE_MAX_BYTES:
        raise Rejected("xml_too_large", "the NF-e is larger than 1 MB", who=BUG)
    delivery = client.delivery(target.external_id)
    found = parts.notes(delivery)
    standing = [pair for pair in found if pair[0] in _STANDING]
    if standing:
        return _verified(InvoiceResult(*standing[-1]), invoice)
    _ensure_open(delivery)
    method, template = "POST", INVOICES
    if (InvoiceState.REJECTED, invoice.key) in found:
        method, template = "PUT", f"{INVOICES}/{invoice.key}"
    body = payload(delivery, invoice, with_key=method == "POST")
    try:
        trace = client.write(method, template, target.external_id, body)
    except (AlreadyDone, OutcomeUnknown) as error:
        return _after_doubt(client, target, invoice, error)
    return _outcome(watcher, trace, invoice)


def status(client: Client, target: InvoiceTarget) -> InvoiceResult:
    """What the delivery holds; NEEDED when neither note nor open write is there.

    The newest trace speaks first: it may be about a note that is not listed yet.
    """
    delivery = client.delivery(target.external_id)
    state, key = parts.held(delivery)
    if state == InvoiceState.ACCEPTED or not parts.living([delivery]):
        return InvoiceResult(state, key or None)
    trace = _newest_trace(client, target.external_id)
    if trace and fate(trace) == Fate.OPEN:
        return InvoiceResult(
            InvoiceState.PROCESSING, key or None, external_id=ident(trace.get("id"))
        )
    if trace and fate(trace) == Fate.FAILED and state != InvoiceState.PROCESSING:
        return _refused(trace, key)
    if trace and state == InvoiceState.NEEDED:
        # Taken, and not shown yet.
        return InvoiceResult(InvoiceState.PROCESSING)
    return InvoiceResult(state, key or None, code=_word(state))


def payload(delivery: Json, invoice: InvoiceFile, *, with_key: bool) -> Json:
    """The body: XML in base64, amount in cents, the sales channel of the order."""
    body: Json = {
        "xml": base64.b64encode(invoice.xml).decode(),
        "amount": cents(invoice.total),
        "issued_at": stamp(invoice.authorized_at),
        "channel": {"id": sales_channel(delivery)},
    }
    return {"key": invoice.key, **body} if with_key else body


def sales_channel(delivery: Json) -> str:
    """The sales channel of a delivery; Magazine Luiza when it names none."""
    return ident(sub(delivery, "channel", "id")) or DEFAULT_SALES_CHANNEL


def _ensure_open(delivery: Json) -> None:
    state = text(delivery.get("status"))
    if state == "new":
        raise NotYet("the payment is not approved yet", code="delivery_new")
    if state != "approved":
        raise Rejected("delivery_not_invoiceable", f"the delivery is {state}")


def _outcome(watcher: Watcher, ref: str, invoice: InvoiceFile) -> InvoiceResult:
    """Refused at once, or under way: acceptance is seen at the delivery only.

    Nobody waits here: a thousand notes would wait for half an hour.
    """
    try:
        trace = watcher.look(TRACE, ref) if ref else None
    except ChannelError:
        trace = None
    if trace and fate(trace) == Fate.FAILED:
        raise invoice_error(*words(trace))
    return InvoiceResult(InvoiceState.PROCESSING, invoice.key, external_id=ref)


def _after_doubt(
    client: Client, target: InvoiceTarget, invoice: InvoiceFile, error: ChannelError
) -> InvoiceResult:
    """Nobody knows whether it arrived, or Magalu says that it has one: look."""
    try:
        found = status(client, target)
    except ChannelError:
        if isinstance(error, AlreadyDone):
            raise Transient("the note it holds cannot be read", error.code) from error
        raise error from None
    # "It has one" without a key to see may be another one.
    if found.state in _STANDING and (found.key or isinstance(error, OutcomeUnknown)):
        return _verified(found, invoice)
    # Nothing arrived, or not yet: a later attempt meets "already exists" at worst.
    raise Transient("the delivery does not hold the invoice", error.code) from error


def _verified(result: InvoiceResult, invoice: InvoiceFile) -> InvoiceResult:
    if result.key and result.key != invoice.key:
        raise AlreadyDone("the delivery holds another NF-e", "other_key", result.key)
    return result


def _newest_trace(client: Client, delivery_id: str) -> Json | None:
    """The last write of a note for this delivery, while Magalu keeps its trace."""
    params = {
        "origin.resource": INVOICES.format(id=delivery_id),
        "_sort": "created_at:desc",
    }
    found = client.page("/v0/traces", 0, params, limit=1)
    return found[0] if found else None


def _refused(trace: Json, key: str) -> InvoiceResult:
    code, message = words(trace)
    if INVOICE_ERRORS.get(code) == RETRY:
        return InvoiceResult(InvoiceState.NEEDED, code=code, message=message)
    return InvoiceResult(InvoiceState.REJECTED, key or None, code, message)


def _word(state: InvoiceState) -> str:
    return "invoice_invalid" if state == InvoiceState.REJECTED else ""
