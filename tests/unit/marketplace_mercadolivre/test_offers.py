"""Stock and price: nothing deleted, ignored unseen or overwritten when newer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Conflict,
    Cursor,
    NotFound,
    OfferKey,
    PriceLine,
    RateLimited,
    Rejected,
    StockLine,
    Transient,
)

from simulators.mercadolivre import DEFAULT_CATALOG, CatalogItem, MercadoLivreSimulator

VARIED = DEFAULT_CATALOG[0].item_id
PLAIN = DEFAULT_CATALOG[1].item_id


@pytest.fixture
def sim(clock):
    """Two variations of one listing, two listings of one SKU, many listings."""
    catalog = [
        *DEFAULT_CATALOG,
        replace(DEFAULT_CATALOG[0], variation_id=181200457399, seller_sku="CAD-02"),
        replace(DEFAULT_CATALOG[1], item_id="MLB4510027399"),
        *(
            CatalogItem(f"MLB46{n:08d}", None, f"SKU-{n}", f"Item {n}", Decimal(10))
            for n in range(30)
        ),
    ]
    with MercadoLivreSimulator(clock=clock, catalog=catalog) as simulator:
        yield simulator


@pytest.fixture
def listings(adapter):
    pages = adapter.listings(Cursor())
    return {offer.key: offer for page in pages for offer in page.items}


@pytest.fixture
def multi_origin(sim):
    sim.engine.offers.multi_origin = True


def puts(sim):
    return [entry.path for entry in sim.engine.log if entry.method == "PUT"]


def item(sim, item_id):
    with sim.engine.store.transaction():
        return sim.engine.offers.get(item_id)


def change(sim, item_id, **values):
    with sim.engine.store.transaction():
        found = sim.engine.offers.get(item_id)
        for name, value in values.items():
            setattr(found, name, value)
        sim.engine.offers.save(found)


def test_all_listings_with_sku_gtin_and_pool(listings):
    assert len(listings) == len(DEFAULT_CATALOG) + 32
    varied = [offer for key, offer in listings.items() if key.item_id == VARIED]
    assert sorted(offer.sku for offer in varied) == ["CAD-02", "CAD-ALT-01"]
    assert all(offer.gtin.isdigit() for offer in listings.values())
    twins = {listings[OfferKey(ref)].pool for ref in (PLAIN, "MLB4510027399")}
    assert len(twins) == 1, "two listings of one SKU share their stock"


def test_listings_beyond_twenty_are_not_lost(adapter):
    ids = [f"MLB46{n:08d}" for n in range(30)]
    assert len(list(adapter.read_listings(ids))) == 30


def test_variation_that_is_not_changed_stays(sim, adapter, listings):
    key = next(key for key in listings if key.item_id == VARIED)
    (result,) = adapter.push_stock([StockLine(key, 4)])
    assert result.error is None
    assert sorted(v.quantity for v in item(sim, VARIED).variations) == [4, 100]


def test_variations_of_one_listing_in_one_call(sim, adapter, listings):
    keys = [key for key in listings if key.item_id == VARIED]
    results = adapter.push_stock([StockLine(key, 4) for key in keys])
    assert [entry.error for entry in results] == [None, None]
    assert len(puts(sim)) == 1


def test_price_of_a_variation(sim, adapter, listings):
    key = next(key for key in listings if key.item_id == VARIED)
    (result,) = adapter.push_price([PriceLine(key, Decimal("99.90"))])
    assert result.error is None
    prices = {v.price for v in item(sim, VARIED).variations}
    assert Decimal("99.90") in prices


def test_unknown_variation(adapter):
    key = OfferKey(VARIED, "1")
    (result,) = adapter.push_stock([StockLine(key, 4)])
    assert isinstance(result.error, NotFound)
    assert adapter.read_stock([key]) == []


def test_quantity_that_is_ignored_in_silence_is_an_error(sim, adapter):
    adapter.push_stock([StockLine(OfferKey(PLAIN), 5)])
    sim.engine.offers.multi_origin = True  # adapter has asked before
    (result,) = adapter.push_stock([StockLine(OfferKey(PLAIN), 6)])
    assert isinstance(result.error, Rejected)
    assert result.error.code == "ignored"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"logistic_type": "fulfillment"}, "fulfillment"),
        ({"status": "closed"}, "item.status.invalid"),
    ],
)
def test_listing_whose_stock_is_not_ours_to_set(sim, adapter, values, code):
    change(sim, PLAIN, **values)
    (result,) = adapter.push_stock([StockLine(OfferKey(PLAIN), 6)])
    assert (result.error.code, result.error.who) == (code, "operator")


def test_rate_limit_in_the_middle_keeps_what_was_done(sim, adapter):
    keys = [OfferKey(f"MLB46{n:08d}") for n in range(3)]
    sim.fault("rate_limited", f"/items/{keys[1].item_id}")
    results = adapter.push_stock([StockLine(key, 3) for key in keys])
    assert [type(entry.error) for entry in results] == [
        type(None),
        RateLimited,
        RateLimited,
    ]
    assert len(puts(sim)) == 2, "nobody is asked after it"


def test_one_broken_listing_does_not_stop_the_rest(sim, adapter):
    keys = [OfferKey(f"MLB46{n:08d}") for n in range(3)]
    sim.fault("http_error", f"/items/{keys[1].item_id}")
    results = adapter.push_stock([StockLine(key, 3) for key in keys])
    assert [entry.error is None for entry in results] == [True, False, True]
    assert isinstance(results[1].error, Transient)


@pytest.mark.usefixtures("multi_origin")
class TestMultiOrigin:
    def test_stock_moved_since_it_was_read(self, sim, adapter):
        key = OfferKey(PLAIN)
        (line,) = adapter.read_stock([key])
        (first,) = adapter.push_stock([replace(line, quantity=9)])
        assert (first.error, first.version) == (None, "2")
        (stale,) = adapter.push_stock([replace(line, quantity=50)])
        assert isinstance(stale.error, Conflict)
        assert item(sim, PLAIN).variations[0].quantity == 9
        (fresh,) = adapter.push_stock([StockLine(key, 8, first.version)])
        assert fresh.error is None

    def test_somebody_wrote_between_reading_and_writing(self, sim, adapter):
        conflict = {"status": 409, "error": "conflict"}
        sim.fault("api_error", "/user-products", method="PUT", **conflict)
        (result,) = adapter.push_stock([StockLine(OfferKey(PLAIN), 9)])
        assert isinstance(result.error, Conflict)

    def test_account_is_asked_once(self, sim, adapter):
        for quantity in (1, 2):
            adapter.push_stock([StockLine(OfferKey(PLAIN), quantity)])
        assert sim.requests("GET", "/users/me") == 1

    def test_warehouse_that_is_not_there(self, adapter):
        line = StockLine(OfferKey(PLAIN, location="7"), 1)
        (result,) = adapter.push_stock([line])
        assert result.error.code == "stock_location"
