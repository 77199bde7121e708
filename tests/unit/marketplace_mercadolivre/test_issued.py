"""The NF-e that Mercado Livre issues for its own warehouse."""

from __future__ import annotations

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    Feature,
    NotFound,
    NotYet,
)
from odoo.addons.marketplace_connector.rules import channel_note


@pytest.fixture
def full(sim):
    return sim.order(logistic_type="fulfillment")


def test_note_of_full_is_read_byte_for_byte(sim, adapter, read, full):
    assert Feature.CHANNEL_INVOICE in adapter.caps.features
    assert channel_note.expected(read(full.id))
    issued = sim.engine.issuer.of_order(full.id)
    found = adapter.channel_invoice(str(full.id))
    assert found.xml == issued.xml.encode()
    assert (found.key, found.total) == (issued.key, issued.amount)
    assert (found.series, found.number) == ("90", str(issued.number))
    assert found.authorized_at.utcoffset().total_seconds() == 0
    assert channel_note.read(found.xml, found.key).key == issued.key


def test_notification_tells_the_order_of_its_note(sim, adapter, full):
    issued = sim.engine.issuer.of_order(full.id)
    assert adapter.channel_invoice_orders(str(issued.id)) == (str(full.id),)
    with pytest.raises(NotFound):
        adapter.channel_invoice_orders("1")


def test_order_that_is_not_paid_has_no_note_yet(sim, adapter, read):
    placed = sim.order(logistic_type="fulfillment", paid=False)
    assert not channel_note.expected(read(placed.id))
    with pytest.raises(NotFound):
        adapter.channel_invoice(str(placed.id))


def test_note_of_our_own_stock_is_not_expected(sim, read):
    assert not channel_note.expected(read(sim.order(logistic_type="drop_off").id))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"id": 1, "status": "processing", "issued_date": None}, NotYet),
        ({"id": 1, "status": "authorized", "issued_date": None}, ContractDrift),
        ({"id": 1}, ContractDrift),
    ],
)
def test_note_that_waits_or_drifts_is_not_taken(monkeypatch, adapter, answer, error):
    monkeypatch.setattr(adapter._issuer, "of_order", lambda *args: answer)
    with pytest.raises(error):
        adapter.channel_invoice("1")
