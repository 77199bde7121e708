"""The note amounts to what was paid, to the cent wherever cents allow it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.intake import (
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
)
from odoo.addons.industry_b2c_sales.domain.pricing import (
    CENT,
    PaidLine,
    cents,
    ipi_included,
    net_freight,
    net_lines,
    note_total,
    on_top_percent,
    spread,
)

RATES = st.sampled_from([Decimal(rate) for rate in ("0", "3.25", "5", "6.5", "9.75")])
AMOUNTS = st.integers(100, 500_000).map(lambda value: Decimal(value) / 100)


def with_ipi(net, rate):
    return net + cents(net * rate / 100)


@pytest.mark.parametrize(
    ("paid", "rate", "net"),
    [
        ("199.90", "3.25", "193.61"),
        ("549.40", "3.25", "532.11"),
        ("100.00", "0", "100.00"),
        ("0.01", "3.25", "0.01"),
    ],
)
def test_known_prices(paid, rate, net):
    assert ipi_included(Decimal(paid), Decimal(rate)) == Decimal(net)


@given(AMOUNTS, RATES)
def test_highest_price_that_does_not_exceed_what_was_paid(paid, rate):
    net = ipi_included(paid, rate)
    assert with_ipi(net, rate) <= paid < with_ipi(net + CENT, rate)
    assert paid - with_ipi(net, rate) <= CENT


@given(st.lists(AMOUNTS, min_size=1, max_size=6), AMOUNTS)
def test_spread_loses_no_cent(weights, amount):
    assert sum(spread(amount, weights)) == amount


ANY_RATE = st.integers(0, 6000).map(lambda value: Decimal(value) / 100)
CENTS = st.integers(0, 90_000).map(lambda value: value * CENT)


@st.composite
def orders(draw, rates=RATES):
    """An order as a channel hands it over, with the IPI rate of each line."""
    lines, percents = [], []
    for index in range(draw(st.integers(1, 5))):
        quantity = Decimal(draw(st.integers(1, 40)))
        price = draw(AMOUNTS)
        share = draw(st.integers(0, 30))
        discount = cents(quantity * price * share / 100)
        lines.append(
            IntakeLine(
                str(index),
                "SKU",
                quantity,
                price,
                discount,
                channel_discount=draw(CENTS),
            )
        )
        percents.append(draw(rates))
    freight = draw(st.just(Decimal(0)) | CENTS)
    goods = sum(line.quantity * line.unit_price - line.discount for line in lines)
    discount = cents(goods * draw(st.integers(0, 30)) / 100)
    order = IntakeOrder(
        "channel/1",
        "1",
        datetime(2026, 11, 23, tzinfo=UTC),
        IntakeConsumer(),
        tuple(lines),
        paid_total=goods - discount + freight,
        freight=freight,
        discount=discount,
    )
    return order, percents


def paid_lines(order, percents):
    goods = [line.quantity * line.unit_price - line.discount for line in order.lines]
    shares = spread(order.discount, goods)
    return [
        PaidLine(line.quantity, line.unit_price, line.discount + share, percent)
        for line, share, percent in zip(order.lines, shares, percents, strict=True)
    ]


def check_note(order, percents):
    """The note of an order: its lines and the rest that no price reaches."""
    lines = paid_lines(order, percents)
    freight = net_freight(lines, order.freight)
    nets, gap = net_lines(lines, freight, order.paid_total)
    # vOutro bears no IPI: with it the note is what was paid, to the cent.
    assert note_total(nets, freight) + gap == order.paid_total
    assert 0 <= freight <= order.freight
    assert 0 <= gap <= CENT
    for line, net in zip(lines, nets, strict=True):
        assert (net.quantity, net.ipi_percent) == (line.quantity, line.ipi_percent)
        assert 0 <= net.discount <= net.gross
        assert net.unit_price == cents(net.unit_price)
        assert net.discount == cents(net.discount)
    return nets, gap


@given(orders())
def test_note_amounts_to_what_was_paid(order):
    lines, percents = order
    _nets, gap = check_note(lines, percents)
    if len(percents) > 1 or percents[0] == 0:
        assert gap == 0


@settings(max_examples=300)
@given(orders(ANY_RATE))
def test_note_amounts_to_what_was_paid_at_any_rate(order):
    check_note(*order)


@given(orders(), CENTS)
def test_discount_of_the_channel_does_not_touch_the_note(order, more):
    order, percents = order
    other = replace(order, channel_discount=more)
    assert other.seller_discounts == order.seller_discounts
    assert paid_lines(other, percents) == paid_lines(order, percents)
    assert other.channel_discounts == order.channel_discounts + more
    # Goods at list price less what the seller bears, plus freight, is the note.
    listed = sum(line.quantity * line.unit_price for line in order.lines)
    assert listed - order.seller_discounts + order.freight == order.paid_total


def test_freight_pays_its_own_ipi_when_the_goods_cannot():
    cheap = PaidLine(Decimal(1), Decimal("5.00"), Decimal(0), Decimal(30))
    assert net_freight([cheap], Decimal("10.00")) == Decimal("10.00")
    freight = net_freight([cheap], Decimal("40.00"))
    assert freight == Decimal("30.76")
    nets, gap = net_lines([cheap], freight, Decimal("45.00"))
    assert note_total(nets, freight) + gap == Decimal("45.00")
    assert nets[0].gross - nets[0].discount > 0


def test_price_without_ipi_is_left_alone():
    line = PaidLine(Decimal(2), Decimal("10.50"), Decimal("1.00"), Decimal(0))
    [net], gap = net_lines([line], Decimal(5), Decimal("25.00"))
    assert (net.unit_price, net.discount, gap) == (Decimal("10.50"), Decimal(1), 0)


def test_ipi_alone_keeps_its_rate():
    rate = on_top_percent(
        total=Decimal("103.25"),
        on_top=Decimal("3.25"),
        ipi=Decimal("3.25"),
        ipi_percent=Decimal("3.25"),
    )
    assert rate == Decimal("3.25")


def test_ipi_that_comes_to_nothing_is_no_rate():
    assert not on_top_percent(
        total=Decimal("0.10"),
        on_top=Decimal(0),
        ipi=Decimal(0),
        ipi_percent=Decimal("3.25"),
    )


def test_all_taxes_on_top_are_one_rate():
    rate = on_top_percent(
        total=Decimal("125.00"),
        on_top=Decimal("25.00"),
        ipi=Decimal("5.00"),
        ipi_percent=Decimal(5),
    )
    assert rate == Decimal(25)


def test_nothing_can_be_on_top_of_nothing():
    assert not on_top_percent(
        total=Decimal("1.00"),
        on_top=Decimal("1.00"),
        ipi=Decimal(0),
        ipi_percent=Decimal(0),
    )
