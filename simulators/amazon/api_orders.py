"""Orders 2026-01-01 (search, get) and v0 (shipment confirmation)."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer

from . import payloads
from .const import DATA_SETS, MARKETPLACE_ID, PAGE_TOKEN_LIFE, SEARCH_LAG, STATUSES
from .errors import bad_input, not_found
from .records import Order, Package
from .routing import body_of, choices, moment_of, operation

if TYPE_CHECKING:
    from .engine import Engine

_BOUND = (
    "createdAfter createdBefore lastUpdatedAfter lastUpdatedBefore fulfillmentStatuses "
    "marketplaceIds fulfilledBy"
)
_CARRIERS = frozenset({"Correios", "Jadlog", "Loggi", "Other"})


def search(engine: Engine, request: Request) -> Answer:
    """``searchOrders``: a page of 1 to 100, oldest change first."""
    low, high, by_change = _period(engine, request)
    data = choices(request, "includedData", DATA_SETS)
    statuses = choices(request, "fulfillmentStatuses", STATUSES)
    served = choices(request, "fulfilledBy", frozenset({"MERCHANT", "AMAZON"}))
    choices(request, "marketplaceIds", frozenset({MARKETPLACE_ID}))
    size = _size(request)
    start = _position(engine, request)

    def moment(order: Order) -> datetime:
        return order.updated if by_change else order.created

    # Whole seconds, as the API tells them.
    found = [
        order
        for order in engine.store.find("order", Order)
        if low <= moment(order).replace(microsecond=0) <= high
        and (not statuses or order.status in statuses)
        and (not served or order.fulfilled_by in served)
        and [moment(order).isoformat(), order.id] > start
    ]
    found.sort(key=lambda order: (moment(order), order.id))
    page = found[:size]
    payload: dict[str, Any] = {"orders": [_shown(engine, o, data) for o in page]}
    payload["lastUpdatedBefore" if by_change else "createdBefore"] = payloads.iso(high)
    if len(found) > size:
        last = [moment(page[-1]).isoformat(), page[-1].id]
        payload["pagination"] = {"nextToken": _token(engine, request, last)}
    return Answer(payload)


def get(engine: Engine, request: Request, order_id: str) -> Answer:
    """``getOrder``."""
    data = choices(request, "includedData", DATA_SETS)
    return Answer({"order": _shown(engine, _order(engine, order_id), data)})


def confirm(engine: Engine, request: Request, order_id: str) -> Answer:
    """``confirmShipment`` of an order that the seller sends himself."""
    order = _order(engine, order_id)
    body = body_of(request, "marketplaceId", "packageDetail")
    detail = body["packageDetail"]
    required = ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate")
    missing = [name for name in required if not detail.get(name)]
    if missing or not detail.get("orderItems"):
        raise bad_input(f"packageDetail lacks {missing or 'orderItems'}")
    if detail["carrierCode"] not in _CARRIERS:
        raise bad_input("carrierCode is unknown")
    if detail["carrierCode"] == "Other" and not detail.get("carrierName"):
        raise bad_input("carrierName is required for Other")
    known = {item.id: item.quantity for item in order.items}
    units = {row["orderItemId"]: row["quantity"] for row in detail["orderItems"]}
    if units != known:
        raise bad_input("orderItems do not match the order")
    if order.program != "SelfShip" or order.status != "UNSHIPPED":
        raise bad_input("the order cannot be confirmed")
    package = Package(
        id=detail["packageReferenceId"],
        status="SHIPPED",
        detail="PICKED_UP",
        carrier=detail.get("carrierName") or detail["carrierCode"],
        tracking=detail["trackingNumber"],
        created=engine.clock.now(),
    )
    order.packages.append(package)
    engine.lifecycle.shipped(order)
    return Answer(raw=b"", status=204)


def _order(engine: Engine, order_id: str) -> Order:
    found = engine.store.get("order", order_id, Order)
    if found is None:
        raise not_found(f"Order {order_id}")
    return found


def _shown(engine: Engine, order: Order, data: set[str]) -> dict[str, Any]:
    invoice = engine.lifecycle.invoice(order.id)
    return payloads.order(order, engine.seller, invoice, data)


def _period(engine: Engine, request: Request) -> tuple[datetime, datetime, bool]:
    """Exactly one of createdAfter and lastUpdatedAfter; Before two minutes old."""
    created, changed = "createdAfter", "lastUpdatedAfter"
    low = {name: moment_of(request, name) for name in (created, changed)}
    given = [name for name, value in low.items() if value]
    if len(given) != 1:
        raise bad_input("exactly one of createdAfter and lastUpdatedAfter is required")
    by_change = given[0] == changed
    other = "createdBefore" if by_change else "lastUpdatedBefore"
    if other in request.args:
        raise bad_input(f"'{other}' does not go with '{given[0]}'")
    latest = engine.clock.now() - SEARCH_LAG
    before = "lastUpdatedBefore" if by_change else "createdBefore"
    high = moment_of(request, before) or latest
    if high > latest:
        raise bad_input(f"'{before}' must be at least two minutes ago")
    first = low[given[0]]
    if first is None or high < first:
        raise bad_input(f"'{before}' is before '{given[0]}'")
    return first, high, by_change


def _size(request: Request) -> int:
    text = request.args.get("maxResultsPerPage", "100")
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise bad_input("'maxResultsPerPage' must be 1 to 100")
    return int(text)


def _bound(request: Request) -> dict[str, str]:
    """What must be the same on every page."""
    return {name: request.args.get(name, "") for name in _BOUND.split()}


def _token(engine: Engine, request: Request, last: list[str]) -> str:
    until = engine.clock.now() + PAGE_TOKEN_LIFE
    content = {"last": last, "query": _bound(request), "until": until.isoformat()}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _position(engine: Engine, request: Request) -> list[str]:
    """Where the page begins; a token of another query or of yesterday is refused."""
    token = request.args.get("paginationToken")
    if token is None:
        return []
    try:
        content = json.loads(base64.urlsafe_b64decode(token))
        last, query, until = content["last"], content["query"], content["until"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_input("paginationToken is invalid") from error
    if query != _bound(request):
        raise bad_input("paginationToken does not belong to this query")
    if datetime.fromisoformat(until) < engine.clock.now():
        raise bad_input("paginationToken has expired")
    return list(last)


_PATH = "/orders/2026-01-01/orders"
ROUTES = (
    operation(
        "GET",
        _PATH,
        "searchOrders",
        search,
        _BOUND + " maxResultsPerPage paginationToken includedData",
    ),
    operation("GET", _PATH + "/<order_id>", "getOrder", get, "includedData"),
    operation(
        "POST",
        "/orders/v0/orders/<order_id>/shipmentConfirmation",
        "confirmShipment",
        confirm,
    ),
)
