"""Listing, stock and price routes.

API pages "itens e buscas", "sincronização de publicações", "estoque multi origem".
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .errors import MlError, bad_request, forbidden
from .offers import NODE_ID, STORE_ID, Item, Pool, Variation
from .payloads_common import ml_date, money
from .routing import int_param, json_object

if TYPE_CHECKING:
    from .engine import Engine

_MULTIGET = 20
_MAX_LIMIT = 100
_STATUSES = ("active", "paused", "closed")
_WRITABLE = frozenset({"available_quantity", "price", "status", "variations"})
_SEARCH = frozenset("search_type scroll_id limit offset status seller_sku".split())


def search_items(engine: Engine, request: Request, user_id: int) -> Answer:
    """``GET /users/{id}/items/search?search_type=scan``: ids, and where to go on.

    Without a scan, offset + limit end at 1,000.
    """
    if user_id != engine.seller.user_id:
        raise forbidden("The caller is not the owner of these items")
    limit = int_param(request, "limit", 50)
    if not 1 <= limit <= _MAX_LIMIT:
        raise bad_request(f"limit must be 1 to {_MAX_LIMIT}")
    scan = request.args.get("search_type") == "scan"
    first = _scrolled(request) if scan else int_param(request, "offset", 0)
    if not scan and first + limit > 1000:
        raise bad_request("offset + limit over 1000: use search_type=scan")
    found = [item.id for item in engine.offers.all() if _wanted(item, request)]
    page = found[first : first + limit]
    payload: dict[str, Any] = {
        "seller_id": str(user_id),
        "results": page,
        "paging": {"limit": limit, "offset": first, "total": len(found)},
    }
    if scan:
        payload["scroll_id"] = f"scroll-{first + limit}" if page else None
    return Answer(payload)


def _scrolled(request: Request) -> int:
    text = request.args.get("scroll_id", "scroll-0")
    if not text.startswith("scroll-") or not text[7:].isdigit():
        raise bad_request("invalid scroll_id")
    return int(text[7:])


def _wanted(item: Item, request: Request) -> bool:
    sku = request.args.get("seller_sku")
    skus = [variation.seller_sku for variation in item.variations]
    status = request.args.get("status")
    return status in (None, item.status) and (sku is None or sku in skus)


def get_items(engine: Engine, request: Request) -> Answer:
    """``GET /items?ids=``: an answer per id; what is beyond 20 is left out silently."""
    ids = [text for text in request.args.get("ids", "").split(",") if text]
    if not ids:
        raise bad_request("parameter ids is required")
    whole = request.args.get("include_attributes") == "all"
    rows = []
    for item_id in ids[:_MULTIGET]:
        try:
            body = item_payload(engine, engine.offers.get(item_id), whole)
            rows.append({"code": 200, "body": body})
        except MlError as error:
            rows.append({"code": error.status, "body": error.payload})
    return Answer(rows)


def get_item(engine: Engine, request: Request, item_id: str) -> Answer:
    """``GET /items/{id}``."""
    whole = request.args.get("include_attributes") == "all"
    return Answer(item_payload(engine, engine.offers.get(item_id), whole))


def put_item(engine: Engine, request: Request, item_id: str) -> Answer:
    """``PUT /items/{id}``: stock, price, state; a variation left out is deleted."""
    body = json_object(request)
    unknown = set(body) - _WRITABLE
    if unknown:
        raise bad_request(f"fields not modifiable: {sorted(unknown)}")
    item = engine.offers.get(item_id)
    if item.status == "closed":
        raise MlError(400, "item.status.invalid", "The item is closed")
    if item.varied and {"available_quantity", "price"} & set(body):
        message = "The item has variations: send the field in each of them"
        raise MlError(400, "item.variations.required", message)
    if "status" in body:
        if body["status"] not in _STATUSES:
            raise bad_request("unknown status")
        item.status = body["status"]
    if "variations" in body:
        item.variations = [
            _changed(engine, item, row, row.get("id")) for row in body["variations"]
        ]
    elif not item.varied:
        item.variations = [_changed(engine, item, body, None)]
    engine.offers.save(item)
    return Answer(item_payload(engine, item, True))


def _changed(
    engine: Engine, item: Item, row: dict[str, Any], variation_id: int | None
) -> Variation:
    found = [entry for entry in item.variations if entry.id == variation_id]
    if not found:
        raise MlError(400, "item.variations.id.invalid", f"unknown id {variation_id}")
    (variation,) = found
    if "price" in row:
        variation.price = Decimal(str(row["price"]))
        if variation.price <= 0:
            raise MlError(400, "item.price.invalid", "The price is not valid")
    full = item.logistic_type == "fulfillment"
    if "available_quantity" in row and not (engine.offers.multi_origin or full):
        variation.quantity = _quantity(row["available_quantity"])
    return variation


def get_stock(engine: Engine, request: Request, user_product_id: str) -> Answer:
    """``GET /user-products/{id}/stock`` with the version in ``x-version``."""
    pool = engine.offers.pool(user_product_id)
    return _stock(engine, pool)


def put_stock(engine: Engine, request: Request, user_product_id: str) -> Answer:
    """``PUT …/stock/type/seller_warehouse`` with the ``x-version`` of the reading."""
    if not engine.offers.multi_origin:
        raise forbidden("The seller is not enabled for warehouse_management")
    pool = engine.offers.pool(user_product_id)
    version = request.headers.get("x-version", "")
    if not version.isdigit():
        raise bad_request("header x-version is required")
    if int(version) != pool.version:
        raise MlError(409, "conflict", "x-version is not the current one")
    rows = json_object(request).get("locations") or []
    for row in rows:
        if (row.get("store_id"), row.get("network_node_id")) != (STORE_ID, NODE_ID):
            raise bad_request("unknown location")
        pool.quantity = _quantity(row.get("quantity"))
    engine.offers.save_pool(pool)
    return _stock(engine, pool)


def _stock(engine: Engine, pool: Pool) -> Answer:
    kind = "seller_warehouse" if engine.offers.multi_origin else "selling_address"
    row: dict[str, Any] = {"type": kind, "quantity": pool.quantity}
    if engine.offers.multi_origin:
        row |= {"network_node_id": NODE_ID, "store_id": STORE_ID}
    return Answer(
        {"user_id": engine.seller.user_id, "id": pool.id, "locations": [row]},
        headers={"x-version": str(pool.version)},
    )


def _quantity(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MlError(400, "item.available_quantity.invalid", "The quantity is wrong")
    return value


def item_payload(engine: Engine, item: Item, whole: bool) -> dict[str, Any]:
    """The listing; attributes of variations come only with include_attributes=all."""
    first = item.variations[0]
    return {
        "id": item.id,
        "site_id": "MLB",
        "title": item.title,
        "seller_id": engine.seller.user_id,
        "category_id": item.category_id,
        "user_product_id": None if item.varied else first.user_product_id,
        "price": money(first.price),
        "currency_id": "BRL",
        "available_quantity": sum(entry.quantity for entry in item.variations),
        "status": item.status,
        "sub_status": [],
        "permalink": f"https://produto.mercadolivre.com.br/{item.id}",
        "last_updated": ml_date(item.last_updated),
        "shipping": {"mode": "me2", "logistic_type": item.logistic_type},
        "tags": list(item.tags),
        "seller_custom_field": None,
        "attributes": [] if item.varied else _attributes(first),
        "variations": (
            [_variation(entry, whole) for entry in item.variations]
            if item.varied
            else []
        ),
    }


def _variation(entry: Variation, whole: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.id,
        "price": money(entry.price),
        "available_quantity": entry.quantity,
        "seller_custom_field": None,
        "user_product_id": entry.user_product_id,
    }
    if whole:
        row["attributes"] = _attributes(entry)
    return row


def _attributes(entry: Variation) -> list[dict[str, Any]]:
    values = {"SELLER_SKU": entry.seller_sku, "GTIN": entry.gtin}
    return [
        {"id": name, "name": name, "value_id": None, "value_name": value}
        for name, value in values.items()
        if value
    ]


_ATTRIBUTES = frozenset({"include_attributes", "attributes"})
_POOL = "/user-products/<user_product_id>/stock"

ROUTES = (
    Route("GET", "/users/<int:user_id>/items/search", search_items, _SEARCH),
    Route("GET", "/items", get_items, _ATTRIBUTES | {"ids"}),
    Route("GET", "/items/<item_id>", get_item, _ATTRIBUTES),
    Route("PUT", "/items/<item_id>", put_item),
    Route("GET", _POOL, get_stock),
    Route("PUT", f"{_POOL}/type/seller_warehouse", put_stock),
)
