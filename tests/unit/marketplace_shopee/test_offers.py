"""Stock and price: refusals hide inside successes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Conflict,
    Cursor,
    OfferKey,
    PriceLine,
    RateLimited,
    Rejected,
    StockLine,
    Transient,
)

CHAIR = OfferKey("801384301", "2000458001")
BLACK = OfferKey("801384301", "2000458002")
STOOL = OfferKey("801384302")
UPDATE = "/api/v2/product/update_stock"


@pytest.fixture
def change(sim):
    """Change an offer over there."""

    def offer(key, **changes):
        store = sim.engine.store
        (found,) = [
            o
            for o in store.offers(key.item_id)
            if str(o.item.model_id) == (key.variation_id or "0")
        ]
        store.put_offer(replace(found, **changes))

    return offer


def test_variations_are_listings(adapter):
    (page,) = adapter.listings(Cursor())
    by_key = {listing.key: listing for listing in page.items}
    assert {CHAIR, BLACK, STOOL} <= set(by_key)
    chair = by_key[CHAIR]
    assert (chair.sku, chair.price) == ("CAD-ALT-01", Decimal("289.9"))
    assert (chair.gtin, chair.quantity, chair.state) == ("7891234567895", 100, "active")


def test_one_call_per_item(adapter, sim):
    lines = [StockLine(CHAIR, 5), StockLine(STOOL, 6), StockLine(BLACK, 7)]
    results = adapter.push_stock(lines)
    assert [entry.key for entry in results] == [CHAIR, STOOL, BLACK]
    assert [entry.error for entry in results] == [None] * 3
    assert sim.requests("POST", UPDATE) == 2
    stock = {line.key: line.quantity for line in adapter.read_stock([CHAIR, BLACK])}
    assert stock == {CHAIR: 5, BLACK: 7}


def test_refused_variation_costs_the_other_nothing(adapter, change):
    change(CHAIR, in_promotion=True)
    bad, good = adapter.push_stock([StockLine(CHAIR, 5), StockLine(BLACK, 7)])
    assert isinstance(bad.error, Rejected)
    assert bad.error.code == "in_promotion"
    assert good.error is None


def test_less_than_what_buyers_reserved_is_a_lost_race(adapter, change):
    change(STOOL, reserved=3)
    (result,) = adapter.push_stock([StockLine(STOOL, 2)])
    assert isinstance(result.error, Conflict)


def test_failed_call_is_the_error_of_its_lines(adapter, sim):
    sim.fault("http_error", UPDATE)
    bad, good = adapter.push_stock([StockLine(CHAIR, 5), StockLine(STOOL, 6)])
    assert isinstance(bad.error, Transient)
    assert good.error is None


def test_rate_limit_stops_the_rest(adapter, sim):
    sim.fault("rate_limited", UPDATE)
    with pytest.raises(RateLimited):
        adapter.push_stock([StockLine(CHAIR, 5), StockLine(STOOL, 6)])


def test_price(adapter):
    (result,) = adapter.push_price([PriceLine(BLACK, Decimal("310.50"))])
    assert result.error is None
    found = {one.key: one.price for one in adapter.read_listings([BLACK.item_id])}
    assert found[BLACK] == Decimal("310.5")
