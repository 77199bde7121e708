"""Listings, stock, price; returns."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_amazon.domain.offers import _listing, _refusal
from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    Cursor,
    OfferKey,
    PriceLine,
    RateLimited,
    Rejected,
    ReturnState,
    StockLine,
)

from simulators.amazon.records import Return


def everything(pages):
    return [entry for page in pages for entry in page.items]


def test_listings_and_their_states(adapter):
    found = {one.sku: one for one in everything(adapter.listings(Cursor()))}
    chair = found["CAD-ALT-01"]
    assert (chair.state, chair.price, chair.quantity) == (
        "active",
        Decimal("289.90"),
        25,
    )
    assert chair.key == OfferKey("CAD-ALT-01")
    assert chair.url.endswith("/dp/B0SIMUL001")
    assert found["CAD-ALT-00"].state == "paused"


@pytest.mark.parametrize(
    ("status", "state"),
    [(["BUYABLE"], "active"), ([], "paused"), (["SLEEPING"], "unknown")],
)
def test_state_words(status, state):
    here = {"marketplaceId": "A2Q3Y263D00KWC", "status": status}
    assert _listing({"sku": "X", "summaries": [here]}).state == state


def test_listing_of_another_store_is_not_offered_here():
    there = {"marketplaceId": "ATVPDKIKX0DER", "status": ["BUYABLE"]}
    assert _listing({"sku": "X", "summaries": [there]}).state == "closed"
    with pytest.raises(ContractDrift):
        _listing({"summaries": "?"})


def test_refused_patch_comes_with_its_reason(adapter):
    key = OfferKey("CAD-ALT-01")
    (result,) = adapter.push_price([PriceLine(key, Decimal(0))])
    assert isinstance(result.error, Rejected)
    assert result.error.code == "90225"


def test_warnings_do_not_refuse():
    issue = {"code": "1", "message": "m", "severity": "WARNING"}
    assert _refusal({"status": "ACCEPTED", "issues": [issue]}) is None


def test_price_keeps_its_cents(adapter, sim):
    key = OfferKey("CAD-ALT-01")
    (result,) = adapter.push_price([PriceLine(key, Decimal("1234.10"))])
    (listing,) = adapter.read_listings([key.item_id])
    assert (result.error, listing.price) == (None, Decimal("1234.10"))


def test_quota_in_the_middle_tells_which_lines_are_done(adapter, sim):
    lines = [StockLine(OfferKey(sku), 3) for sku in ("CAD-ALT-01", "BAN-MAD-02")]
    sim.fault("rate_limited", "/listings/2021-08-01/items/A3SIMULADOVENDE/BAN")
    first, second = adapter.push_stock(lines)
    assert first.error is None
    assert isinstance(second.error, RateLimited)
    sim.fault("rate_limited", "/listings")
    with pytest.raises(RateLimited):
        adapter.push_stock(lines)


def test_return_names_the_line_of_the_order(adapter, sim, place, read):
    order_id = place(program="SelfShip")
    adapter.own_tracking(order_id, "T", "S1", "", sim.clock.now())
    ref = sim.give_back(order_id)
    (back,) = adapter.read_returns([ref])
    assert back.order_id == order_id
    assert back.lines[0].key == read(order_id).lines[0].key
    assert (back.state, back.parcels[0].direction) == (ReturnState.APPROVED, "return")


def test_return_that_changes_weeks_later_is_seen(adapter, sim, place, clock):
    order_id = place(program="SelfShip")
    adapter.own_tracking(order_id, "T", "S1", "", clock.now())
    ref = sim.give_back(order_id)
    pages = list(adapter.returns(Cursor()))
    assert [one.external_id for one in everything(pages)] == [ref]
    clock.advance(timedelta(days=20))
    pages = list(adapter.returns(pages[-1].next))
    quiet = list(adapter.returns(pages[-1].next))
    assert everything(quiet) == []
    with sim.engine.store.transaction():
        record = sim.engine.store.get("return", ref, Return)
        record.status, record.updated = "DELIVERED", clock.now()
        sim.engine.store.put("return", ref, record, updated=clock.now())
    (back,) = everything(adapter.returns(quiet[-1].next))
    assert (back.external_id, back.state) == (ref, ReturnState.RECEIVED)
