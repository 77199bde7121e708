"""An order's money, states, deliveries and persons."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    DocUnit,
    InvoiceState,
    OrderState,
    ParcelState,
    PaymentState,
    Rejected,
)
from odoo.addons.marketplace_magalu.domain.amounts import spread
from odoo.addons.marketplace_magalu.domain.mapping import map_live, map_order
from odoo.addons.marketplace_magalu.domain.values import cents, moment, money

TENANT = "tenant-1"
KEY = "35261133000111000182550010000000011123456789"


def mapped(raw):
    return map_order(raw, TENANT)


def second(raw, **changes):
    """Another delivery with the same item, so that the amounts still add up."""
    extra = {**copy.deepcopy(raw["deliveries"][0]), "id": "d-2", **changes}
    raw["deliveries"].append(extra)
    raw["amounts"]["total"] += 20000


def test_integers_are_not_reais(raw):
    order = mapped(raw)
    assert order.total == Decimal("219.90")
    assert order.goods_total == Decimal("200.00")
    assert order.freight_buyer == Decimal("19.90")
    assert order.fees[0].amount == Decimal("32.99")
    assert order.lines[0].unit_price == Decimal(100)
    assert order.payments[0].amount == Decimal("219.90")


def test_every_amount_has_its_own_normalizer(raw):
    raw["deliveries"][0]["items"][0]["unit_price"] = {"value": 100, "normalizer": 1}
    raw["amounts"]["freight"] = {"total": 199000, "normalizer": 10000}
    order = mapped(raw)
    assert order.lines[0].unit_price == 100
    assert order.freight_buyer == Decimal("19.90")


@pytest.mark.parametrize("value", ["100", 1.5, Decimal("1.5"), True])
def test_amount_that_is_no_integer(value):
    with pytest.raises(ValueError, match="integer"):
        money({"total": value, "normalizer": 100}, "total")


@pytest.mark.parametrize("normalizer", [0, -1, "100"])
def test_senseless_normalizer(normalizer):
    with pytest.raises(ValueError, match="normalizer"):
        money({"total": 1, "normalizer": normalizer}, "total")


def test_discount_that_the_prices_do_not_show(raw):
    raw["amounts"]["discount"]["total"], raw["amounts"]["total"] = 1500, 20490
    order = mapped(raw)
    (line,) = order.lines
    assert order.total == order.goods_total + order.freight_buyer
    assert line.unit_price == Decimal("92.50")
    assert line.unit_list_price == Decimal(100)
    assert line.seller_discount == order.discount_seller == Decimal(15)


def test_discount_that_the_prices_show(raw):
    raw["amounts"]["discount"]["total"] = 1000
    (line,) = mapped(raw).lines
    assert (line.unit_price, line.unit_list_price) == (100, 105)


def test_instalment_interest_is_what_the_parts_do_not_explain(raw):
    raw["amounts"]["total"] = 22500
    order = mapped(raw)
    assert order.interest == Decimal("5.10")
    assert order.total == order.goods_total + order.freight_buyer + order.interest


def test_amounts_that_do_not_add_up_are_not_guessed(raw):
    raw["amounts"]["total"] = 20000
    with pytest.raises(ContractDrift):
        mapped(raw)


def test_shares_lose_no_cent():
    shares = spread(Decimal(10), [Decimal(1), Decimal(1), Decimal(1)])
    assert sum(shares) == 10
    assert shares == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]
    assert spread(Decimal(0), []) == []


def test_two_deliveries_are_two_parcels_and_two_nfe(raw):
    second(raw, status="invoiced")
    order = mapped(raw)
    assert [parcel.external_id for parcel in order.parcels] == ["d-1", "d-2"]
    targets = order.invoice_targets
    assert {target.unit for target in targets} == {DocUnit.DELIVERY}
    assert [target.external_id for target in targets] == ["d-1", "d-2"]
    assert [t.state for t in targets] == [InvoiceState.NEEDED, InvoiceState.ACCEPTED]
    keys = [line.key for line in order.lines]
    assert keys == ["d-1:1", "d-2:1"]
    assert [dict(p.lines) for p in order.parcels] == [{"d-1:1": 2}, {"d-2:1": 2}]


def test_order_is_as_far_as_its_slowest_delivery(raw):
    second(raw, status="shipped")
    raw["status"] = "shipped"
    assert mapped(raw).state == OrderState.READY
    raw["deliveries"][0]["status"] = "delivered"
    assert mapped(raw).state == OrderState.SHIPPED


def test_one_cancelled_delivery_of_two(raw):
    second(raw, status="cancelled")
    order = mapped(raw)
    assert order.state == OrderState.READY
    assert [line.qty_cancelled for line in order.lines] == [0, 2]
    assert order.cancellation.partial
    assert not order.invoice_targets[1].required
    assert order.parcels[1].state == ParcelState.CANCELLED


def test_all_deliveries_cancelled(raw):
    raw["deliveries"][0]["status"] = "cancelled"
    assert mapped(raw).state == OrderState.CANCELLED


@pytest.mark.parametrize(
    ("status", "state", "payment"),
    [
        ("new", OrderState.AWAITING_PAYMENT, PaymentState.PENDING),
        ("approved", OrderState.READY, PaymentState.PAID),
        ("invoiced", OrderState.READY, PaymentState.PAID),
        ("shipped", OrderState.SHIPPED, PaymentState.PAID),
        ("delivered", OrderState.DELIVERED, PaymentState.PAID),
        ("finished", OrderState.COMPLETED, PaymentState.PAID),
        ("cancelled", OrderState.CANCELLED, PaymentState.REFUNDED),
        ("returned?", OrderState.UNKNOWN, PaymentState.UNKNOWN),
    ],
)
def test_states(raw, status, state, payment):
    raw["status"] = raw["deliveries"][0]["status"] = status
    order, live = mapped(raw), map_live(raw)
    assert (order.state, order.payment_state) == (state, payment)
    assert (live.order_state, live.payment_state) == (state, payment)
    assert bool(order.unknown) == (state == OrderState.UNKNOWN)


def test_cancelled_before_the_approval_was_never_paid(raw):
    raw["status"] = raw["deliveries"][0]["status"] = "cancelled"
    del raw["approved_at"]
    order = mapped(raw)
    assert order.payment_state == PaymentState.REJECTED
    assert order.payments[0].refunded == 0


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("approved", InvoiceState.ACCEPTED),
        ({"id": "1", "description": "autorizada"}, InvoiceState.ACCEPTED),
        ("validating", InvoiceState.PROCESSING),
        ("invalid", InvoiceState.REJECTED),
        ("odd", InvoiceState.UNKNOWN),
    ],
)
def test_state_of_a_note(raw, status, state):
    raw["deliveries"][0]["invoices"] = [{"key": KEY, "status": status}]
    order = mapped(raw)
    (target,) = order.invoice_targets
    assert (target.state, target.key) == (state, KEY)
    assert bool(order.unknown) == (status == "odd")


def test_accepted_note_counts_before_a_refused_one(raw):
    notes = [{"key": KEY, "status": "approved"}, {"key": "9" * 44, "status": "invalid"}]
    raw["deliveries"][0]["invoices"] = notes
    assert mapped(raw).invoice_targets[0].key == KEY


def test_person_and_address(raw):
    order = mapped(raw)
    assert (order.buyer.doc_type, order.buyer.doc) == ("CPF", "11144477735")
    assert order.buyer.address.zip == "80020090"
    assert order.buyer.address.complement == "ap 12"
    assert order.intermediary_cnpj == "47960950000121"
    assert order.intermediary_id == "loja-teste"
    assert order.payments[0].acquirer_cnpj == "01027058000191"
    assert order.payments[0].card_brand == "visa"
    assert "11144477735" not in repr(order.buyer)


def test_firm(raw):
    raw["customer"] |= {"customer_type": "PJ", "document_number": "11222333000181"}
    assert mapped(raw).buyer.doc_type == "CNPJ"


def test_masked_order_is_partial_not_empty(raw):
    raw["customer"]["document_number"] = "***.444.777-**"
    order = mapped(raw)
    assert order.buyer.masked
    assert order.partial


def test_other_marketplace_of_the_same_api(raw):
    raw["channel"]["marketplace"]["document"] = "07.187.493/0001-07"
    assert mapped(raw).intermediary_cnpj == "07187493000107"


def test_shipped_from_their_warehouse(raw):
    raw["deliveries"][0]["shipping"]["provider"]["extras"]["is_fulfillment"] = True
    order = mapped(raw)
    assert "fulfillment_by_channel" in order.flags
    assert not order.invoice_targets[0].required


def test_half_from_their_warehouse_is_for_a_person(raw):
    second(raw)
    extras = {"is_fulfillment": True}
    raw["deliveries"][1]["shipping"]["provider"]["extras"] = extras
    order = mapped(raw)
    assert order.partial
    assert "fulfillment_by_channel" not in order.flags
    assert any("mixed" in word for word in order.unknown)


@pytest.mark.parametrize(("mark", "own"), [(False, True), (True, False), (None, False)])
def test_own_freight_only_when_it_is_said(raw, mark, own):
    raw["deliveries"][0]["shipping"]["provider"]["extras"]["is_mle"] = mark
    (parcel,) = mapped(raw).parcels
    assert parcel.channel_logistics != own


def test_times(raw):
    order = mapped(raw)
    assert order.updated_at == datetime(2026, 11, 20, 12, 11, tzinfo=timezone.utc)
    assert order.paid_at == datetime(2026, 11, 20, 12, 5, tzinfo=timezone.utc)
    assert order.parcels[0].ship_by == datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
    assert moment("2026-11-20T09:00:00-03:00").hour == 12


def test_digest_follows_what_is_visible(raw):
    before = mapped(raw).raw_digest
    raw["updated_at"] = "2026-11-20T13:00:00Z"
    assert mapped(raw).raw_digest == before
    raw["deliveries"][0]["shipping"]["recipient"]["address"]["number"] = "11"
    assert mapped(raw).raw_digest != before


@pytest.mark.parametrize(
    "path",
    [("deliveries",), ("amounts",), ("code",), ("status",)],
)
def test_missing_part_is_drift(raw, path):
    del raw[path[0]]
    with pytest.raises(ContractDrift) as caught:
        mapped(raw)
    assert "Pessoa" not in str(caught.value)


@pytest.mark.parametrize("quantity", [0, -1, "2", True, None])
def test_senseless_quantity(raw, quantity):
    raw["deliveries"][0]["items"][0]["quantity"] = quantity
    with pytest.raises(ContractDrift):
        mapped(raw)


def test_order_without_deliveries_waits(raw):
    raw["deliveries"], raw["amounts"]["total"] = [], 1990
    assert mapped(raw).partial


def test_no_part_of_a_cent_is_lost():
    assert cents(Decimal("219.90")) == 21990
    with pytest.raises(Rejected):
        cents(Decimal("1.005"))
