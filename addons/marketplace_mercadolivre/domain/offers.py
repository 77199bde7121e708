"""Listings to offers, and their stock and price out.

The stock lives on the listing or, in accounts with ``warehouse_management``, on the
user product in a warehouse; then what is written to the listing is ignored without a
word (API page "estoque multi origem"), so the answer is compared with what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

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
    Transient,
)
from odoo.addons.marketplace_connector.domain.each import chunks

from ..const import FULFILLMENT, MULTIGET
from .client_offers import OfferClient
from .errors import OPERATOR
from .values import Json, digits, drift_guarded, ident, money, sub, text

_STATES = frozenset({"active", "paused", "closed"})
_MULTI_ORIGIN = "warehouse_management"
_WAREHOUSE = "seller_warehouse"

Line = StockLine | PriceLine


class OfferMixin:
    """LISTINGS, STOCK and PRICE of the adapter."""

    _offers: OfferClient
    _seller: str
    _multi_origin: bool | None = None

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """All listings, whatever their state; the scan forgets its place in 5 minutes.

        One that went while we walked is left out.
        """
        scroll = cursor.value or ""
        while True:
            ids, scroll = self._offers.item_ids(self._seller, scroll)
            if not ids:
                return
            found: list[Listing] = []
            for result in self.read_listings(ids):
                if isinstance(result, Listing):
                    found.append(result)
                elif not isinstance(result[1], NotFound):
                    raise result[1]
            yield Page(tuple(found), Cursor(value=scroll or None))
            if not scroll:
                # Without a place to go on the next step would be the first again.
                return

    def read_listings(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """The offers of items, variation by variation."""
        for item_id, item in self._items(item_ids).items():
            if isinstance(item, ChannelError):
                yield item_id, item
            else:
                yield from _listings(item)

    def read_stock(self, keys: Sequence[OfferKey]) -> Sequence[StockLine]:
        """Quantities as they are; with versions in a multi-origin account."""
        items = self._items([key.item_id for key in keys])
        lines: list[StockLine] = []
        for key in keys:
            try:
                lines.append(self._stock_of(key, _known(items, key)))
            except FATAL:
                raise
            except (NotFound, Rejected):
                continue
        return lines

    def push_stock(self, lines: Sequence[StockLine]) -> Sequence[LineResult]:
        """Set quantities: one call per listing, or per user product (multi-origin).

        Read-back: the answer of the call; a lost one is sent again without harm.
        """
        items = self._items([line.key.item_id for line in lines])
        if self._is_multi_origin():
            return _results(lines, lambda line: self._push_pool(line, items))
        return self._push(lines, items, "available_quantity")

    def push_price(self, lines: Sequence[PriceLine]) -> Sequence[LineResult]:
        """Set prices; read-back as ``push_stock``."""
        items = self._items([line.key.item_id for line in lines])
        return self._push(lines, items, "price")

    # --- inside

    def _is_multi_origin(self) -> bool:
        """Asked once per job."""
        if self._multi_origin is None:
            self._multi_origin = _MULTI_ORIGIN in self._offers.tags()
        return self._multi_origin

    def _items(self, ids: Sequence[str]) -> dict[str, Json | ChannelError]:
        """Listings by id; what the multiget leaves out is unknown."""
        found: dict[str, Json | ChannelError] = {}
        for chunk in chunks(ids, MULTIGET):
            rows = _by_id(chunk, self._offers.items(chunk))
            found.update(rows)
        return found

    def _stock_of(self, key: OfferKey, item: Json) -> StockLine:
        offer = _offer(item, key)
        if not self._is_multi_origin():
            return StockLine(key, int(money(offer.get("available_quantity"))))
        row, version = self._warehouse(key, offer)
        return StockLine(key, int(money(row.get("quantity"))), version)

    def _warehouse(self, key: OfferKey, offer: Json) -> tuple[Json, str]:
        """The warehouse that ``key.location`` (its store) names, or the only one."""
        rows, version = self._offers.stock(ident(offer.get("user_product_id")))
        ours = [row for row in rows if row.get("type") == _WAREHOUSE]
        if key.location:
            ours = [row for row in ours if ident(row.get("store_id")) == key.location]
        if len(ours) != 1:
            raise Rejected("stock_location", f"{len(ours)} warehouses", who=OPERATOR)
        return ours[0], version

    def _push_pool(
        self, line: StockLine, items: dict[str, Json | ChannelError]
    ) -> LineResult:
        offer = _offer(_known(items, line.key), line.key)
        row, version = self._warehouse(line.key, offer)
        if line.version is not None and line.version != version:
            raise Conflict("the stock changed since it was read", code="x-version")
        names = ("store_id", "network_node_id")
        body = {**{name: row.get(name) for name in names}, "quantity": line.quantity}
        pool = ident(offer.get("user_product_id"))
        new = self._offers.put_stock(pool, version, body)
        return LineResult(line.key, version=new or None)

    def _push(
        self, lines: Sequence[Any], items: dict[str, Json | ChannelError], field: str
    ) -> list[LineResult]:
        """One ``PUT`` per listing; what it answers must be what was sent."""
        answers: dict[str, Json | ChannelError] = {}

        def one(line: Any) -> LineResult:
            ref = line.key.item_id
            if ref not in answers:
                item = _known(items, line.key)
                same = [other for other in lines if other.key.item_id == ref]
                try:
                    answers[ref] = self._offers.put_item(ref, _body(item, same, field))
                except ChannelError as error:
                    answers[ref] = error
            offer = _offer(_known(answers, line.key), line.key)
            if money(offer.get(field)) != _value(line):
                raise Rejected("ignored", f"{field} was not taken", who=OPERATOR)
            return LineResult(line.key)

        return _results(lines, one)


def _results(
    lines: Sequence[Any], push: Callable[[Any], LineResult]
) -> list[LineResult]:
    """One result per line; after a fatal error nobody else is asked."""
    results: list[LineResult] = []
    fatal: ChannelError | None = None
    for line in lines:
        if fatal is None:
            try:
                results.append(push(line))
                continue
            except FATAL as error:
                fatal = error
            except ChannelError as error:
                results.append(LineResult(line.key, error))
                continue
        results.append(LineResult(line.key, fatal))
    return results


def _value(line: Line) -> Any:
    return line.quantity if isinstance(line, StockLine) else line.price


@drift_guarded
def _by_id(ids: Sequence[str], rows: list[Json]) -> dict[str, Json | ChannelError]:
    found: dict[str, Json | ChannelError] = {
        ref: NotFound("the listing is not known") for ref in ids
    }
    for ref, row in zip(ids, rows, strict=False):
        code = int(row["code"])
        if code == 200:
            found[ident(row["body"]["id"])] = row["body"]
        elif code >= 500 or code == 429:
            found[ref] = Transient(f"listing: HTTP {code}")
    return found


def _known(items: dict[str, Json | ChannelError], key: OfferKey) -> Json:
    item = items[key.item_id]
    if isinstance(item, ChannelError):
        raise item
    return item


@drift_guarded
def _offer(item: Json, key: OfferKey) -> Json:
    """The part of a listing that has stock and price."""
    if not key.variation_id:
        return item
    for row in item.get("variations") or ():
        if ident(row.get("id")) == key.variation_id:
            return row
    raise NotFound("the listing has no such variation", code="variation")


def _body(item: Json, lines: Sequence[Line], field: str) -> Json:
    """The change of a listing. A variation that is left out would be deleted."""
    if field == "available_quantity" and _logistic(item) == FULFILLMENT:
        raise Rejected("fulfillment", "the channel counts this stock", who=OPERATOR)
    values = {line.key.variation_id: _value(line) for line in lines}
    if "" in values:
        return {field: values[""]}
    return {"variations": [_variation(row, values, field) for row in _rows(item)]}


def _variation(row: Json, values: dict[str, Any], field: str) -> Json:
    ref = ident(row.get("id"))
    change = {field: values[ref]} if ref in values else {}
    return {"id": row.get("id"), **change}


def _rows(item: Json) -> list[Json]:
    return list(item.get("variations") or ())


def _logistic(item: Json) -> str:
    return text(sub(item, "shipping", "logistic_type"))


@drift_guarded
def _listings(item: Json) -> list[Listing]:
    rows = _rows(item) or [item]
    return [_listing(item, row) for row in rows]


def _listing(item: Json, row: Json) -> Listing:
    item_id, raw = ident(item["id"]), text(item.get("status"))
    variation = ident(row.get("id")) if row is not item else ""
    sku = _attribute(row, "SELLER_SKU") or text(row.get("seller_custom_field"))
    return Listing(
        key=OfferKey(item_id, variation),
        sku=sku,
        title=text(item.get("title")),
        state=raw if raw in _STATES else "unknown",
        state_raw=raw,
        gtin=digits(_attribute(row, "GTIN").partition(",")[0]),
        price=money(row.get("price")) if row.get("price") is not None else None,
        quantity=int(money(row.get("available_quantity"))),
        pool=ident(row.get("user_product_id")),
        url=text(item.get("permalink")),
    )


def _attribute(row: Json, name: str) -> str:
    for entry in row.get("attributes") or ():
        if entry.get("id") == name:
            return text(entry.get("value_name"))
    return ""
