"""Listings, their stock and their price.

Source: API model Listings Items 2021-08-01. An offer is named by our SKU: an ASIN is
Amazon's product, which several offers share. Stock and price are patched one listing at
a time (five per second); ``ACCEPTED`` means taken, what becomes of it shows later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    Cursor,
    LineResult,
    Listing,
    OfferKey,
    Page,
    PriceLine,
    Rejected,
    StockLine,
)

from ..const import CURRENCY, MARKETPLACE_ID
from .client import Client
from .errors import OPERATOR
from .values import Json, drift_guarded, rows, sub, text

_STATES = {"BUYABLE": "active", "DISCOVERABLE": "paused"}
_STOCK = "DEFAULT"
"""Fulfilment channel of stock that the seller keeps; others are Amazon's."""


class Offers:
    """The listings of one seller, for one adapter."""

    def __init__(self, client: Client, seller: str) -> None:
        self._client = client
        self._seller = seller

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """All listings (Amazon shows at most 1,000 of a seller)."""
        token = cursor.value or ""
        while True:
            payload = self._client.listings(self._seller, token)
            found = _listings(payload)
            token = _next(payload)
            yield Page(found, Cursor(value=token) if token else Cursor())
            if not token:
                return

    def read(self, skus: Sequence[str]) -> Iterator[Listing | tuple[str, ChannelError]]:
        """Listings by SKU; a failed one comes as (SKU, error)."""
        for sku in skus:
            try:
                yield _listing(self._client.listing(self._seller, sku))
            except FATAL:
                raise
            except ChannelError as error:
                yield sku, error

    def read_stock(self, keys: Sequence[OfferKey]) -> list[StockLine]:
        """Quantities of our own stock; unknown offers are left out."""
        found = self.read([key.item_id for key in keys])
        return [
            StockLine(listing.key, listing.quantity)
            for listing in found
            if isinstance(listing, Listing) and listing.quantity is not None
        ]

    def push_stock(self, lines: Sequence[StockLine]) -> list[LineResult]:
        """Set the quantity of the seller's own stock."""
        return self._push([(line.key, _stock_patch(line.quantity)) for line in lines])

    def push_price(self, lines: Sequence[PriceLine]) -> list[LineResult]:
        """Set the price for everybody."""
        return self._push([(line.key, _price_patch(line.price)) for line in lines])

    def _push(self, patches: Sequence[tuple[OfferKey, Json]]) -> list[LineResult]:
        """One call for each; a fatal error ends the walk for those left."""
        results: list[LineResult] = []
        fatal: ChannelError | None = None
        for key, patch in patches:
            error = fatal or self._patched(key.item_id, patch)
            if isinstance(error, FATAL):
                if not results:
                    raise error
                fatal = error
            results.append(LineResult(key, error))
        return results

    def _patched(self, sku: str, patch: Json) -> ChannelError | None:
        try:
            answer = self._client.patch_listing(self._seller, sku, patch)
            return _refusal(answer)
        except ChannelError as error:
            return error


@drift_guarded
def _refusal(answer: Json) -> ChannelError | None:
    """INVALID with the first issue that is an error."""
    if text(answer.get("status")) != "INVALID":
        return None
    issues = rows(answer, "issues")
    errors = [row for row in issues if row.get("severity") == "ERROR"] or issues or [{}]
    words = text(errors[0].get("message"))
    return Rejected(text(errors[0].get("code")) or "INVALID", words, who=OPERATOR)


@drift_guarded
def _next(payload: Json) -> str:
    return text(sub(payload, "pagination", "nextToken"))


@drift_guarded
def _listings(payload: Json) -> tuple[Listing, ...]:
    return tuple(_read(row) for row in rows(payload, "items"))


def _price_of(offer: Json) -> Decimal | None:
    # The one place where an amount may be a number: this API is older.
    raw = sub(offer, "price", "amount")
    return None if raw is None else Decimal(str(raw))


def _read(row: Json) -> Listing:
    """``summaries`` holds the state in our store; one without it is not offered."""
    here = [one for one in rows(row, "summaries") if _is_here(one)]
    summary = here[0] if here else {}
    states = list(summary.get("status") or ())
    offers = [one for one in rows(row, "offers") if _is_here(one)]
    stock = [
        one
        for one in rows(row, "fulfillmentAvailability")
        if one.get("fulfillmentChannelCode") == _STOCK
    ]
    sku, asin = text(row["sku"]), text(summary.get("asin"))
    return Listing(
        key=OfferKey(sku),
        sku=sku,
        title=text(summary.get("itemName")),
        state=_state(states, here),
        state_raw=",".join(states),
        price=_price_of(offers[0]) if offers else None,
        quantity=int(stock[0].get("quantity") or 0) if stock else None,
        url=f"https://www.amazon.com.br/dp/{asin}" if asin else "",
    )


_listing: Callable[[Json], Listing] = drift_guarded(_read)


def _state(words: list[str], here: list[Json]) -> str:
    if "BUYABLE" in words:
        return "active"
    if set(words) - set(_STATES):
        return "unknown"
    return "paused" if here else "closed"


def _is_here(row: Json) -> bool:
    return row.get("marketplaceId") == MARKETPLACE_ID


def _stock_patch(quantity: int) -> Json:
    value = {"fulfillment_channel_code": _STOCK, "quantity": quantity}
    return _patch("fulfillment_availability", value)


def _price_patch(price: Decimal) -> Json:
    # A JSON number; cents survive a float, whose shortest text is what is sent.
    schedule = [{"value_with_tax": float(price)}]
    value = {
        "marketplace_id": MARKETPLACE_ID,
        "currency": CURRENCY,
        "audience": "ALL",
        "our_price": [{"schedule": schedule}],
    }
    return _patch("purchasable_offer", value)


def _patch(attribute: str, value: Json) -> Json:
    return {"op": "replace", "path": f"/attributes/{attribute}", "value": [value]}
