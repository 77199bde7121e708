"""Hands the NF-e of an order over and asks what became of it.

Source: API model Delivery Shipment Invoice 2022-07-01. Amazon takes the XML at once and
checks it later: ``Processing``, then ``Accepted`` or ``Errored``. The status names the
access keys that the order holds.
"""

from __future__ import annotations

import base64
import hashlib

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
from .errors import BUG, CHECKSUM
from .parcels import program, split_target
from .values import Json, digits, drift_guarded, rows, text
from .vocabulary import SUBMISSIONS

# Of several NF-e of an order the one that decides, when ours is not among them.
_RANK = (
    InvoiceState.NEEDED,
    InvoiceState.UNKNOWN,
    InvoiceState.REJECTED,
    InvoiceState.PROCESSING,
    InvoiceState.ACCEPTED,
)


class Invoices:
    """The NF-e of one account, for one adapter."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._checksum = 0

    def send(self, target: InvoiceTarget, invoice: InvoiceFile) -> InvoiceResult:
        """Submit the ``nfeProc``; what is submitted is not accepted yet.

        :raise Rejected, AlreadyDone, Transient, OutcomeUnknown: see the contract
        """
        if len(invoice.xml) > NFE_MAX_BYTES:
            raise Rejected("xml_too_large", "the NF-e is larger than 1 MB", who=BUG)
        name, order_id = self._where(target)
        try:
            self._submit(order_id, name, invoice)
        except OutcomeUnknown as error:
            return self._after_unknown(target, invoice, error)
        except Rejected as error:
            return self._after_refusal(target, invoice, error)
        return InvoiceResult(InvoiceState.PROCESSING, key=invoice.key)

    def status(self, target: InvoiceTarget, key: str = "") -> InvoiceResult:
        """What the order holds; NEEDED when it holds nothing.

        :param key: the NF-e that is meant, by default the target's
        """
        name, order_id = self._where(target)
        try:
            payload = self._client.invoice_status(order_id, name)
        except NotFound:
            return InvoiceResult(InvoiceState.NEEDED)
        return _result(payload, key or target.key or "")

    def _where(self, target: InvoiceTarget) -> tuple[str, str]:
        """Programme and order; the programme is read when the target has none."""
        name, order_id = split_target(target.external_id)
        return name or program(self._client.order(order_id)), order_id

    def _submit(self, order_id: str, name: str, invoice: InvoiceFile) -> None:
        """The model does not tell which bytes the MD5 is of, and its example fits none:
        a checksum that is refused had no effect, so the next one is tried."""
        content = base64.b64encode(invoice.xml)
        sums = _checksums(invoice.xml, content)
        while True:
            body = {
                "invoiceContent": content.decode(),
                "contentMD5Value": sums[self._checksum],
                "invoiceType": "Outbound",
                "programType": name,
            }
            try:
                return self._client.submit_invoice(order_id, body)
            except Rejected as error:
                if error.code != CHECKSUM or self._checksum + 1 == len(sums):
                    raise
            self._checksum += 1

    def _after_unknown(
        self, target: InvoiceTarget, invoice: InvoiceFile, error: OutcomeUnknown
    ) -> InvoiceResult:
        held = self._held(target, invoice, error)
        if held.key is None and held.state == InvoiceState.NEEDED:
            raise Transient("the channel does not hold the invoice") from error
        return held

    def _after_refusal(
        self, target: InvoiceTarget, invoice: InvoiceFile, error: Rejected
    ) -> InvoiceResult:
        """A second submission of the same NF-e may be refused: that is a success."""
        held = self._held(target, invoice, error)
        going = (InvoiceState.PROCESSING, InvoiceState.ACCEPTED)
        if held.state in going and held.key in (None, invoice.key):
            return held
        raise error

    def _held(
        self, target: InvoiceTarget, invoice: InvoiceFile, error: ChannelError
    ) -> InvoiceResult:
        try:
            held = self.status(target, invoice.key)
        except ChannelError:
            raise error from None
        if held.state == InvoiceState.ACCEPTED and held.key not in (None, invoice.key):
            raise AlreadyDone("the channel holds another NF-e", error.code, held.key)
        return held


def _checksums(xml: bytes, content: bytes) -> tuple[str, ...]:
    """Hexadecimal MD5 of the XML or of its base64 text, base64 of the binary MD5."""
    of_xml = hashlib.md5(xml, usedforsecurity=False)
    of_text = hashlib.md5(content, usedforsecurity=False)
    return (
        of_xml.hexdigest(),
        of_text.hexdigest(),
        base64.b64encode(of_xml.digest()).decode(),
    )


@drift_guarded
def _result(payload: Json, key: str) -> InvoiceResult:
    """The NF-e with our key, else the one that is furthest, else the order's word."""
    held = [_one(digits(r["id"]), text(r["status"])) for r in rows(payload, "invoices")]
    problem = (rows(payload, "errors") or [{}])[0]
    if not held:
        word = text(payload.get("invoiceStatus"))
        held = [_one("", word)]
    ours = [one for one in held if one.key == key]
    best = (ours or sorted(held, key=lambda one: _RANK.index(one.state)))[-1]
    return InvoiceResult(
        state=best.state,
        key=best.key,
        code=text(problem.get("code")) or best.code,
        message=text(problem.get("details")) or text(problem.get("message")),
        external_id=text(payload.get("amazonShipmentId")),
    )


def _one(key: str, word: str) -> InvoiceResult:
    state = SUBMISSIONS.get(word, InvoiceState.UNKNOWN)
    return InvoiceResult(state, key=key or None, code=word)
