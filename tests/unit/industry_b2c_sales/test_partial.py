"""What is left of an order costs what was paid for it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.partial import (
    SoldLine,
    excess,
    explains,
    less_paid,
    net_rest,
    refund_of,
)
from odoo.addons.industry_b2c_sales.domain.pricing import note_total

CENT = Decimal("0.01")
money = st.decimals(Decimal("1"), Decimal("5000"), places=2)


def sold(quantity=3, taken=1, paid="599.70", discount="0", ipi="3.25"):
    return SoldLine(
        Decimal(quantity),
        Decimal(taken),
        Decimal(paid),
        Decimal(discount),
        Decimal(ipi),
    )


def test_one_of_three():
    line = sold()
    assert line.refund == Decimal("199.90")
    nets, gap = net_rest([line], Decimal(0), Decimal("399.80"))
    assert nets[0].quantity == 2
    assert note_total([nets[0]], Decimal(0)) + gap == Decimal("399.80")


def test_only_what_is_there_beyond_the_sold_leaves():
    there = {"a": 3.0, "b": 1.0, "c": 0.3}
    left = {"a": Decimal(1), "b": Decimal(1), "c": Decimal("0.1"), "d": Decimal(0)}
    assert excess(there, left) == {"a": 2, "c": Decimal("0.2")}
    assert excess({"a": 1.0}, {"a": Decimal(2)}) == {}


def test_refund_is_explained_by_the_units_to_the_cent():
    units = [Decimal("66.63"), Decimal("10.00")]
    assert explains(units, Decimal("76.63"))
    # Each cancellation was rounded once more by the channel.
    assert explains(units, Decimal("76.65"))
    assert not explains(units, Decimal("76.66"))
    assert explains(units, Decimal("66.63"))


def test_refund_without_units_is_not_explained():
    assert not explains([], Decimal(0))
    assert not explains([], Decimal("10.00"))


def test_refund_of_an_unknown_amount_is_that_of_the_units():
    assert explains([Decimal("66.63")], Decimal(0))


def test_line_without_a_unit_left_has_no_price():
    gone, kept = sold(1, 1, "10.00"), sold(2, 0, "20.00")
    nets, _gap = net_rest([gone, kept], Decimal(0), Decimal("20.00"))
    assert nets[0] is None
    assert nets[1].quantity == 2


def test_discount_goes_with_its_units():
    nets, _gap = net_rest(
        [sold(3, 1, "300.00", "30.00", "0")], Decimal(0), Decimal("200.00")
    )
    assert nets[0].unit_price == Decimal("110.00")
    assert nets[0].discount == Decimal("20.00")


def test_order_without_a_unit_left_has_no_rest():
    with pytest.raises(ValueError, match="nothing"):
        net_rest([sold(3, 3)], Decimal(0), Decimal(0))


@st.composite
def orders(draw):
    lines = []
    for _index in range(draw(st.integers(1, 3))):
        quantity = draw(st.integers(1, 5))
        lines.append(
            SoldLine(
                Decimal(quantity),
                Decimal(draw(st.integers(0, quantity))),
                draw(money),
                Decimal(0),
                draw(st.sampled_from([Decimal(0), Decimal("3.25"), Decimal(10)])),
            )
        )
    return lines, draw(st.decimals(Decimal(0), Decimal(100), places=2))


@given(orders())
def test_refund_and_note_of_the_rest_add_up_to_what_was_paid(order):
    lines, freight = order
    paid = sum((line.paid for line in lines), freight)
    rest = paid - refund_of(lines)
    if all(line.left == 0 for line in lines):
        assert rest == freight
        return
    nets, gap = net_rest(lines, freight, rest)
    total = note_total([net for net in nets if net], freight)
    assert total + gap == rest
    assert abs(gap) <= CENT


@given(st.lists(money, min_size=1, max_size=4), money)
def test_payments_add_up_to_what_is_left(amounts, refund):
    left = less_paid(amounts, refund)
    assert len(left) == len(amounts)
    assert all(
        0 <= after <= before for before, after in zip(amounts, left, strict=True)
    )
    assert sum(left) == max(sum(amounts) - refund, 0)
