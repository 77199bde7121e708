"""Payloads to normalised orders: money, states, tags, what is hidden or unknown."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from odoo.addons.industry_b2c_sales.domain.intake import lines_total
from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    InvoiceState,
    OrderState,
    ParcelState,
    PaymentState,
)
from odoo.addons.marketplace_connector.rules.living import intake_order
from odoo.addons.marketplace_mercadolivre.domain.mapping import (
    map_live,
    map_order,
    shipment_id,
)


@pytest.fixture
def order(raw_order, raw_shipment):
    """Map the plain order with changes to it; ``shipment`` may be given or None."""

    def make(shipment="plain", **changes):
        parcel = raw_shipment() if shipment == "plain" else shipment
        return map_order(raw_order(**changes), parcel)

    return make


def test_money_of_a_line(order):
    (line,) = order().lines
    assert line.key == "MLB1111111111:181111111111"
    assert (line.qty, line.unit_price, line.unit_list_price) == (2, 100, 110)
    assert (line.seller_discount, line.channel_discount) == (12, 8)


def test_money_of_the_order(raw_order, raw_shipment):
    result = map_order(raw_order(), raw_shipment())
    assert result.goods_total == 200
    assert result.freight_buyer == Decimal("19.90")
    assert result.interest == Decimal("5.50")
    assert result.total == Decimal("225.40")
    assert (result.discount_seller, result.discount_channel) == (12, 8)
    assert result.fees[0].estimated


def test_float_is_refused(raw_order, raw_shipment):
    """The door parses with Decimal; a float would have lost cents already."""
    raw = raw_order()
    raw["order_items"][0]["unit_price"] = 0.1
    with pytest.raises(ContractDrift):
        map_order(raw, raw_shipment())


def test_coupon_of_the_channel_does_not_lower_the_sale(raw_order, raw_shipment):
    raw = raw_order()
    raw["payments"][0].update(
        shipping_cost=0, coupon_amount=20, total_paid_amount=180, installments=1
    )
    result = map_order(raw, raw_shipment())
    assert result.total == 200
    assert result.payments[0].amount == 200
    assert result.payments[0].paid_total == 180
    assert result.interest == 0


def test_discounts_reach_the_sale_by_who_bears_them(raw_order, raw_shipment):
    """Two units at 110 less 6 of the seller and 4 of the channel, and a coupon."""
    raw = raw_order()
    raw["payments"][0].update(coupon_amount=15, total_paid_amount=Decimal("210.40"))
    result = map_order(raw, raw_shipment())
    sale = intake_order(result, "mercadolivre/1", result.recipient)
    assert sale.seller_discounts == 12
    assert sale.channel_discounts == 8 + 15
    assert (sale.lines[0].unit_price, sale.lines[0].discount) == (106, 12)
    assert lines_total(sale) == sale.paid_total == Decimal("225.40")


def test_card(order):
    (payment,) = order().payments
    assert payment.method == "credit_card"
    assert payment.card_brand == "mastercard"
    assert payment.acquirer_cnpj == "10573521000191"
    assert payment.auth_code == "301299"
    assert payment.installments == 3
    assert payment.state_raw == "approved/accredited"


@pytest.mark.parametrize(
    ("kind", "method_id", "method"),
    [
        ("bank_transfer", "pix", "pix"),
        ("account_money", "account_money", "account_money"),
        ("ticket", "bolbradesco", "boleto"),
        ("digital_currency", "consumer_credits", "credit_line"),
        ("debit_card", "debelo", "debit_card"),
        (None, None, "other"),
        ("new_kind", "new", "other"),
    ],
)
def test_methods(raw_order, raw_shipment, kind, method_id, method):
    raw = raw_order()
    raw["payments"][0].update(payment_type=kind, payment_method_id=method_id)
    result = map_order(raw, raw_shipment())
    assert result.payments[0].method == method
    is_card = method == "debit_card"
    assert bool(result.payments[0].acquirer_cnpj) is is_card
    assert result.payments[0].card_brand == ("elo" if is_card else "")
    assert result.unknown == (("payment.type=new_kind",) if kind == "new_kind" else ())


def test_times_are_utc(order):
    result = order()
    assert result.created_at == datetime(2026, 11, 20, 17, tzinfo=timezone.utc)
    assert result.created_at.tzinfo is timezone.utc
    late = order(date_created="2026-11-20T23:30:00.000-03:00")
    assert late.created_at == datetime(2026, 11, 21, 2, 30, tzinfo=timezone.utc)
    compact = order(date_created="2026-11-20T13:00:00.000-0400")
    assert compact.created_at == result.created_at
    naive = order(date_created="2026-11-20T13:00:00")
    assert naive.created_at == result.created_at


def test_newest_change_counts(raw_order, raw_shipment):
    shipment = raw_shipment(last_updated="2026-11-20T18:00:00.000-04:00")
    result = map_order(raw_order(), shipment)
    assert result.updated_at == datetime(2026, 11, 20, 22, tzinfo=timezone.utc)


def test_ids_are_text_whatever_they_were(order):
    result = order(id="2000011111111111", pack_id=2000033333333333)
    assert result.external_id == "2000011111111111"
    assert result.pack_id == result.number == "2000033333333333"
    assert order().number == "2000011111111111"


def test_same_listing_twice(raw_order, raw_shipment):
    raw = raw_order()
    row = raw["order_items"][0]
    raw["order_items"] = [row, {**row, "element_id": 2}, {**row, "element_id": None}]
    keys = [line.key for line in map_order(raw, raw_shipment()).lines]
    base = "MLB1111111111:181111111111"
    assert keys == [base, f"{base}#2", f"{base}#3"]


def test_listing_without_variation_and_sku(raw_order, raw_shipment):
    raw = raw_order()
    raw["order_items"][0]["item"].update(variation_id=None, seller_sku=None)
    (line,) = map_order(raw, raw_shipment()).lines
    assert (line.key, line.sku, line.variation_id) == ("MLB1111111111:", "", "")
    raw["order_items"][0]["item"]["seller_custom_field"] = "OLD-SKU"
    assert map_order(raw, raw_shipment()).lines[0].sku == "OLD-SKU"


@pytest.mark.parametrize(
    ("status", "tags", "state"),
    [
        ("paid", ["paid"], OrderState.READY),
        ("paid", [], OrderState.READY),
        ("confirmed", ["paid"], OrderState.READY),
        ("confirmed", [], OrderState.AWAITING_PAYMENT),
        ("payment_required", [], OrderState.AWAITING_PAYMENT),
        ("payment_in_process", [], OrderState.AWAITING_PAYMENT),
        ("partially_paid", [], OrderState.AWAITING_PAYMENT),
        ("partially_refunded", ["paid"], OrderState.READY),
        ("pending_cancel", ["paid"], OrderState.CANCEL_REQUESTED),
        ("cancelled", ["paid"], OrderState.CANCELLED),
        ("cancelled", ["paid", "delivered"], OrderState.CANCELLED),
        ("invalid", [], OrderState.CANCELLED),
        ("paid", ["paid", "fraud_risk_detected"], OrderState.ON_HOLD),
        ("paid", ["paid", "delivered"], OrderState.DELIVERED),
        ("paid", ["delivered", "fraud_risk_detected"], OrderState.DELIVERED),
        ("a_new_word", [], OrderState.UNKNOWN),
        ("a_new_word", ["paid"], OrderState.UNKNOWN),
    ],
)
def test_order_state_by_status_and_tags(order, status, tags, state):
    result = order(status=status, tags=tags)
    assert result.state == state
    told = "order.status=a_new_word" in result.unknown
    assert told is (status == "a_new_word")


@pytest.mark.parametrize(
    ("status", "substatus", "parcel", "state", "invoice"),
    [
        ("pending", "buffered", "NOT_READY", "ON_HOLD", "NOT_YET"),
        ("handling", "regenerating", "NOT_READY", "ON_HOLD", "NOT_YET"),
        ("handling", "invoice_pending", "AWAITING_INVOICE", "READY", "NEEDED"),
        ("ready_to_ship", "invoice_pending", "AWAITING_INVOICE", "READY", "NEEDED"),
        ("ready_to_ship", "ready_to_print", "LABEL_READY", "READY", "ACCEPTED"),
        ("ready_to_ship", "printed", "PRINTED", "READY", "ACCEPTED"),
        ("ready_to_ship", "in_packing_list", "PRINTED", "READY", "ACCEPTED"),
        ("ready_to_ship", "on_hold", "NOT_READY", "ON_HOLD", "NOT_YET"),
        ("ready_to_ship", None, "LABEL_PENDING", "READY", "UNKNOWN"),
        ("ready_to_ship", "new_word", "UNKNOWN", "UNKNOWN", "UNKNOWN"),
        ("ready_to_ship", "picked_up", "HANDED_OVER", "SHIPPED", "ACCEPTED"),
        ("ready_to_ship", "dropped_off", "HANDED_OVER", "SHIPPED", "ACCEPTED"),
        ("shipped", "out_for_delivery", "IN_TRANSIT", "SHIPPED", "ACCEPTED"),
        ("shipped", "new_word", "IN_TRANSIT", "SHIPPED", "ACCEPTED"),
        ("delivered", "inferred", "DELIVERED", "DELIVERED", "ACCEPTED"),
        ("not_delivered", "refused_delivery", "FAILED", "SHIPPED", "ACCEPTED"),
        ("not_delivered", "returning_to_sender", "RETURNING", "SHIPPED", "ACCEPTED"),
        ("not_delivered", "returned", "RETURNED", "SHIPPED", "ACCEPTED"),
        ("not_delivered", "lost", "LOST", "SHIPPED", "ACCEPTED"),
        ("cancelled", "closed_by_user", "CANCELLED", "ON_HOLD", "NOT_REQUIRED"),
        ("new_word", None, "UNKNOWN", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_states_by_shipment(
    raw_order, raw_shipment, status, substatus, parcel, state, invoice
):
    shipment = raw_shipment(status=status, substatus=substatus)
    result = map_order(raw_order(), shipment)
    assert result.parcels[0].state == ParcelState[parcel]
    assert result.state == OrderState[state]
    assert result.invoice_targets[0].state == InvoiceState[invoice]
    raw_state = "/".join(filter(None, (status, substatus)))
    assert result.parcels[0].state_raw == raw_state
    assert raw_state in result.state_raw
    is_new = "new_word" in (status, substatus)
    assert result.unknown == ((f"shipment.status={raw_state}",) if is_new else ())


@pytest.mark.parametrize("where", ["cancel_detail", "status_detail", "shipment"])
def test_split_pack_is_no_cancellation(raw_order, raw_shipment, where):
    raw = raw_order(status="cancelled")
    shipment = raw_shipment(status="cancelled", substatus="closed_by_user")
    if where == "shipment":
        shipment["substatus"] = "pack_splitted"
        shipment["sibling"] = {"reason": "split", "sibling_id": 41999999999}
    else:
        raw[where] = {"code": "pack_splitted", "requested_by": "seller"}
    result = map_order(raw, shipment)
    assert result.state == OrderState.SUPERSEDED
    superseded = "41999999999" if where == "shipment" else None
    assert result.parcels[0].superseded_by == superseded


def test_split_pack_of_a_living_order(raw_order, raw_shipment):
    shipment = raw_shipment(status="cancelled", substatus="pack_splitted")
    assert map_order(raw_order(), shipment).state == OrderState.SUPERSEDED


@pytest.mark.parametrize(
    ("by", "normalised"),
    [("buyer", "buyer"), ("seller", "seller"), ("meli", "channel"), (None, "unknown")],
)
def test_who_cancelled(order, by, normalised):
    detail = {
        "group": "buyer",
        "code": "a_code",
        "description": "Palavras",
        "requested_by": by,
        "date": "2026-11-20T17:31:32.000-04:00",
    }
    found = order(status="cancelled", cancel_detail=detail).cancellation
    assert (found.by, found.code, found.reason) == (normalised, "a_code", "Palavras")
    assert found.at == datetime(2026, 11, 20, 21, 31, 32, tzinfo=timezone.utc)


def test_cancelled_without_detail(order):
    found = order(status="cancelled", status_detail=None).cancellation
    assert (found.by, found.code, found.at) == ("unknown", "", None)
    assert order().cancellation is None


@pytest.mark.parametrize(
    ("states", "total", "tags", "expected"),
    [
        (["approved"], 200, ["paid"], "PAID"),
        (["rejected", "approved"], 200, ["paid"], "PAID"),
        (["rejected"], 200, [], "REJECTED"),
        (["cancelled"], 200, [], "REJECTED"),
        ([], 200, [], "PENDING"),
        (["pending"], 200, [], "PENDING"),
        (["in_process", "rejected"], 200, [], "PENDING"),
        (["approved"], 500, [], "PENDING"),
        (["approved", "approved"], 400, [], "PAID"),
        (["refunded"], 200, [], "REFUNDED"),
        (["refunded", "approved"], 200, [], "PAID"),
        (["refunded", "approved"], 400, [], "PART_REFUNDED"),
        (["approved", "in_mediation"], 200, ["paid"], "IN_DISPUTE"),
        (["approved", "charged_back"], 200, ["paid"], "CHARGED_BACK"),
        (["approved", "a_new_word"], 200, ["paid"], "UNKNOWN"),
        (["refunded"], 200, ["paid"], "REFUNDED"),
    ],
)
def test_payment_state(raw_order, raw_shipment, states, total, tags, expected):
    raw = raw_order(total_amount=total, tags=tags)
    row = {**raw["payments"][0], "shipping_cost": 0, "total_paid_amount": 200}
    raw["payments"] = [{**row, "status": status} for status in states]
    result = map_order(raw, raw_shipment())
    assert result.payment_state == PaymentState[expected]


@pytest.mark.parametrize(
    ("refunded", "state"), [(50, "PART_REFUNDED"), (200, "REFUNDED")]
)
def test_refund_on_an_approved_payment(raw_order, raw_shipment, refunded, state):
    raw = raw_order()
    raw["payments"][0].update(transaction_amount_refunded=refunded)
    assert map_order(raw, raw_shipment()).payment_state == PaymentState[state]


def test_rejected_payment_brings_no_freight(raw_order, raw_shipment):
    raw = raw_order()
    row = raw["payments"][0]
    raw["payments"].append({**row, "id": 9, "status": "rejected"})
    result = map_order(raw, raw_shipment())
    assert result.freight_buyer == row["shipping_cost"]
    assert len(result.payments) == 2


@pytest.mark.parametrize(
    ("tags", "flag"),
    [
        (["fraud_risk_detected"], "fraud_risk"),
        (["test_order"], "test"),
        (["b2b"], "b2b"),
        (["no_shipping"], "no_shipping"),
    ],
)
def test_flags(order, tags, flag):
    assert order(tags=["paid", *tags]).flags == {flag}
    assert "mediation" in order(mediations=[{"id": 1}]).flags


def test_without_a_parcel(order):
    agreed = order(shipment=None, tags=["paid", "no_shipping"], shipping={"id": None})
    assert agreed.state == OrderState.READY
    assert agreed.parcels == agreed.invoice_targets == ()
    waiting = order(shipment=None)
    assert waiting.state == OrderState.ON_HOLD


def test_receiver(order):
    recipient = order().recipient
    assert recipient.name == "Pessoa de Teste"
    address = recipient.address
    assert (address.street, address.number) == ("Rua do Teste", "10")
    assert (address.complement, address.reference) == ("ap 12", "portão azul")
    assert (address.city, address.state, address.zip) == ("Curitiba", "PR", "80020090")
    assert address.ibge == ""
    assert not recipient.masked


@pytest.mark.parametrize("field", ["street_name", "zip_code", "street_number"])
def test_masked_ready_order_is_partial(raw_order, raw_shipment, field):
    shipment = raw_shipment()
    shipment["destination"]["shipping_address"][field] = "XXXXXXX"
    result = map_order(raw_order(), shipment)
    assert result.recipient.masked
    assert result.partial
    assert "XXX" not in repr(result.recipient.address)


@pytest.mark.parametrize("missing", ["buyer", "order_items", "payments"])
def test_missing_part_is_partial(raw_order, raw_shipment, missing):
    raw = raw_order()
    del raw[missing]
    assert map_order(raw, raw_shipment()).partial


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None, "status": None, "date_created": None},
        {"date_created": "yesterday"},
        {"order_items": "none"},
        {"order_items": [{}]},
        {"payments": [{"id": 1, "transaction_amount": "ten"}]},
        {"payments": [{"id": 1, "transaction_amount": [1]}]},
        {"payments": [{"id": 1, "transaction_amount": "NaN"}]},
        {"buyer": "Maria"},
    ],
)
def test_other_shapes_are_drift(raw_order, raw_shipment, changes):
    with pytest.raises(ContractDrift) as caught:
        map_order(raw_order(**changes), raw_shipment())
    assert "Maria" not in str(caught.value)


def test_live(raw_order, raw_shipment):
    check = map_live(raw_order(), raw_shipment())
    assert check.order_state == OrderState.READY
    assert check.payment_state == PaymentState.PAID
    assert check.state_raw == "paid ready_to_ship/invoice_pending"
    assert check.error is None


def test_shipment_of_another_shape():
    assert shipment_id({}) == shipment_id({"shipping": None}) == ""
    with pytest.raises(ContractDrift):
        shipment_id({"shipping": []})
