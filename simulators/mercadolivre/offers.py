"""The seller's listings: stock, price and state, beside the catalogue they came from.

An account has its stock either on the listing or, multi-origin, on the user product
of one or more warehouses; then what is written to the listing is ignored without a word
(API pages "gerenciamento de estoque", "estoque multi origem").
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from simulators.common.clock import Clock

from .errors import not_found
from .push import Announcer
from .records import CatalogItem
from .store import Store

_ITEM = "item"
_POOL = "user_product"
STORE_ID, NODE_ID = "100", "BRP1234"


@dataclass
class Variation:
    """One variation; a listing without any has one with ``id`` None."""

    id: int | None
    seller_sku: str | None
    price: Decimal
    quantity: int
    user_product_id: str
    gtin: str = ""


@dataclass
class Item:
    """A listing; ``status``: active, paused or closed."""

    id: str
    title: str
    category_id: str
    status: str
    last_updated: datetime
    variations: list[Variation]
    logistic_type: str = "drop_off"
    tags: list[str] = field(default_factory=list)

    @property
    def varied(self) -> bool:
        """Whether the listing has variations of its own."""
        return self.variations[0].id is not None


@dataclass
class Pool:
    """The stock of a user product; ``version`` counts its changes."""

    id: str
    quantity: int
    version: int = 1


class Offers:
    """Listings and pools; call inside a transaction."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        catalog: Sequence[CatalogItem],
        announcer: Announcer,
    ) -> None:
        self._store = store
        self._clock = clock
        self._catalog = catalog
        self._announcer = announcer
        self.multi_origin = False
        """Whether the stock lives on the user products (``warehouse_management``)."""

    def all(self) -> list[Item]:
        """Every listing by id; the catalogue is listed at the first question."""
        items = self._store.find(_ITEM, Item)
        if not items:
            for entry in self._catalog:
                self._list(entry)
            items = self._store.find(_ITEM, Item)
        return sorted(items, key=lambda item: item.id)

    def get(self, item_id: str) -> Item:
        """A listing, or the API's 404."""
        self.all()
        item = self._store.get(_ITEM, item_id, Item)
        if item is None:
            raise not_found("item", item_id)
        return item

    def save(self, item: Item) -> None:
        """Keep a change and announce it."""
        item.last_updated = self._clock.now()
        self._store.put(_ITEM, item.id, item)
        self._announcer.item(item.id)

    def pool(self, user_product_id: str) -> Pool:
        """The stock of a user product, or the API's 404."""
        self.all()
        pool = self._store.get(_POOL, user_product_id, Pool)
        if pool is None:
            raise not_found("user product", user_product_id)
        return pool

    def save_pool(self, pool: Pool) -> None:
        """Keep a change: the version moves on, the listings show it."""
        pool.version += 1
        self._store.put(_POOL, pool.id, pool)
        for item in self.all():
            for variation in item.variations:
                if variation.user_product_id == pool.id:
                    variation.quantity = pool.quantity
            self._store.put(_ITEM, item.id, item)
        self._announcer.stock(pool.id)

    def _list(self, entry: CatalogItem) -> None:
        """Several listings of one SKU share a user product."""
        name = entry.seller_sku or entry.item_id
        digits = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10**9
        pool_id = f"MLBU{digits:09d}"
        self._store.put(_POOL, pool_id, Pool(pool_id, 100))
        variation = Variation(
            entry.variation_id,
            entry.seller_sku,
            entry.price,
            100,
            pool_id,
            gtin=f"789{digits:09d}",
        )
        item = self._store.get(_ITEM, entry.item_id, Item) or Item(
            entry.item_id,
            entry.title,
            entry.category_id,
            "active",
            self._clock.now(),
            [],
        )
        item.variations.append(variation)
        self._store.put(_ITEM, item.id, item)
