"""Module Product: items, variations, stock and prices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import BATCH_MAX, PAGE_MAX
from .errors import bad_param, refused
from .payloads import Json
from .payloads import number as amount
from .records import Offer
from .routing import body_of, listed, need, number, success

if TYPE_CHECKING:
    from .engine import Engine

_STATES = frozenset(
    "NORMAL BANNED UNLIST REVIEWING SELLER_DELETE SHOPEE_DELETE".split()
)


def get_item_list(engine: Engine, request: Request) -> Answer:
    """Items by place in the list."""
    states = set(need(request, "item_status").split(","))
    if states - _STATES:
        raise bad_param("item_status is invalid")
    offset, size = number(request, "offset"), number(request, "page_size")
    if not 1 <= size <= PAGE_MAX:
        raise bad_param("page_size must be 100 or less")
    items = _items(engine)
    ids = [key for key, found in items.items() if found[0].item.status in states]
    page = ids[offset : offset + size]
    rows = [
        {"item_id": key, "item_status": items[key][0].item.status, "update_time": 0}
        for key in page
    ]
    more = offset + size < len(ids)
    answer: Json = {"item": rows, "total_count": len(ids), "has_next_page": more}
    return success({**answer, **({"next_offset": offset + size} if more else {})})


def get_item_base_info(engine: Engine, request: Request) -> Answer:
    """One unknown item spoils the call."""
    items = _items(engine)
    rows = []
    for text in listed(request, "item_id_list", BATCH_MAX):
        if not text.isdigit() or int(text) not in items:
            raise refused("error_item_not_found", "Product not found")
        rows.append(_info(items[int(text)]))
    return success({"item_list": rows})


def get_model_list(engine: Engine, request: Request) -> Answer:
    """The variations of an item."""
    found = _items(engine).get(number(request, "item_id"))
    if not found:
        raise refused("error_item_not_found", "Product not found")
    return success({"model": [_model(o) for o in found if o.item.model_id]})


def update_stock(engine: Engine, request: Request) -> Answer:
    """Absolute, per variation; refusals are lines of a success."""

    def act(offer: Offer, entry: Json) -> Json:
        places = entry.get("seller_stock")
        if not isinstance(places, list) or len(places) != 1:
            raise bad_param("seller_stock must have one entry")
        stock = places[0].get("stock")
        if not isinstance(stock, int) or stock < 0 or set(places[0]) != {"stock"}:
            raise bad_param("stock is invalid")
        problem = _stock_problem(offer, stock)
        if problem:
            return {"failed_reason": problem}
        offer.stock = stock
        return {"location_id": "", "stock": stock}

    return _update(engine, request, "stock_list", {"model_id", "seller_stock"}, act)


def _stock_problem(offer: Offer, stock: int) -> str:
    if offer.item.kit:
        return "Can not edit the stock of a kit item."
    if offer.in_promotion:
        return "Cannot change stock when item is under promotion."
    if stock < offer.reserved:
        return "Total stock must be more than reserved stock."
    return ""


def update_price(engine: Engine, request: Request) -> Answer:
    """The price before promotions."""

    def act(offer: Offer, entry: Json) -> Json:
        price = entry.get("original_price")
        if not isinstance(price, int | float) or price <= 0:
            raise bad_param("original_price is invalid")
        if offer.in_promotion:
            return {"failed_reason": "Cannot change price under promotion."}
        offer.price = Decimal(str(price))
        return {"original_price": price}

    return _update(engine, request, "price_list", {"model_id", "original_price"}, act)


def _update(
    engine: Engine,
    request: Request,
    name: str,
    fields: set[str],
    act: Callable[[Offer, Json], Json],
) -> Answer:
    body = body_of(request, {"item_id", name})
    entries = body[name]
    if not isinstance(entries, list) or not 1 <= len(entries) <= BATCH_MAX:
        raise bad_param(f"{name} must have 1 to 50 entries")
    offers = {o.item.model_id: o for o in _items(engine).get(body["item_id"], [])}
    if not offers:
        raise refused("error_item_not_found", "Item_id is not found.")
    good, bad = [], []
    for entry in entries:
        if set(entry) != fields or entry["model_id"] not in offers:
            raise bad_param("Wrong model_id")
        row = act(offers[entry["model_id"]], entry)
        row["model_id"] = entry["model_id"]
        if "failed_reason" in row:
            bad.append(row)
            continue
        good.append(row)
        engine.store.put_offer(offers[entry["model_id"]])
    return success({"failure_list": bad, "success_list": good})


def _items(engine: Engine) -> dict[int, list[Offer]]:
    found: dict[int, list[Offer]] = {}
    for offer in engine.store.offers():
        found.setdefault(offer.item.item_id, []).append(offer)
    return found


def _info(offers: list[Offer]) -> Json:
    """The item; of one with variations their prices and stocks are elsewhere."""
    first = offers[0]
    has_model = bool(first.item.model_id)
    info = {
        "item_id": first.item.item_id,
        "item_name": first.item.title,
        "item_sku": "" if has_model else first.item.seller_sku,
        "item_status": first.item.status,
        "has_model": has_model,
        "tag": {"kit": first.item.kit},
    }
    return info if has_model else {**info, **_figures(first)}


def _model(offer: Offer) -> Json:
    return {
        "model_id": offer.item.model_id,
        "model_name": offer.item.model_name,
        "model_sku": offer.item.seller_sku,
        "model_status": "MODEL_NORMAL",
        **_figures(offer),
    }


def _figures(offer: Offer) -> Json:
    price = amount(offer.price)
    return {
        "gtin_code": offer.item.gtin,
        "price_info": [
            {"currency": "BRL", "original_price": price, "current_price": price}
        ],
        "stock_info_v2": {
            "summary_info": {
                "total_reserved_stock": offer.reserved,
                "total_available_stock": offer.stock,
            },
            "seller_stock": [{"location_id": "", "stock": offer.stock}],
        },
    }


_LIST = frozenset({"offset", "page_size", "item_status"})
_PATH = "/api/v2/product/"
ROUTES = (
    Route("GET", f"{_PATH}get_item_list", get_item_list, _LIST),
    Route(
        "GET",
        f"{_PATH}get_item_base_info",
        get_item_base_info,
        frozenset({"item_id_list"}),
    ),
    Route("GET", f"{_PATH}get_model_list", get_model_list, frozenset({"item_id"})),
    Route("POST", f"{_PATH}update_stock", update_stock),
    Route("POST", f"{_PATH}update_price", update_price),
)
