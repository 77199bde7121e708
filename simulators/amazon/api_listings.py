"""Listings Items 2021-08-01: pages, one listing, patches of stock and price."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer

from . import payloads
from .const import MARKETPLACE_ID
from .errors import SpError, bad_input, not_found
from .records import Listing
from .routing import body_of, choices, needed, operation

if TYPE_CHECKING:
    from .engine import Engine

_SETS = frozenset(
    "summaries attributes issues offers fulfillmentAvailability productTypes".split()
)
_PAGE = 20


def search(engine: Engine, request: Request, seller: str) -> Answer:
    """``searchListingsItems``: up to 20 on a page."""
    _check(engine, request, seller)
    size = int(request.args.get("pageSize", "10"))
    if not 1 <= size <= _PAGE:
        raise bad_input("'pageSize' must be 1 to 20")
    start = int(base64.b64decode(request.args.get("pageToken", "MA==")))
    found = engine.store.find("listing", Listing)
    page = found[start : start + size]
    payload: dict[str, Any] = {
        "numberOfResults": len(found),
        "items": [_shown(request, one) for one in page],
    }
    if start + size < len(found):
        token = base64.b64encode(str(start + size).encode()).decode()
        payload["pagination"] = {"nextToken": token}
    return Answer(payload)


def get(engine: Engine, request: Request, seller: str, sku: str) -> Answer:
    """``getListingsItem``."""
    _check(engine, request, seller)
    return Answer(_shown(request, _listing(engine, sku)))


def patch(engine: Engine, request: Request, seller: str, sku: str) -> Answer:
    """``patchListingsItem``: ACCEPTED, or INVALID with the issues (HTTP 200)."""
    _check(engine, request, seller)
    record = _listing(engine, sku)
    body = body_of(request, "productType", "patches")
    issues = [one for row in body["patches"] if (one := _apply(record, row))]
    if not issues:
        engine.store.put("listing", sku, record)
    return Answer(
        {
            "sku": sku,
            "status": "INVALID" if issues else "ACCEPTED",
            "submissionId": f"sub-{sku}",
            "issues": issues,
        }
    )


def _apply(record: Listing, row: dict[str, Any]) -> dict[str, Any] | None:
    path = str(row.get("path", "")).removeprefix("/attributes/")
    if row.get("op") != "replace" or len(row.get("value") or ()) != 1:
        return _issue("4000001", "Only the replacement of one value is known")
    value = row["value"][0]
    if path == "fulfillment_availability":
        return _set_stock(record, value)
    if path == "purchasable_offer":
        return _set_price(record, value)
    return _issue("4000002", f"The attribute {path} is unknown")


def _set_stock(record: Listing, value: dict[str, Any]) -> dict[str, Any] | None:
    quantity = value.get("quantity")
    if value.get("fulfillment_channel_code") != "DEFAULT":
        return _issue("90220", "fulfillment_channel_code is invalid")
    if not isinstance(quantity, int) or quantity < 0:
        return _issue("90225", "quantity is invalid")
    record.quantity = quantity
    return None


def _set_price(record: Listing, value: dict[str, Any]) -> dict[str, Any] | None:
    if (value.get("currency"), value.get("marketplace_id")) != ("BRL", MARKETPLACE_ID):
        return _issue("90220", "currency or marketplace_id is invalid")
    price = value["our_price"][0]["schedule"][0]["value_with_tax"]
    if not isinstance(price, int | float) or price <= 0:
        return _issue("90225", "value_with_tax is invalid")
    record.price = Decimal(str(price))
    return None


def _issue(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "severity": "ERROR"}


def _listing(engine: Engine, sku: str) -> Listing:
    found = engine.store.get("listing", sku, Listing)
    if found is None:
        raise not_found(f"SKU {sku}")
    return found


def _shown(request: Request, record: Listing) -> dict[str, Any]:
    wanted = {"sku", *choices(request, "includedData", _SETS)}
    payload = payloads.listing(record)
    return {name: value for name, value in payload.items() if name in wanted}


def _check(engine: Engine, request: Request, seller: str) -> None:
    needed(request, "marketplaceIds", MARKETPLACE_ID)
    if seller != engine.seller.seller_id:
        raise SpError(403, "Unauthorized", "Access to requested resource is denied.")


_PATH = "/listings/2021-08-01/items/<seller>"
ROUTES = (
    operation(
        "GET",
        _PATH,
        "searchListingsItems",
        search,
        "marketplaceIds includedData pageSize pageToken",
    ),
    operation(
        "GET",
        _PATH + "/<sku>",
        "getListingsItem",
        get,
        "marketplaceIds includedData",
    ),
    operation("PATCH", _PATH + "/<sku>", "patchListingsItem", patch, "marketplaceIds"),
)
