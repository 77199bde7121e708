"""Payloads to orders: states, persons, money."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from odoo.addons.marketplace_amazon.domain.mapping import map_live, map_order
from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    InvoiceState,
    NotYet,
    OrderState,
    ParcelState,
    PaymentState,
)

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
SELLER = "A3SIMULADOVENDE"


def brl(amount):
    return {"amount": amount, "currencyCode": "BRL"}


def mapped(raw, now=NOW):
    return map_order(raw, SELLER, now)


@pytest.mark.parametrize(
    ("word", "state", "paid"),
    [
        ("PENDING_AVAILABILITY", OrderState.AWAITING_PAYMENT, PaymentState.PENDING),
        ("PENDING", OrderState.AWAITING_PAYMENT, PaymentState.PENDING),
        ("UNSHIPPED", OrderState.READY, PaymentState.PAID),
        ("PARTIALLY_SHIPPED", OrderState.READY, PaymentState.PAID),
        ("SHIPPED", OrderState.SHIPPED, PaymentState.PAID),
        ("CANCELLED", OrderState.CANCELLED, PaymentState.UNKNOWN),
        ("UNFULFILLABLE", OrderState.CANCELLED, PaymentState.UNKNOWN),
    ],
)
def test_states(raw, word, state, paid):
    raw["fulfillment"]["fulfillmentStatus"] = word
    order = mapped(raw)
    assert (order.state, order.payment_state, order.unknown) == (state, paid, ())
    live = map_live(raw, NOW)
    assert (live.order_state, live.payment_state) == (state, paid)


def test_label_window_that_is_not_open_holds_the_order(raw):
    opens = "2026-11-21T10:00:00Z"
    raw["fulfillment"]["labelPrintingWindow"] = {"earliestDateTime": opens}
    order = mapped(raw)
    assert order.state == OrderState.ON_HOLD
    assert order.hold_until == datetime(2026, 11, 21, 10, tzinfo=timezone.utc)
    later = mapped(raw, NOW + timedelta(days=1))
    assert (later.state, later.hold_until) == (OrderState.READY, None)
    assert later.raw_digest != order.raw_digest


def test_buyer_who_asks_to_cancel(raw):
    wish = {"requester": "BUYER", "cancelReason": "Demora"}
    raw["orderItems"][0]["cancellation"] = {"cancellationRequest": wish}
    order = mapped(raw)
    assert order.state == OrderState.CANCEL_REQUESTED
    assert (order.cancellation.by, order.cancellation.reason) == ("buyer", "Demora")


def test_part_that_was_cancelled_leaves_the_rest(raw):
    item = raw["orderItems"][0]
    item["cancellation"] = {"cancellationExecution": {"cancelledBy": "MERCHANT"}}
    item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 1}
    order = mapped(raw)
    (line,) = order.lines
    assert (line.qty, line.qty_cancelled, line.unit_price) == (2, 1, Decimal(50))
    assert (order.cancellation.by, order.cancellation.partial) == ("seller", True)
    assert order.state == OrderState.READY


@pytest.mark.parametrize(
    ("told", "number", "doc_type", "doc"),
    [
        ("CPF", "529.982.247-25", "CPF", "52998224725"),
        ("VAT", "52998224725", "CPF", "52998224725"),
        ("BUSINESS", "15.436.940/0001-03", "CNPJ", "15436940000103"),
        ("VAT", "1234567890", "", "1234567890"),
        ("CPF", "52998224724", "", "52998224724"),
    ],
)
def test_check_digits_not_the_type_tell_the_document(raw, told, number, doc_type, doc):
    registration = raw["tax"]["taxRegistrations"][0]
    registration |= {"taxRegistrationType": told, "taxRegistrationNumber": number}
    buyer = mapped(raw).buyer
    assert (buyer.doc_type, buyer.doc) == (doc_type, doc)
    assert buyer.name == "Ana Amostra"


def test_order_without_tax_data_gets_no_nfe(adapter, place, read):
    order = read(place(no_tax=True))
    assert order.buyer.doc == ""
    with pytest.raises(NotYet) as caught:
        adapter.buyer_fiscal(order)
    assert caught.value.code == "tax_registration_missing"


def test_root_of_the_marketplaces_cnpj(raw):
    order = mapped(raw)
    assert order.intermediary_cnpj == "15436940000103"
    assert order.intermediary_id == order.account_ref == SELLER


def test_brazilian_address(raw):
    address = mapped(raw).recipient.address
    assert (address.street, address.number) == ("Rua do Ensaio", "12")
    assert (address.complement, address.district) == ("ap 3", "Centro")
    assert (address.zip, address.state) == ("13010001", "SP")


def test_address_without_the_brazilian_fields(raw):
    del raw["recipient"]["deliveryAddress"]["extendedFields"]
    address = mapped(raw).recipient.address
    assert (address.street, address.complement) == ("Rua do Ensaio, 12", "ap 3")
    assert not address.masked


def test_what_amazon_leaves_out_is_masked_not_empty(raw):
    del raw["recipient"]
    order = mapped(raw)
    assert order.recipient.masked
    assert order.recipient.address.masked
    assert order.partial, "a READY order without an address gets no NF-e"
    raw["fulfillment"]["fulfillmentStatus"] = "PENDING"
    assert not mapped(raw).partial


def test_card_goes_into_the_nfe(raw):
    (payment,) = mapped(raw).payments
    assert (payment.method, payment.card_brand) == ("credit_card", "visa")
    assert payment.acquirer_cnpj == "01027058000191"
    assert (payment.auth_code, payment.amount) == ("A1", Decimal("119.90"))


def test_amounts(raw):
    order = mapped(raw)
    assert (order.goods_total, order.freight_buyer) == (Decimal(100), Decimal("19.90"))
    assert order.total == Decimal("119.90")
    assert isinstance(order.total, Decimal)


@pytest.mark.parametrize("sign", ["", "-"])
def test_discount_of_the_seller(raw, sign):
    item = raw["orderItems"][0]
    detail = {"subtype": "ITEM", "value": brl(f"{sign}10.00")}
    item["proceeds"]["breakdowns"].append(
        {
            "type": "DISCOUNT",
            "subtotal": brl(f"{sign}10.00"),
            "detailedBreakdowns": [detail],
        }
    )
    raw["proceeds"]["grandTotal"] = brl("109.90")
    order = mapped(raw)
    (line,) = order.lines
    assert (line.unit_list_price, line.unit_price) == (Decimal(50), Decimal(45))
    assert (line.seller_discount, order.discount_seller) == (Decimal(10), Decimal(10))
    assert (order.goods_total, order.total) == (Decimal(90), Decimal("109.90"))
    assert order.unknown == ()


def test_parts_that_do_not_make_the_total_are_shown_to_a_person(raw):
    raw["proceeds"]["grandTotal"] = brl("150.00")
    order = mapped(raw)
    assert order.total == Decimal(150)
    assert order.goods_total + order.freight_buyer == order.total
    assert any(word.startswith("order.proceeds") for word in order.unknown)


def test_other_currency_is_drift(raw):
    raw["proceeds"]["grandTotal"]["currencyCode"] = "USD"
    with pytest.raises(ContractDrift) as caught:
        mapped(raw)
    assert "USD" not in str(caught.value)


@pytest.mark.parametrize("amount", [True, None, "NaN", "x"])
def test_amount_that_is_none(raw, amount):
    raw["proceeds"]["grandTotal"]["amount"] = amount
    with pytest.raises(ContractDrift):
        mapped(raw)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("NOT_REQUIRED", InvoiceState.NOT_REQUIRED),
        ("NOT_FOUND", InvoiceState.NEEDED),
        ("PROCESSING", InvoiceState.PROCESSING),
        ("ERRORED", InvoiceState.REJECTED),
        ("ACCEPTED", InvoiceState.ACCEPTED),
        (None, InvoiceState.NEEDED),
    ],
)
def test_state_of_the_nfe(raw, word, state):
    raw["tax"]["taxInvoicing"]["invoiceStatus"] = word
    (target,) = mapped(raw).invoice_targets
    assert target.state == state
    assert target.required == (state != InvoiceState.NOT_REQUIRED)
    assert target.external_id == "EasyShip/701-1111111-2222222"


@pytest.mark.parametrize(
    ("status", "detail", "state"),
    [
        ("PENDING", "PENDING_SCHEDULE", ParcelState.TO_ARRANGE),
        ("PENDING", "PENDING_PICK_UP", ParcelState.LABEL_READY),
        ("PENDING", None, ParcelState.LABEL_PENDING),
        ("IN_TRANSIT", "PICKED_UP", ParcelState.HANDED_OVER),
        ("DELIVERED", "DELIVERED", ParcelState.DELIVERED),
        ("UNDELIVERABLE", "RETURNING_TO_SELLER", ParcelState.RETURNING),
        ("UNDELIVERABLE", "LOST", ParcelState.LOST),
        ("CANCELLED", "LABEL_CANCELLED", ParcelState.TO_ARRANGE),
    ],
)
def test_packages(raw, status, detail, state):
    raw["packages"] = [
        {
            "packageReferenceId": "1",
            "packageStatus": {"status": status, "detailedStatus": detail},
            "trackingNumber": "TBA1",
            "packageItems": [{"orderItemId": "170001", "quantity": 2}],
        }
    ]
    (parcel,) = mapped(raw).parcels
    assert (parcel.state, parcel.tracking) == (state, "TBA1")
    assert parcel.external_id == "D1a2b3c4"
    assert parcel.lines == (("170001", Decimal(2)),)


def test_parcel_before_its_package(raw):
    assert mapped(raw).parcels[0].state == ParcelState.AWAITING_INVOICE
    raw["tax"]["taxInvoicing"]["invoiceStatus"] = "ACCEPTED"
    assert mapped(raw).parcels[0].state == ParcelState.TO_ARRANGE


def test_own_carrier(raw):
    raw["programs"], raw["fulfillmentOrders"] = [], []
    order = mapped(raw)
    (parcel,) = order.parcels
    assert (parcel.external_id, parcel.channel_logistics) == (order.external_id, False)
    assert order.invoice_targets[0].external_id.startswith("SelfShip/")


def test_two_shipments_wait_for_one_nfe(raw):
    raw["fulfillmentOrders"].append({"fulfillmentOrderId": "D2"})
    order = mapped(raw)
    assert [parcel.external_id for parcel in order.parcels] == ["D1a2b3c4", "D2"]
    first, second = order.invoice_targets
    assert (first.required, second.required) == (True, False)
    assert second.external_id == "D2"


def test_all_delivered(raw):
    raw["fulfillment"]["fulfillmentStatus"] = "SHIPPED"
    package = {"packageStatus": {"status": "DELIVERED"}, "packageItems": []}
    moving = {"packageStatus": {"status": "IN_TRANSIT"}, "packageItems": []}
    raw["packages"] = [package, moving]
    assert mapped(raw).state == OrderState.SHIPPED
    assert mapped(raw).parcels[0].state == ParcelState.IN_TRANSIT
    raw["packages"] = [package, package]
    assert mapped(raw).state == OrderState.DELIVERED


def test_order_of_amazons_warehouse(raw):
    raw["fulfillment"]["fulfilledBy"] = "AMAZON"
    del raw["recipient"]
    order = mapped(raw)
    assert "fulfillment_by_channel" in order.flags
    assert order.invoice_targets[0].state == InvoiceState.NOT_REQUIRED
    assert not order.partial


def test_new_words_are_reported(raw):
    raw["fulfillment"]["fulfillmentStatus"] = "TELEPORTED"
    raw["payment"]["paymentExecutions"][0]["paymentMethod"] = "Drex"
    raw["packages"] = [{"packageStatus": {"status": "X", "detailedStatus": "Y"}}]
    order = mapped(raw)
    assert order.state == OrderState.UNKNOWN
    assert set(order.unknown) == {
        "order.status=TELEPORTED",
        "payment.method=Drex",
        "package.status=X",
        "package.detailedStatus=Y",
    }


@pytest.mark.parametrize("name", ["orderId", "createdTime", "orderItems"])
def test_shape_that_changed(raw, name):
    raw[name] = {"surprise": 1} if name == "orderItems" else None
    if name == "orderId":
        del raw[name]
    with pytest.raises(ContractDrift):
        mapped(raw)


def test_digest_ignores_the_time_of_change_alone(raw):
    before = mapped(raw).raw_digest
    raw["lastUpdatedTime"] = "2026-11-20T16:00:00Z"
    assert mapped(raw).raw_digest == before
    raw["orderItems"][0]["product"]["title"] = "Cadeira azul"
    assert mapped(raw).raw_digest != before
