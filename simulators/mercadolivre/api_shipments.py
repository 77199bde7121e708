"""Shipment, NF-e and label routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from . import invoice as nfe_checks
from .const import INVOICE_LOGISTICS, MAX_LABELS, MAX_NFE_BYTES, SITE_ID
from .errors import MlError, bad_request, invoice_error, not_found
from .labels import Label, pdf, zpl_zip
from .lifecycle import is_printable
from .payloads_shipment import (
    costs_payload,
    invoice_payload,
    items_payload,
    shipment_orders_payload,
    shipment_payload,
    shipment_payments_payload,
    sla_payload,
)
from .records import Invoice, Order, Shipment
from .routing import need_header

if TYPE_CHECKING:
    from .engine import Engine

_SITE = frozenset({"siteId"})


def get_shipment(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}``; ``x-format-new: true`` is obligatory."""
    need_header(request, "x-format-new", "true")
    shipment = engine.shipment(shipment_id)
    orders = engine.store.orders_of_shipment(shipment_id)
    return Answer(shipment_payload(shipment, orders, engine.seller))


def get_orders(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/orders``."""
    shipment = engine.shipment(shipment_id)
    orders = engine.store.orders_of_shipment(shipment_id)
    return Answer(shipment_orders_payload(shipment, orders, engine.seller))


def get_items(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/items``."""
    engine.shipment(shipment_id)
    orders = engine.store.orders_of_shipment(shipment_id)
    return Answer(items_payload(orders, engine.seller))


def get_sla(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/sla``."""
    return Answer(sla_payload(engine.shipment(shipment_id), engine.clock.now()))


def get_costs(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/costs``."""
    return Answer(costs_payload(engine.shipment(shipment_id), engine.seller))


def get_payments(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/payments``."""
    engine.shipment(shipment_id)
    orders = engine.store.orders_of_shipment(shipment_id)
    return Answer(shipment_payments_payload(orders))


def post_invoice(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``POST /shipments/{id}/invoice_data/?siteId=MLB``: import an NF-e."""
    if request.mimetype != "application/xml":
        raise MlError(415, "unsupported_media_type", "application/xml required")
    _check_site(request)
    xml = request.get_data()
    if len(xml) > MAX_NFE_BYTES:
        raise invoice_error("invalid_parameter", "The XML is larger than 1 MB")
    shipment = engine.shipment(shipment_id)
    if engine.store.invoice_of_shipment(shipment_id):
        message = "The shipment already has an invoice"
        raise invoice_error("shipment_invoice_already_saved", message)
    engine.lifecycle.invoice_offered(engine.store.orders_of_shipment(shipment_id))
    shipment = engine.shipment(shipment_id)
    _check_shipment(shipment)
    orders = engine.store.orders_of_shipment(shipment_id)
    accepted = _accept(engine, shipment, orders, xml)
    engine.lifecycle.invoice_accepted(accepted, xml)
    return Answer(invoice_payload(accepted, orders, engine.seller), status=201)


def _check_site(request: Request) -> None:
    site = request.args.get("siteId")
    if site is None:
        raise invoice_error("invalid_parameter", "siteId is required")
    if site != SITE_ID:
        message = f"Operation is not valid for site {site}"
        raise invoice_error("invalid_operation_for_site_id", message)


def _check_shipment(shipment: Shipment) -> None:
    if shipment.logistic_type not in INVOICE_LOGISTICS:
        message = f"Not allowed for logistic type {shipment.logistic_type}"
        raise invoice_error("seller_not_allowed_to_import_nfe", message)
    state = (shipment.status, shipment.substatus)
    if state != ("ready_to_ship", "invoice_pending"):
        raise invoice_error(
            "invalid_shipment", f"Shipment is {'/'.join(map(str, state))}"
        )


def _accept(
    engine: Engine, shipment: Shipment, orders: list[Order], xml: bytes
) -> Invoice:
    living = [order for order in orders if not order.is_cancelled]
    nfe = nfe_checks.parse(xml)
    nfe_checks.check_document(nfe, accept_homologation=engine.accept_homologation)
    nfe_checks.check_sender(nfe, engine.seller)
    nfe_checks.check_receiver(nfe, living[0], shipment)
    nfe_checks.check_sale(nfe, living)
    if engine.store.invoice_of_key(nfe.key):
        message = "The key belongs to another shipment"
        raise invoice_error("duplicated_fiscal_key", message)
    return Invoice(
        id=429_000_000_000_000 + engine.store.next_number("invoice"),
        shipment_id=shipment.id,
        fiscal_key=nfe.key,
        series=nfe.series,
        number=nfe.number,
        amount=nfe.amount,
        issued_at=nfe.issued_at,
        created_at=engine.clock.now(),
    )


def get_invoice(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``GET /shipments/{id}/invoice_data/?siteId=MLB``: read the import back."""
    _check_site(request)
    engine.shipment(shipment_id)
    accepted = engine.store.invoice_of_shipment(shipment_id)
    if accepted is None:
        raise not_found("invoice of shipment", shipment_id)
    orders = engine.store.orders_of_shipment(shipment_id)
    return Answer(invoice_payload(accepted, orders, engine.seller))


def get_labels(engine: Engine, request: Request) -> Answer:
    """``GET /shipment_labels``: all or nothing; reading prints."""
    kind = request.args.get("response_type", "pdf")
    if kind not in ("pdf", "zpl2"):
        raise bad_request("response_type must be pdf or zpl2")
    labels = [_label(engine, number) for number in _label_ids(request)]
    failed = [
        {
            "shipment_id": label.shipment.id,
            "message": label.shipment.substatus or label.shipment.status,
        }
        for label in labels
        if not is_printable(label.shipment)
    ]
    if failed:
        message = "Shipments not printable"
        raise MlError(400, "not_printable_status", message, failed_shipments=failed)
    for label in labels:
        engine.lifecycle.label_fetched(label.shipment)
    if kind == "pdf":
        return Answer(raw=pdf(labels), content_type="application/pdf")
    return Answer(raw=zpl_zip(labels), content_type="application/zip")


def _label_ids(request: Request) -> list[int]:
    texts = [text for text in request.args.get("shipment_ids", "").split(",") if text]
    if not texts or not all(text.isdigit() for text in texts):
        raise bad_request("shipment_ids must be a list of numbers")
    if len(texts) > MAX_LABELS:
        raise bad_request(f"at most {MAX_LABELS} shipment_ids")
    return list(dict.fromkeys(int(text) for text in texts))


def _label(engine: Engine, shipment_id: int) -> Label:
    return Label(
        shipment=engine.shipment(shipment_id),
        orders=engine.store.orders_of_shipment(shipment_id),
        invoice=engine.store.invoice_of_shipment(shipment_id),
        seller=engine.seller,
    )


_ONE = "/shipments/<int:shipment_id>"

ROUTES = (
    Route("GET", _ONE, get_shipment),
    Route("GET", f"{_ONE}/orders", get_orders),
    Route("GET", f"{_ONE}/items", get_items),
    Route("GET", f"{_ONE}/sla", get_sla),
    Route("GET", f"{_ONE}/costs", get_costs),
    Route("GET", f"{_ONE}/payments", get_payments),
    Route("POST", f"{_ONE}/invoice_data/", post_invoice, _SITE),
    Route("GET", f"{_ONE}/invoice_data/", get_invoice, _SITE),
    Route(
        "GET",
        "/shipment_labels",
        get_labels,
        frozenset({"shipment_ids", "response_type"}),
    ),
)
