"""Listings, stock and prices of the shop.

Source: API pages of the module Product. Both updates take one item with at most 50
variations and set absolute values; a refused variation is a line of ``failure_list``
inside a success, and HTTP 200 says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    Conflict,
    Cursor,
    LineResult,
    Listing,
    NotFound,
    OfferKey,
    Page,
    PriceLine,
    Rejected,
    StockLine,
)
from odoo.addons.marketplace_connector.domain.each import chunks

from ..const import DETAIL_BATCH, ITEM_STATES
from .batches import read_all
from .client import Client
from .errors import OPERATOR
from .values import Json, digits, drift_guarded, ident, money, rows, sub, text

_STATES = {
    "NORMAL": "active",
    "UNLIST": "paused",
    "BANNED": "paused",
    "REVIEWING": "paused",
    "SELLER_DELETE": "closed",
    "SHOPEE_DELETE": "closed",
    "MODEL_NORMAL": "active",
    "MODEL_UNAVAILABLE": "paused",
}
_REFUSALS = (
    ("reserved", "below_reserved"),
    ("promotion", "in_promotion"),
    ("holiday", "holiday_mode"),
    ("warehouse", "warehouse"),
    ("fbs", "warehouse"),
    ("kit", "kit"),
)
Found = Iterator[Listing | tuple[str, ChannelError]]
L = TypeVar("L", StockLine, PriceLine)


# --- reading


def pages(client: Client, cursor: Cursor) -> Iterator[Page]:
    """All items, hidden ones too; the cursor is the place in Shopee's list."""
    offset = int(cursor.value or 0)
    while True:
        answer = client.items(offset, ITEM_STATES)
        ids = [ident(row.get("item_id")) for row in rows(answer.get("item"))]
        found = [one for one in read(client, ids) if isinstance(one, Listing)]
        if not answer.get("has_next_page") or not ids:
            yield Page(tuple(found))
            return
        offset = int(answer.get("next_offset") or offset + len(ids))
        yield Page(tuple(found), Cursor(value=str(offset)))


def read(client: Client, item_ids: Sequence[str]) -> Found:
    """One listing per variation."""

    def fetch(ids: Sequence[str]) -> dict[str, Json]:
        return {ident(item.get("item_id")): item for item in client.item_info(ids)}

    found, errors = read_all(item_ids, DETAIL_BATCH, fetch)
    for item_id in dict.fromkeys(item_ids):
        if item_id in errors:
            yield item_id, errors[item_id]
            continue
        try:
            yield from _listings(client, found[item_id])
        except FATAL:
            raise
        except ChannelError as error:
            yield item_id, error


def stock(client: Client, keys: Sequence[OfferKey]) -> list[StockLine]:
    """What Shopee has; Shopee knows no versions."""
    wanted = set(keys)
    found: list[StockLine] = []
    for item_id in dict.fromkeys(key.item_id for key in keys):
        for listing in read(client, [item_id]):
            if isinstance(listing, Listing) and listing.quantity is not None:
                same = [key for key in wanted if _same(key, listing.key)]
                found += [StockLine(key, listing.quantity) for key in same]
    return found


def _same(key: OfferKey, other: OfferKey) -> bool:
    return (key.item_id, key.variation_id) == (other.item_id, other.variation_id)


def _listings(client: Client, item: Json) -> list[Listing]:
    if not item.get("has_model"):
        return [_listing(item, None)]
    return [_listing(item, model) for model in client.models(ident(item["item_id"]))]


@drift_guarded
def _listing(item: Json, model: Json | None) -> Listing:
    """A variation is as visible as its item."""
    source = model or item
    status = text(item.get("item_status"))
    state = _STATES.get(status, "unknown")
    if model and state == "active":
        state = _STATES.get(text(model.get("model_status")), "active")
    prices = rows(source.get("price_info"))
    available = sub(source, "stock_info_v2", "summary_info", "total_available_stock")
    stocks = rows(sub(source, "stock_info_v2", "seller_stock"))
    location = text(stocks[0].get("location_id")) if len(stocks) == 1 else ""
    names = (text(item.get("item_name")), text((model or {}).get("model_name")))
    return Listing(
        key=OfferKey(
            ident(item["item_id"]), ident((model or {}).get("model_id")), location
        ),
        sku=text((model or {}).get("model_sku")) or text(item.get("item_sku")),
        title=" - ".join(filter(None, names)),
        state=state,
        state_raw=status,
        gtin=digits(source.get("gtin_code")),
        price=money(prices[0].get("original_price")) if prices else None,
        quantity=None if available is None else int(available),
    )


# --- writing


def push_stock(client: Client, lines: Sequence[StockLine]) -> list[LineResult]:
    """Set the seller's stock."""

    def entries(part: Sequence[StockLine]) -> list[Json]:
        by_model: defaultdict[str, list[Json]] = defaultdict(list)
        for line in part:
            place = {"location_id": line.key.location} if line.key.location else {}
            by_model[line.key.variation_id].append({**place, "stock": line.quantity})
        return [
            {"model_id": int(model or 0), "seller_stock": places}
            for model, places in by_model.items()
        ]

    return _push(client, lines, "update_stock", "stock_list", entries)


def push_price(client: Client, lines: Sequence[PriceLine]) -> list[LineResult]:
    """Set the price before Shopee's promotions."""

    def entries(part: Sequence[PriceLine]) -> list[Json]:
        return [
            {"model_id": int(line.key.variation_id or 0), "original_price": line.price}
            for line in part
        ]

    return _push(client, lines, "update_price", "price_list", entries)


def _push(
    client: Client,
    lines: Sequence[L],
    what: str,
    name: str,
    entries: Callable[[Sequence[L]], list[Json]],
) -> list[LineResult]:
    """One call per item; a failed call is the error of its lines alone."""
    errors: dict[OfferKey, ChannelError | None] = {}
    by_item: defaultdict[str, list[L]] = defaultdict(list)
    for line in lines:
        by_item[line.key.item_id].append(line)
    for item_id, all_lines in by_item.items():
        if not item_id.isdigit():
            unknown = NotFound("an item is a number")
            errors.update({line.key: unknown for line in all_lines})
            continue
        models = [line.key.variation_id for line in all_lines]
        for chunk in chunks(models, DETAIL_BATCH):
            part = [line for line in all_lines if line.key.variation_id in chunk]
            body = {"item_id": int(item_id), name: entries(part)}
            for key, error in _one(client, what, body, part).items():
                errors[key] = error
    return [LineResult(line.key, errors[line.key]) for line in lines]


def _one(
    client: Client, what: str, body: Json, part: Sequence[L]
) -> dict[OfferKey, ChannelError | None]:
    try:
        answer = client.update(what, body)
    except FATAL:
        raise
    except ChannelError as error:
        refusal = _refusal(str(error)) if isinstance(error, Rejected) else error
        return {line.key: refusal for line in part}
    return _outcome(answer, [line.key for line in part])


@drift_guarded
def _outcome(answer: Json, keys: list[OfferKey]) -> dict[OfferKey, ChannelError | None]:
    failed = {
        ident(row.get("model_id")): text(row.get("failed_reason"))
        for row in rows(answer.get("failure_list"))
    }
    taken = {ident(row.get("model_id")) for row in rows(answer.get("success_list"))}
    outcome: dict[OfferKey, ChannelError | None] = {}
    for key in keys:
        if key.variation_id in failed:
            outcome[key] = _refusal(failed[key.variation_id])
        else:
            told = key.variation_id in taken
            outcome[key] = None if told else NotFound("not in the channel's answer")
    return outcome


def _refusal(reason: str) -> ChannelError:
    """Why a value was not taken; less than what buyers reserved is a lost race."""
    words = reason.lower()
    code = next((code for word, code in _REFUSALS if word in words), "refused")
    if code == "below_reserved":
        return Conflict(reason, code)
    return Rejected(code, reason, who=OPERATOR)
