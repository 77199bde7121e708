"""External Fulfillment Shipments 2024-09-11: confirm, pack, choose a pick-up, label."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from . import labels, payloads
from .const import REJECTABLE
from .errors import SpError, bad_input, not_found
from .records import Order, Shipment
from .routing import body_of, needed, operation

if TYPE_CHECKING:
    from .engine import Engine

_OPTION = "PICKUP-1"
_PACKED = ("PACKAGE_CREATED", "PICKUP_SLOT_RETRIEVED", "SHIPLABEL_GENERATED")


def get(engine: Engine, request: Request, shipment_id: str) -> Answer:
    """``getShipment``."""
    shipment, order = _both(engine, shipment_id)
    return Answer(payloads.shipment(shipment, order))


def process(engine: Engine, request: Request, shipment_id: str) -> Answer:
    """``processShipment``: CONFIRM or REJECT, always with all lines."""
    word = needed(request, "operation")
    shipment, order = _both(engine, shipment_id)
    rows = body_of(request, "lineItems")["lineItems"]
    given = {row["lineItem"]["id"] for row in rows}
    if given != {str(n) for n in range(1, len(order.items) + 1)}:
        raise bad_input("lineItems must name every line of the shipment")
    if word == "CONFIRM":
        _expect(shipment, "CREATED", "ACCEPTED")
        shipment.status = "CONFIRMED"
        engine.lifecycle.save_shipment(shipment)
    elif word == "REJECT":
        reasons = {row.get("reason") for row in rows}
        if reasons - {"OUT_OF_STOCK", "CUSTOMER_REQUESTED"}:
            raise bad_input("reason is invalid")
        _expect(shipment, *REJECTABLE)
        engine.lifecycle.cancel_as(order, "MERCHANT")
    else:
        raise bad_input("operation must be CONFIRM or REJECT")
    return Answer(raw=b"", status=204)


def pack(engine: Engine, request: Request, shipment_id: str) -> Answer:
    """``createPackages``."""
    shipment, order = _both(engine, shipment_id)
    _expect(shipment, "CONFIRMED")
    packages = body_of(request, "packages")["packages"]
    packed: dict[str, int] = {}
    for package in packages:
        missing = {"id", "dimensions", "weight", "packageLineItems"} - set(package)
        if missing:
            raise bad_input(f"a package lacks {sorted(missing)}")
        for row in package["packageLineItems"]:
            line = row["packageLineItemId"]
            packed[line] = packed.get(line, 0) + row["quantity"]
    if packed != {str(n): one.quantity for n, one in enumerate(order.items, start=1)}:
        raise bad_input("the packages do not hold all units")
    shipment.packages = [{**package, "status": "CREATED"} for package in packages]
    shipment.status = "PACKAGE_CREATED"
    engine.lifecycle.save_shipment(shipment)
    return Answer(raw=b"", status=204)


def options(engine: Engine, request: Request, shipment_id: str) -> Answer:
    """``retrieveShippingOptions``: one pick-up, tomorrow."""
    shipment, _order = _both(engine, shipment_id)
    known = {package["id"] for package in shipment.packages}
    if needed(request, "packageId") not in known:
        raise bad_input("packageId is unknown")
    start = int((engine.clock.now() + timedelta(days=1)).timestamp())
    option = {
        "shippingOptionId": _OPTION,
        "carrierName": "Amazon Logistics",
        "shipBy": "MARKETPLACE",
        "pickupWindow": {"startTime": start, "endTime": start + 7200},
    }
    payload = {"shippingOptions": [option], "recommendedShippingOption": option}
    return Answer(payload)


def ship_labels(engine: Engine, request: Request, shipment_id: str) -> Answer:
    """``generateShipLabels``: NF-e accepted, window open, packages there."""
    shipment, order = _both(engine, shipment_id)
    word = needed(request, "operation")
    _expect(shipment, *_PACKED)
    done = shipment.status == "SHIPLABEL_GENERATED"
    if word not in ("GENERATE", "REGENERATE") or done != (word == "REGENERATE"):
        raise bad_input("operation does not fit the shipment's status")
    if not done and needed(request, "shippingOptionId") != _OPTION:
        raise bad_input("shippingOptionId is unknown")
    given = body_of(request, "packageIds")["packageIds"]
    if set(given) - {package["id"] for package in shipment.packages}:
        raise bad_input("packageIds are unknown")
    invoice = engine.lifecycle.invoice(order.id)
    if invoice is None or invoice.state != "Accepted":
        raise bad_input("the invoice of the order is not accepted")
    if order.label_opens and order.label_opens > engine.clock.now():
        raise bad_input("the label printing window is not open")
    engine.lifecycle.labelled(order, shipment)
    rows = [_row(engine, request, shipment, ref) for ref in given]
    return Answer({"packageShipLabelList": rows})


def file(engine: Engine, request: Request, name: str) -> Answer:
    """The label behind a presigned address; no token, but the signature."""
    row = engine.store.find_token(request.args.get("X-Amz-Signature", ""), "file")
    if row is None or row["name"] != name or row["expires_at"] <= engine.clock.now():
        raise SpError(403, "AccessDenied", "Request has expired")
    if "x-amz-access-token" in request.headers:
        raise SpError(400, "InvalidArgument", "the token does not belong here")
    shipment, order = _both(engine, row["shipment"])
    if engine.label_format == "ZPL":
        return Answer(raw=labels.zpl(order, shipment), content_type="x.application/zpl")
    return Answer(raw=labels.pdf(order, shipment), content_type="application/pdf")


def _row(
    engine: Engine, request: Request, shipment: Shipment, package: str
) -> dict[str, Any]:
    name, signature = f"{shipment.id}-{package}.pdf", secrets.token_hex(16)
    until = engine.clock.now() + timedelta(minutes=15)
    engine.store.add_token(signature, "file", until, name=name, shipment=shipment.id)
    url = f"{request.host_url}files/{name}?X-Amz-Signature={signature}"
    tracking = f"TBA{shipment.id[1:]}"
    return {
        "packageId": package,
        "shipLabelMetadata": {
            "carrierName": "Amazon Logistics",
            "trackingId": tracking,
        },
        "fileData": {"url": url},
        "status": "SUCCESS",
    }


def _both(engine: Engine, shipment_id: str) -> tuple[Shipment, Order]:
    shipment = engine.store.get("shipment", shipment_id, Shipment)
    if shipment is None:
        raise not_found(f"Shipment {shipment_id}")
    return shipment, engine.lifecycle.order(shipment.order_id)


def _expect(shipment: Shipment, *states: str) -> None:
    if shipment.status not in states:
        raise bad_input(f"the shipment is {shipment.status}")


_PATH = "/externalFulfillment/2024-09-11/shipments/<shipment_id>"
ROUTES = (
    operation("GET", _PATH, "getShipment", get),
    operation("POST", _PATH, "processShipment", process, "operation"),
    operation("POST", _PATH + "/packages", "createPackages", pack),
    operation(
        "GET",
        _PATH + "/shippingOptions",
        "retrieveShippingOptions",
        options,
        "packageId",
    ),
    operation(
        "PUT",
        _PATH + "/shipLabels",
        "generateShipLabels",
        ship_labels,
        "operation shippingOptionId",
    ),
    Route("GET", "/files/<name>", file, frozenset({"X-Amz-Signature"}), auth=False),
)
