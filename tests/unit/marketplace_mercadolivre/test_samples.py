"""The documented payloads of the channel, when they lie beside the repository."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    OrderState,
    PaymentState,
)
from odoo.addons.marketplace_mercadolivre.domain import events
from odoo.addons.marketplace_mercadolivre.domain.mapping import map_order
from odoo.addons.marketplace_mercadolivre.domain.parties import billing_party
from odoo.addons.marketplace_mercadolivre.domain.shipments import orders_of, parcel

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "mercadolivre"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the samples of the channels are not here"
)


def load(name):
    return json.loads((SAMPLES / name).read_text(), parse_float=Decimal)


def names(pattern):
    return sorted(path.name for path in SAMPLES.glob(pattern))


STATES = {
    "order.get.cancelled_by_buyer.json": ("CANCELLED", "REFUNDED"),
    "order.get.cancelled_pack_splitted.json": ("SUPERSEDED", "REFUNDED"),
    "order.get.fraud_risk_detected.json": ("ON_HOLD", "PAID"),
    "order.get.paid_credit_card_discount.json": ("READY", "PAID"),
    "order.get.paid_pack.json": ("READY", "PAID"),
    "order.gross_price.example.json": ("READY", "PAID"),
}


@pytest.mark.parametrize("name", names("order.g*.json"))
def test_orders(name):
    shipment = load("shipment.get.new_format.ready_to_ship_invoice_pending.json")
    order = map_order(load(name), shipment)
    state, payment = STATES[name]
    assert order.state == OrderState[state]
    assert order.payment_state == PaymentState[payment]
    assert order.unknown == ()
    for line in order.lines:
        full = line.seller_discount + line.channel_discount
        assert line.qty * line.unit_list_price == line.qty * line.unit_price + full


def test_discount_and_interest_of_the_documentation():
    order = map_order(load("order.get.paid_credit_card_discount.json"), None)
    assert (order.discount_seller, order.discount_channel) == (6, 4)
    assert order.interest == Decimal("5.90")
    assert order.total == Decimal("55.90")


@pytest.mark.parametrize("name", names("shipment.get.*.json"))
def test_shipments(name):
    shipment = load(name)
    result = parcel(shipment, load("shipment.sla.json"))
    assert result.state.value != "unknown"
    assert result.ship_by is not None
    order = map_order(load("order.get.paid_pack.json"), shipment)
    assert order.recipient.masked is ("masked" in name)
    assert order.unknown == ()


def test_search_rows_are_orders():
    for raw in load("orders.search.response.json")["results"]:
        assert map_order(raw, None).external_id == str(raw["id"])


def test_orders_of_a_shipment_without_other_sellers():
    rows = load("shipment.orders.json")
    ours = {row["order_id"] for row in rows if row["seller_id"] == 12345}
    assert set(orders_of(rows, "12345")) == ours
    assert len(ours) == 3


@pytest.mark.parametrize("name", names("billing_info.*.json"))
def test_billing(name):
    party = billing_party(load(name))
    assert party.name
    assert party.doc
    assert party.address.state


@pytest.mark.parametrize("name", names("notification.*.json"))
def test_notifications(name):
    event = events.event(load(name))
    assert event.kind != "other"
    assert event.external_id
    assert event.account_ref
    assert event.occurred_at is not None


def test_missed_feed():
    rows = load("missed_feeds.response.json")["messages"]
    assert [events.event(row).kind for row in rows] == ["order"]
