"""Delivery Shipment Invoice 2022-07-01.

Which bytes ``contentMD5Value`` is of is not documented; ``checksum`` of the settings
says what this simulator wants: ``xml`` (hexadecimal MD5 of the XML) or ``base64``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer

from . import nfe
from .const import MARKETPLACE_ID, PROGRAMS
from .errors import SpError, bad_input
from .records import Order
from .routing import body_of, needed, operation

if TYPE_CHECKING:
    from .engine import Engine

_BODY = "invoiceContent contentMD5Value invoiceType programType marketplaceId".split()
_MAX_BYTES = 1_000_000


def submit(engine: Engine, request: Request) -> Answer:
    """``submitInvoice``: taken now, checked later."""
    order = _order(engine, needed(request, "orderId"))
    body = body_of(request, *_BODY)
    if body["invoiceType"] != "Outbound" or body["marketplaceId"] != MARKETPLACE_ID:
        raise bad_input("invoiceType or marketplaceId is invalid")
    _check_program(order, body["programType"])
    xml = _content(engine, body["invoiceContent"], body["contentMD5Value"])
    try:
        key, root = nfe.key_of(xml)
    except nfe.Unreadable as error:
        raise bad_input(str(error)) from error
    if order.status not in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
        raise bad_input(f"order {order.id} takes no invoice")
    held = engine.lifecycle.invoice(order.id)
    if held and held.state != "Rejected":
        raise bad_input("an invoice was submitted for this order already")
    if held and held.key == key:
        raise bad_input("this invoice was rejected already")
    problem = nfe.problem(root, order, engine.seller)
    engine.lifecycle.submitted(order, key, problem)
    return Answer({})


def status(engine: Engine, request: Request) -> Answer:
    """``getInvoiceStatus`` by order."""
    needed(request, "marketplaceId", MARKETPLACE_ID)
    needed(request, "invoiceType", "Outbound")
    order = _order(engine, needed(request, "orderId"))
    _check_program(order, needed(request, "programType"))
    held = engine.lifecycle.invoices(order.id)
    payload = {"amazonOrderId": order.id, "amazonShipmentId": order.shipment_id}
    if not held:
        return Answer({**payload, "invoiceStatus": "NotFound"})
    last = held[-1]
    word = "Errored" if last.state == "Rejected" else last.state
    payload |= {
        "invoiceStatus": word,
        "invoices": [{"id": one.key, "status": one.state} for one in held],
    }
    if last.problem and last.state == "Rejected":
        error = {"code": "InvalidInvoice", "message": last.problem}
        payload["errors"] = [error]
    return Answer(payload)


def _order(engine: Engine, order_id: str) -> Order:
    found = engine.store.get("order", order_id, Order)
    if found is None:
        message = f"Entity (OrderId, {order_id}) was not found"
        raise SpError(400, "EntityNotFound", message)
    return found


def _check_program(order: Order, program: str) -> None:
    if program not in PROGRAMS or program != order.program:
        raise bad_input("programType is not the order's")


def _content(engine: Engine, content: str, told: str) -> bytes:
    try:
        xml = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise bad_input("invoiceContent is not base64") from error
    if len(xml) > _MAX_BYTES:
        raise SpError(413, "RequestTooLarge", "The invoice is too large")
    source = xml if engine.checksum == "xml" else content.encode()
    if told != hashlib.md5(source, usedforsecurity=False).hexdigest():
        raise bad_input("contentMD5Value does not match the content")
    return xml


ROUTES = (
    operation(
        "POST",
        "/delivery/2022-07-01/invoice",
        "submitInvoice",
        submit,
        "orderId shipmentId",
    ),
    operation(
        "GET",
        "/delivery/2022-07-01/invoice/status",
        "getInvoiceStatus",
        status,
        "orderId shipmentId invoiceId marketplaceId invoiceType programType",
    ),
)
