"""SKUs, prices and stock; every write is answered with a trace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from . import payloads
from .const import SALES_CHANNEL
from .errors import bad_request, not_found
from .nfe import Refused
from .records import Sku, Trace
from .routing import PAGE, body_of, page, sorting

if TYPE_CHECKING:
    from .engine import Engine

_STOCK = {"channel", "quantity", "type"}
_PRICE = {"channel", "currency", "list_price", "price", "normalizer"}


def skus(engine: Engine, request: Request) -> Answer:
    """``GET /seller/v1/portfolios/skus``."""
    _field, backwards = sorting(request, {"sku"}, "sku:asc")
    found = sorted(
        engine.store.find("sku", Sku), key=lambda s: s.sku, reverse=backwards
    )
    if "status" in request.args:
        found = [entry for entry in found if entry.status == request.args["status"]]
    return page(request, [payloads.sku_payload(entry) for entry in found])


def sku(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v1/portfolios/skus/{sku}``."""
    return Answer(payloads.sku_payload(_sku(engine, ref)))


def price(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v1/portfolios/prices/{sku}``."""
    found = _sku(engine, ref)
    row = {
        "price": found.price,
        "list_price": found.list_price,
        "normalizer": 100,
        "currency": "BRL",
        "channel": {"id": SALES_CHANNEL},
    }
    return Answer({"meta": {}, "results": [row]})


def stock(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v1/portfolios/stocks/{sku}``."""
    found = _sku(engine, ref)
    channel = {"id": SALES_CHANNEL}
    row = {"quantity": found.quantity, "type": "AVAILABLE", "channel": channel}
    return Answer({"meta": {}, "results": [row]})


def set_price(engine: Engine, request: Request, ref: str) -> Answer:
    """``PATCH …/prices/{sku}``."""
    _sku(engine, ref)
    body = body_of(request, _PRICE)
    numbers = [body[name] for name in ("list_price", "price", "normalizer")]
    if not all(isinstance(n, int) and n > 0 for n in numbers):
        raise bad_request("prices and normalizer are positive integers")
    return _start(engine, "price", ref, body)


def set_stock(engine: Engine, request: Request, ref: str) -> Answer:
    """``PATCH …/stocks/{sku}``."""
    _sku(engine, ref)
    body = body_of(request, _STOCK, {"branch"})
    quantity = body["quantity"]
    if not isinstance(quantity, int) or quantity < 0 or body["type"] != "AVAILABLE":
        raise bad_request("quantity is 0 or more, type AVAILABLE")
    return _start(engine, "stock", ref, body)


def end_price(engine: Engine, trace: Trace) -> None:
    """What a price does at its end."""
    body, found = trace.body, _sku(engine, trace.ref)
    if body["price"] > body["list_price"]:
        raise Refused("price_above_list_price", "the price is above the list price")
    _put(engine, replace(found, price=body["price"], list_price=body["list_price"]))


def end_stock(engine: Engine, trace: Trace) -> None:
    """What a quantity does at its end."""
    found = _sku(engine, trace.ref)
    if found.status == "DELETED":
        raise Refused("sku_deleted", "the SKU was deleted")
    _put(engine, replace(found, quantity=trace.body["quantity"]))


def _put(engine: Engine, entry: Sku) -> None:
    engine.store.put("sku", entry.sku, entry)


def _sku(engine: Engine, ref: str) -> Sku:
    found = engine.store.get("sku", ref, Sku)
    if found is None:
        raise not_found("sku", ref)
    return found


def _start(engine: Engine, action: str, ref: str, body: dict[str, Any]) -> Answer:
    if not isinstance(body["channel"], dict) or body["channel"].get("id") is None:
        raise bad_request("channel.id is required")
    path = f"/seller/v1/portfolios/{action}s/{ref}"
    return engine.start_trace(action, ref, path, body)


_BASE = "/seller/v1/portfolios"
ROUTES = (
    Route("GET", f"{_BASE}/skus", skus, PAGE | {"status"}),
    Route("GET", f"{_BASE}/skus/<ref>", sku),
    Route("GET", f"{_BASE}/prices/<ref>", price),
    Route("GET", f"{_BASE}/stocks/<ref>", stock),
    *(Route(m, f"{_BASE}/prices/<ref>", set_price) for m in ("PATCH", "POST")),
    *(Route(m, f"{_BASE}/stocks/<ref>", set_stock) for m in ("PATCH", "POST")),
)
