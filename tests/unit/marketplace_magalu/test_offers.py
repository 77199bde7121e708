"""Stock and price: done only when the trace says so, line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    NotFound,
    OfferKey,
    OutcomeUnknown,
    PriceLine,
    RateLimited,
    Rejected,
    StockLine,
)

from simulators.magalu.records import Sku

CHAIR = OfferKey("CAD-ALT-01")
TABLE = OfferKey("MES-LAT-03")


def stock(adapter, key):
    (line,) = adapter.read_stock([key])
    return line.quantity


def test_list_tells_neither_price_nor_stock(adapter):
    offers = [o for page in adapter.listings(Cursor()) for o in page.items]
    chair = next(o for o in offers if o.key == CHAIR)
    assert (chair.state, chair.gtin) == ("active", "7890000000029")
    assert (chair.price, chair.quantity) == (None, None)
    assert {o.state for o in offers} == {"active", "paused"}


def test_one_listing_in_full(adapter):
    (offer,) = adapter.read_listings(["CAD-ALT-01"])
    assert (offer.price, offer.quantity) == (Decimal("289.90"), 10)


def test_taken_is_not_done(adapter, sim):
    sim.engine.configure("trace_seconds", 60)
    (result,) = adapter.push_stock([StockLine(CHAIR, 3)])
    assert isinstance(result.error, OutcomeUnknown)
    assert stock(adapter, CHAIR) == 10
    sim.clock.advance(sim.engine.lifecycle.trace_delay)
    assert stock(adapter, CHAIR) == 3


def test_refused_by_the_trace(adapter, sim):
    with sim.engine.store.transaction():
        gone = sim.engine.store.get("sku", CHAIR.item_id, Sku)
        gone.status = "DELETED"
        sim.engine.store.put("sku", CHAIR.item_id, gone)
    bad, good = adapter.push_stock([StockLine(CHAIR, 3), StockLine(TABLE, 4)])
    assert isinstance(bad.error, Rejected)
    assert bad.error.code == "sku_deleted"
    assert good.error is None
    assert stock(adapter, TABLE) == 4


def test_writes_go_out_before_their_ends_are_waited_for(adapter, sim):
    adapter.push_stock([StockLine(CHAIR, 1), StockLine(TABLE, 2)])
    calls = [e.method for e in sim.engine.log if "token" not in e.path]
    first = calls.index("PATCH")
    assert calls[first : first + 3] == ["PATCH", "PATCH", "GET"]


def test_unknown_sku_among_known_ones(adapter):
    lines = [StockLine(OfferKey("NO-1"), 1), StockLine(CHAIR, 5)]
    bad, good = adapter.push_stock(lines)
    assert isinstance(bad.error, NotFound)
    assert good.error is None
    assert [line.key for line in adapter.read_stock([OfferKey("NO-1"), CHAIR])] == [
        CHAIR
    ]


def test_limit_at_the_first_line_is_the_whole_call(adapter, sim):
    sim.fault("rate_limited", "/seller/v1/portfolios")
    with pytest.raises(RateLimited):
        adapter.push_stock([StockLine(CHAIR, 5)])


def test_price_before_the_promotion_stays(adapter, sim):
    adapter.push_price([PriceLine(CHAIR, Decimal("150.00"))])
    entry = sim.engine.store.get("sku", "CAD-ALT-01", Sku)
    assert (entry.price, entry.list_price) == (15000, 28990)
    adapter.push_price([PriceLine(CHAIR, Decimal("350.00"))])
    entry = sim.engine.store.get("sku", "CAD-ALT-01", Sku)
    assert (entry.price, entry.list_price) == (35000, 35000)


def test_part_of_a_cent_is_refused_for_its_line_alone(adapter):
    lines = [PriceLine(CHAIR, Decimal("1.005")), PriceLine(TABLE, Decimal(10))]
    bad, good = adapter.push_price(lines)
    assert isinstance(bad.error, Rejected)
    assert good.error is None
