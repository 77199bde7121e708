"""The note amounts to what was paid, to the cent wherever cents allow it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.pricing import (
    CENT,
    PaidLine,
    cents,
    ipi_included,
    net_lines,
    note_total,
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


@st.composite
def orders(draw):
    lines = []
    for _index in range(draw(st.integers(1, 4))):
        quantity = Decimal(draw(st.integers(1, 5)))
        price = draw(AMOUNTS)
        share = draw(st.integers(0, 30))
        discount = cents(quantity * price * share / 100)
        lines.append(PaidLine(quantity, price, discount, draw(RATES)))
    freight = draw(st.just(Decimal(0)) | st.integers(1, 9000).map(lambda v: v * CENT))
    return lines, freight


@given(orders())
def test_note_amounts_to_what_was_paid(order):
    lines, freight = order
    goods = sum(line.quantity * line.unit_price - line.discount for line in lines)
    paid = goods + freight
    nets, gap = net_lines(lines, freight, paid)
    assert note_total(nets, freight) + gap == paid
    assert abs(gap) <= CENT
    if len(lines) > 1 or lines[0].ipi_percent == 0:
        assert gap == 0
    for line, net in zip(lines, nets, strict=True):
        assert net.quantity == line.quantity
        assert 0 <= net.discount <= net.gross
        assert net.unit_price == cents(net.unit_price)


def test_price_without_ipi_is_left_alone():
    line = PaidLine(Decimal(2), Decimal("10.50"), Decimal("1.00"), Decimal(0))
    [net], gap = net_lines([line], Decimal(5), Decimal("25.00"))
    assert (net.unit_price, net.discount, gap) == (Decimal("10.50"), Decimal(1), 0)
