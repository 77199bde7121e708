"""A reading of a channel as the order that the intake takes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.intake import check, lines_total
from odoo.addons.marketplace_connector.domain.contract import (
    Address,
    Line,
    Order,
    OrderState,
    Party,
    Payment,
    PaymentState,
)
from odoo.addons.marketplace_connector.rules.living import intake_order

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOME = Address("Rua Exemplo", "10", "", "Centro", "São Paulo", "", "SP", "01311000")
BUYER = Party("b1", "Consumidora Exemplo", "CPF", "52998224725", address=HOME)
CENTS = st.integers(0, 90_000).map(lambda value: Decimal(value) / 100)
PRICES = CENTS.map(lambda value: value + Decimal("0.01"))


def a_line(number=0, qty=1, price="50", seller="0", channel="0", cancelled=0):
    return Line(
        key=str(number),
        sku="CAD-1",
        title="Cadeira",
        qty=Decimal(qty),
        unit_price=Decimal(price),
        unit_list_price=Decimal(price),
        seller_discount=Decimal(seller),
        channel_discount=Decimal(channel),
        qty_cancelled=Decimal(cancelled),
    )


def taken(*lines, coupon="0", **changes):
    """The lines of a channel's order, paid with a coupon of the channel."""
    goods = sum(
        ((ln.qty - ln.qty_cancelled) * ln.unit_price for ln in lines), Decimal(0)
    )
    total = goods + changes.get("freight_buyer", Decimal(0))
    pocket = total - Decimal(coupon)
    paid = Payment("p1", PaymentState.PAID, "pix", amount=total, paid_total=pocket)
    values = {
        "channel": "shop",
        "account_ref": "77",
        "external_id": "9001",
        "pack_id": None,
        "number": "9001",
        "state": OrderState.READY,
        "state_raw": "paid",
        "payment_state": PaymentState.PAID,
        "created_at": NOW,
        "updated_at": NOW,
        "paid_at": NOW,
        "hold_until": None,
        "buyer": BUYER,
        "recipient": BUYER,
        "lines": lines,
        "payments": (paid,),
        "parcels": (),
        "invoice_targets": (),
        "fees": (),
        "goods_total": goods,
        "freight_buyer": Decimal(0),
        "discount_seller": Decimal(0),
        "discount_channel": Decimal(0),
        "total": total,
    }
    return intake_order(Order(**values | changes), "shop/77", BUYER)


@st.composite
def channel_lines(draw):
    lines = []
    for number in range(draw(st.integers(1, 4))):
        qty = draw(st.integers(1, 40))
        lines.append(
            a_line(
                number,
                qty,
                draw(PRICES),
                draw(CENTS),
                draw(CENTS),
                draw(st.integers(0, qty - 1)),
            )
        )
    return lines


def test_who_bears_a_discount_is_told_apart():
    order = taken(a_line(qty=2, price="100", seller="12", channel="8"))
    [line] = order.lines
    assert (line.unit_price, line.discount) == (106, 12)
    assert line.channel_discount == 8
    assert (order.seller_discounts, order.channel_discounts) == (12, 8)
    assert lines_total(order) == order.paid_total == 200
    assert check(order) == []


def test_coupon_is_borne_by_the_channel():
    order = taken(a_line(), coupon="20")
    assert order.channel_discounts == 20
    assert lines_total(order) == order.paid_total == 50
    assert check(order) == []


def test_payment_that_failed_tells_no_coupon():
    lost = Payment("p", PaymentState.REJECTED, "pix", Decimal(50), Decimal(0))
    paid = Payment("q", PaymentState.PAID, "pix", Decimal(50), Decimal(50))
    assert taken(a_line(), payments=(lost, paid)).channel_discounts == 0


def test_coupon_of_a_whole_cart_is_no_more_than_the_order():
    paid = Payment("q", PaymentState.PAID, "pix", Decimal(500), Decimal(400))
    assert check(taken(a_line(), payments=(paid,))) == []


def test_units_that_were_cancelled_take_their_discount_along():
    order = taken(a_line(qty=4, price="90", seller="40", channel="8", cancelled=3))
    [line] = order.lines
    assert (line.quantity, line.unit_price, line.discount) == (1, 100, 10)
    assert line.channel_discount == 2


@pytest.mark.parametrize("price", ["0", "-1"])
def test_price_that_is_none_stays_a_problem(price):
    order = taken(a_line(price=price, seller="10"))
    assert "price_invalid" in [problem.code for problem in check(order)]


@given(channel_lines(), CENTS)
def test_any_mix_of_discounts_comes_to_what_was_paid(lines, freight):
    order = taken(*lines, freight_buyer=freight)
    assert lines_total(order) == order.paid_total
    assert check(order) == []
    for line, told in zip(order.lines, lines, strict=True):
        # In whole cents, so the price of a unit may be told a cent too high.
        assert line.unit_price == round(line.unit_price, 2)
        share = told.seller_discount * line.quantity / told.qty
        assert share <= line.discount < share + line.quantity * Decimal("0.01")


def test_order_without_discounts_is_told_as_it_is():
    plain = a_line(qty=3, price="19.90")
    [line] = taken(plain).lines
    assert (line.unit_price, line.discount, line.channel_discount) == (
        plain.unit_price,
        0,
        0,
    )
