"""An order as Shopee shows it, and what it means."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    DocUnit,
    InvoiceState,
    OrderState,
    ParcelState,
    PaymentState,
)
from odoo.addons.marketplace_shopee.domain.mapping import map_live, map_order

KEY = "35261133000111000155550010000000011123456789"
PARTIAL = {"model_quantity_purchased": 3, "cancelled_qty": 1}


@pytest.fixture
def mapped(raw_order, raw_escrow):
    def make(escrow=True, **changes):
        told = raw_escrow() if escrow is True else escrow
        return map_order(raw_order(**changes), told or None, shop_id="727720655")

    return make


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UNPAID", OrderState.AWAITING_PAYMENT),
        ("PENDING", OrderState.ON_HOLD),
        ("READY_TO_SHIP", OrderState.READY),
        ("RETRY_SHIP", OrderState.READY),
        ("PROCESSED", OrderState.READY),
        ("SHIPPED", OrderState.SHIPPED),
        ("TO_CONFIRM_RECEIVE", OrderState.DELIVERED),
        ("TO_RETURN", OrderState.SHIPPED),
        ("COMPLETED", OrderState.COMPLETED),
        ("IN_CANCEL", OrderState.CANCEL_REQUESTED),
        ("CANCELLED", OrderState.CANCELLED),
    ],
)
def test_state(mapped, status, state):
    order = mapped(order_status=status)
    assert (order.state, order.unknown) == (state, ())


def test_return_after_the_delivery(mapped, raw_order):
    (package,) = raw_order()["package_list"]
    done = {**package, "logistics_status": "LOGISTICS_DELIVERY_DONE"}
    order = mapped(order_status="TO_RETURN", package_list=[done])
    assert order.state == OrderState.DELIVERED


def test_unknown_words_are_kept(mapped, raw_order):
    (package,) = raw_order()["package_list"]
    new = {**package, "logistics_status": "LOGISTICS_TELEPORTED"}
    order = mapped(order_status="DREAMING", package_list=[new])
    assert order.state == OrderState.UNKNOWN
    assert order.parcels[0].state == ParcelState.UNKNOWN
    assert order.unknown == (
        "order.status=DREAMING",
        "package.status=LOGISTICS_TELEPORTED",
    )


def test_buyer_may_cancel_for_an_hour(mapped):
    order = mapped()
    assert order.hold_until == order.paid_at + timedelta(hours=1)
    assert mapped(order_status="SHIPPED").hold_until is None


def test_amounts_are_those_of_the_nfe(mapped):
    """200 − 20 of the seller − 1 of his voucher + 12.90 of freight; the 9 that Shopee
    takes off are paid by Shopee, and no discount of the note."""
    order = mapped()
    (line,) = order.lines
    assert (line.unit_price, line.unit_list_price) == (Decimal("89.5"), 100)
    assert (line.seller_discount, line.channel_discount) == (21, 0)
    assert (order.goods_total, order.freight_buyer) == (179, Decimal("12.9"))
    assert order.total == Decimal("191.9")
    (payment,) = order.payments
    assert (payment.amount, payment.paid_total) == (order.total, Decimal("182.9"))
    assert (order.discount_seller, order.discount_channel) == (21, 9)


def test_order_without_its_amounts_is_not_invoiced(mapped):
    assert not mapped().partial
    assert mapped(escrow=None).partial
    assert not mapped(escrow=None, order_status="UNPAID", pay_time=None).partial
    assert not mapped(escrow=None, order_status="SHIPPED").partial


def test_bundle_has_no_price_of_its_own(mapped, raw_order):
    (item,) = raw_order()["item_list"]
    bundled = {**item, "model_discounted_price": 0}
    assert mapped(item_list=[bundled]).lines[0].unit_price == Decimal("89.5")


def test_units_that_were_cancelled(mapped, raw_order, raw_escrow):
    (item,) = raw_order()["item_list"]
    order = mapped(item_list=[{**item, **PARTIAL}], escrow=raw_escrow())
    (line,) = order.lines
    assert (line.qty, line.qty_cancelled, line.unit_price) == (3, 1, Decimal("89.5"))
    assert order.goods_total == 179
    assert order.cancellation.partial


def test_same_offer_twice_has_two_keys(mapped, raw_order):
    (item,) = raw_order()["item_list"]
    order = mapped(item_list=[item, item])
    keys = [line.key for line in order.lines]
    assert keys == ["801384300:2000458000", "801384300:2000458000#2"]


def test_payment(mapped):
    (payment,) = mapped().payments
    assert (payment.method, payment.card_brand) == ("credit_card", "mastercard")
    assert payment.acquirer_cnpj == "38372267000182"
    assert (payment.auth_code, payment.installments) == ("951679", 3)
    assert payment.state == PaymentState.PAID


def test_unknown_means_of_payment(mapped):
    order = mapped(payment_info=[{"payment_method": "Conchas"}])
    assert order.payments[0].method == "other"
    assert order.unknown == ("payment.method=Conchas",)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"order_status": "UNPAID", "pay_time": None}, PaymentState.PENDING),
        ({"order_status": "CANCELLED"}, PaymentState.REFUNDED),
        ({"order_status": "CANCELLED", "pay_time": None}, PaymentState.REJECTED),
        ({"order_status": "COMPLETED"}, PaymentState.PAID),
    ],
)
def test_payment_state(mapped, changes, state):
    assert mapped(**changes).payment_state == state


def test_refund_after_completion(mapped, raw_escrow):
    """COMPLETED is not the end (RRAOC)."""
    escrow = raw_escrow()
    escrow["order_income"]["seller_return_refund"] = Decimal("-50")
    order = mapped(order_status="COMPLETED", escrow=escrow)
    assert order.payment_state == PaymentState.PART_REFUNDED
    assert order.payments[0].refunded == 50


@pytest.mark.parametrize("data", [None, {}, {"access_key": "", "status": "pending"}])
def test_no_nfe_in_its_three_shapes(mapped, data):
    (target,) = mapped(invoice_data=data).invoice_targets
    assert (target.unit, target.external_id) == (DocUnit.ORDER, "261120TESTE001")
    assert (target.state, target.key, target.required) == (
        InvoiceState.NEEDED,
        None,
        True,
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("valid", InvoiceState.ACCEPTED),
        (None, InvoiceState.ACCEPTED),
        ("pending", InvoiceState.PROCESSING),
        ("dreaming", InvoiceState.UNKNOWN),
    ],
)
def test_nfe_is_told_by_its_key(mapped, status, state):
    order = mapped(invoice_data={"access_key": KEY, "status": status})
    (target,) = order.invoice_targets
    assert (target.state, target.key) == (state, KEY)


def test_parcel_waits_for_the_nfe_before_it_is_arranged(mapped):
    assert mapped().parcels[0].state == ParcelState.AWAITING_INVOICE
    held = mapped(invoice_data={"access_key": KEY, "status": "valid"})
    assert held.parcels[0].state == ParcelState.TO_ARRANGE


def test_carrier_without_nfe(mapped):
    order = mapped(shipping_carrier="Correios PAC")
    (target,) = order.invoice_targets
    assert (target.required, target.state) == (False, InvoiceState.NOT_REQUIRED)
    assert order.parcels[0].state == ParcelState.TO_ARRANGE


def test_stock_of_shopee_is_not_ours_to_ship(mapped):
    order = mapped(fulfillment_flag="fulfilled_by_shopee", escrow=None)
    assert order.flags == {"fulfillment_by_channel"}
    assert order.invoice_targets[0].state == InvoiceState.NOT_REQUIRED
    assert not order.partial


def test_mask_on_a_ready_order_is_a_gap_and_later_it_is_not(mapped, raw_order):
    place = {**raw_order()["recipient_address"], "name": "P******e"}
    ready = mapped(recipient_address=place)
    assert (ready.buyer.name, ready.buyer.masked, ready.partial) == ("", True, True)
    shipped = mapped(recipient_address=place, order_status="SHIPPED")
    assert (shipped.buyer.masked, shipped.partial) == (True, False)


def test_cancellation(mapped):
    order = mapped(
        order_status="CANCELLED", cancel_by="system", cancel_reason="Auto Cancel"
    )
    assert (order.cancellation.by, order.cancellation.code) == (
        "channel",
        "Auto Cancel",
    )
    assert order.cancellation.at == order.updated_at


def test_request_of_the_buyer(mapped):
    order = mapped(order_status="IN_CANCEL", buyer_cancel_reason="Mudei de ideia")
    assert (order.cancellation.by, order.cancellation.at) == ("buyer", None)
    assert order.cancellation.reason == "Mudei de ideia"


def test_digest_is_blind_to_the_time_of_the_change_only(mapped, raw_order):
    first = mapped()
    later = raw_order()["update_time"] + 5
    assert mapped(update_time=later).raw_digest == first.raw_digest
    assert mapped(ship_by_date=later).raw_digest != first.raw_digest


@pytest.mark.parametrize(
    "changes",
    [
        {"create_time": None},
        {"item_list": "none"},
        {"package_list": [1]},
        {"total_amount": True},
    ],
)
def test_other_shape_is_drift(mapped, changes):
    with pytest.raises(ContractDrift):
        mapped(**changes)


def test_live_check(raw_order):
    check = map_live(raw_order(order_status="IN_CANCEL"))
    assert check.order_state == OrderState.CANCEL_REQUESTED
    assert check.payment_state == PaymentState.PAID
