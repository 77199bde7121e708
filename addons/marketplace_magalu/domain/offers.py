"""SKUs, their stock and their price (``/seller/v1/portfolios``).

Magalu knows an offer by the seller's own SKU. Every write is asynchronous: all of a
call are sent first, then their traces are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    Cursor,
    LineResult,
    Listing,
    NotFound,
    OfferKey,
    Page,
    PriceLine,
    StockLine,
)
from odoo.addons.marketplace_connector.domain.paging import walk

from ..const import DEFAULT_SALES_CHANNEL, NORMALIZER, PAGE_LIMIT
from .client import Client
from .traces import TRACE, Watcher
from .values import Json, cents, digits, drift_guarded, ident, money, sub, text
from .vocabulary import LISTINGS

SKUS = "/seller/v1/portfolios/skus"
STOCK = "/seller/v1/portfolios/stocks/{id}"
PRICE = "/seller/v1/portfolios/prices/{id}"
_CHANNEL = {"id": DEFAULT_SALES_CHANNEL}
_TYPES = frozenset({"ean", "gtin"})
_AVAILABLE = "AVAILABLE"

Line = StockLine | PriceLine


class Offers:
    """The offers of one account."""

    def __init__(self, client: Client, watcher: Watcher) -> None:
        self._client = client
        self._watcher = watcher

    def listings(self, cursor: Cursor) -> Iterator[Page]:
        """All SKUs; the list tells neither price nor stock."""
        by_sku = {"_sort": "sku:asc"}

        def fetch(offset: int) -> list[_Row]:
            found = self._client.page(SKUS, offset, by_sku)
            return [_Row(listing(row, None, None)) for row in found]

        for page in walk(fetch, cursor, None, PAGE_LIMIT):
            yield Page(tuple(row.listing for row in page.items), page.next)

    def read(
        self, item_ids: Sequence[str]
    ) -> Iterator[Listing | tuple[str, ChannelError]]:
        """SKU, price and stock of each."""
        for sku in item_ids:
            try:
                raw = self._client.get(f"{SKUS}/{{id}}", sku)
                yield listing(raw, self._price(sku), self._stock(sku))
            except FATAL:
                raise
            except ChannelError as error:
                yield sku, error

    def read_stock(self, keys: Sequence[OfferKey]) -> list[StockLine]:
        """Quantities as Magalu has them, unknown SKUs left out."""
        found = []
        for key in keys:
            row = _of_branch(self._stock(key.item_id), key.location)
            if row is not None:
                found.append(StockLine(key, _quantity(row)))
        return found

    def push_stock(self, lines: Sequence[StockLine]) -> list[LineResult]:
        """Set quantities, one result per line, in their order."""
        return self._push(lines, self._send_stock)

    def push_price(self, lines: Sequence[PriceLine]) -> list[LineResult]:
        """Set prices; as ``push_stock``."""
        return self._push(lines, self._send_price)

    def _push(
        self, lines: Sequence[Line], send: Callable[[Line], str]
    ) -> list[LineResult]:
        fates: list[str | ChannelError] = []
        for line in lines:
            try:
                fates.append(send(line))
            except ChannelError as error:
                if not fates:
                    _raise_if_fatal(error)
                fates.append(error)
        pairs = zip(lines, fates, strict=True)
        return [LineResult(line.key, self._end(found)) for line, found in pairs]

    def _end(self, found: str | ChannelError) -> ChannelError | None:
        if isinstance(found, ChannelError):
            return found
        try:
            self._watcher.check(TRACE, found)
        except ChannelError as error:
            return error
        return None

    def _send_stock(self, line: StockLine) -> str:
        body: Json = {
            "channel": _CHANNEL,
            "quantity": line.quantity,
            "type": _AVAILABLE,
        }
        if line.key.location:
            body["branch"] = {"id": line.key.location}
        return self._patch_or_post(STOCK, line.key.item_id, body)

    def _send_price(self, line: PriceLine) -> str:
        """The price before a promotion stays, unless it would be below the new one."""
        sku, price = line.key.item_id, cents(line.price)
        shown = _list_price(self._price(sku))
        body = {
            "channel": _CHANNEL,
            "currency": "BRL",
            "list_price": max(shown, price),
            "price": price,
            "normalizer": NORMALIZER,
        }
        return self._patch_or_post(PRICE, sku, body)

    def _patch_or_post(self, template: str, sku: str, body: Json) -> str:
        """A SKU without a position or price gets its first one with POST."""
        try:
            return self._client.write("PATCH", template, sku, body)
        except NotFound:
            return self._client.write("POST", template, sku, body)

    def _price(self, sku: str) -> Json | None:
        found = self._results(PRICE, sku)
        return _of_channel(found)

    def _stock(self, sku: str) -> list[Json]:
        return [row for row in self._results(STOCK, sku) if _is_available(row)]

    def _results(self, template: str, sku: str) -> list[Json]:
        try:
            payload = self._client.get(template, sku)
        except NotFound:
            return []
        return _rows_of(payload)


class _Row:
    """A listing as ``paging.walk`` wants it."""

    def __init__(self, found: Listing) -> None:
        self.listing = found
        self.external_id = found.key.item_id


@drift_guarded
def listing(raw: Json, price: Json | None, stock: Sequence[Json] | None) -> Listing:
    """One SKU.

    :param price: its price row, None when it has none or was not asked for
    :param stock: its positions, None when they were not asked for
    """
    sku, status = ident(raw["sku"]), text(raw.get("status"))
    codes = [
        digits(row.get("value"))
        for row in raw.get("identifiers") or ()
        if text(row.get("type")).lower() in _TYPES
    ]
    return Listing(
        key=OfferKey(sku),
        sku=sku,
        title=text(raw.get("title")),
        state=LISTINGS.get(status, "unknown"),
        state_raw=status,
        gtin=next(filter(None, codes), ""),
        price=money(price, "price") if price else None,
        quantity=sum(map(_quantity, stock)) if stock else None,
        url=text(sub(next(iter(raw.get("urls") or ()), None), "url")),
    )


@drift_guarded
def _rows_of(payload: Json) -> list[Json]:
    found = payload["results"]
    if not isinstance(found, list):
        raise TypeError("a list is expected")
    return found


@drift_guarded
def _of_channel(found: Sequence[Json]) -> Json | None:
    """The price at Magazine Luiza; one that names no sales channel is for all."""
    fitting = [r for r in found if sub(r, "channel", "id") in (None, _CHANNEL["id"])]
    return fitting[0] if fitting else None


@drift_guarded
def _is_available(row: Json) -> bool:
    return text(row.get("type")) in ("", _AVAILABLE)


@drift_guarded
def _of_branch(found: Sequence[Json], location: str) -> Json | None:
    fitting = [r for r in found if ident(sub(r, "branch", "id")) == location]
    return fitting[0] if fitting else None


@drift_guarded
def _quantity(row: Json) -> int:
    return int(row["quantity"])


@drift_guarded
def _list_price(row: Json | None) -> int:
    return cents(money(row, "list_price")) if row else 0


def _raise_if_fatal(error: ChannelError) -> None:
    if isinstance(error, FATAL):
        raise error
