"""What the channel in memory offers: listings, their stock and their prices."""

from dataclasses import replace
from decimal import Decimal

from ..domain.contract import (
    Conflict,
    Cursor,
    Feature,
    LineResult,
    Listing,
    OfferKey,
    Page,
    StockLine,
)
from .shop import Shop, ShopAdapter

OFFERS = frozenset({Feature.LISTINGS, Feature.STOCK, Feature.PRICE})
PAGE = 2


def listing_of(item, sku="", variation="", **changes):
    values = {
        "title": f"Anúncio {item}",
        "state": "active",
        "price": Decimal("100.00"),
        "quantity": 0,
    }
    return Listing(OfferKey(item, variation), sku, **values | changes)


class OfferShop(Shop):
    """``listings`` by key, as the channel has them. ``stale``: keys whose version
    changes between reading and writing, so often. ``refuse_line``: the error that a
    line gets; ``lost``: raised in place of an answer; ``pages_left``: pages before.
    """

    def __init__(self):
        super().__init__()
        self.caps = replace(self.caps, features=OFFERS)
        self.listings = {}
        self.versions = {}
        self.stale = {}
        self.refuse_line = {}
        self.lost = None
        self.pages_left = None

    def offer(self, *listings):
        for one in listings:
            self.listings[one.key] = one
            self.versions.setdefault(one.key, 1)

    def quantity(self, item, variation=""):
        return self.listings[OfferKey(item, variation)].quantity

    def price(self, item, variation=""):
        return self.listings[OfferKey(item, variation)].price

    def pushed(self, kind="stock"):
        """(item, value) of every line that was sent, call by call."""
        return [call[1:] for call in self.calls if call[0] == f"push_{kind}"]

    def adapter(self, **params):
        return OfferAdapter(self, **params)


class OfferAdapter(ShopAdapter):
    """``features.OfferChannel`` on an ``OfferShop``."""

    def listings(self, cursor):
        every = list(self.shop.listings.values())
        start = int(cursor.value or 0)
        while start < len(every):
            self._call("listings", start)
            if self.shop.pages_left == 0:
                raise self.shop.lost
            if self.shop.pages_left:
                self.shop.pages_left -= 1
            start += PAGE
            yield Page(tuple(every[start - PAGE : start]), Cursor(str(start)))

    def read_listings(self, item_ids):
        self._call("read_listings", *item_ids)
        found = self.shop.listings.values()
        yield from (one for one in found if one.key.item_id in item_ids)

    def read_stock(self, keys):
        self._call("read_stock", *keys)
        return [
            StockLine(
                key, self.shop.listings[key].quantity, str(self.shop.versions[key])
            )
            for key in keys
            if key in self.shop.listings
        ]

    def push_stock(self, lines):
        self._call("push_stock", *((line.key.item_id, line.quantity) for line in lines))
        return self._answer([self._set_stock(line) for line in lines])

    def push_price(self, lines):
        self._call("push_price", *((line.key.item_id, line.price) for line in lines))
        return self._answer([self._set(line.key, price=line.price) for line in lines])

    def _answer(self, results):
        if self.shop.lost:
            raise self.shop.lost
        return results

    def _set_stock(self, line):
        shop = self.shop
        version = line.version or str(shop.versions[line.key])
        if shop.stale.get(line.key.item_id):
            shop.stale[line.key.item_id] -= 1
            shop.versions[line.key] += 1
        if version != str(shop.versions[line.key]):
            return LineResult(line.key, Conflict("stale", code="409"))
        return self._set(line.key, quantity=line.quantity)

    def _set(self, key, **values):
        error = self.shop.refuse_line.get(key.item_id)
        if error:
            return LineResult(key, error)
        self.shop.versions[key] += 1
        self.shop.listings[key] = replace(self.shop.listings[key], **values)
        return LineResult(key, version=str(self.shop.versions[key]))
