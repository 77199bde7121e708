"""A kit taken apart: whatever it cost, its parts cost the same together."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.intake import (
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    check,
    lines_total,
)
from odoo.addons.industry_b2c_sales.domain.payload import dump, load
from odoo.addons.marketplace_connector.rules.kit import Part, expand, share_cents

CENT = Decimal("0.01")
OFFER = ("MLB1", "7")
cents = st.integers(0, 10**9).map(lambda value: value * CENT)
weights = st.decimals(0, 10**6, places=4)
counts = st.integers(1, 40).map(Decimal)
parts = st.lists(st.tuples(counts, weights), min_size=1, max_size=8).map(
    lambda drawn: [
        Part(number, f"P-{number}", units, weight)
        for number, (units, weight) in enumerate(drawn)
    ]
)


def order_of(*lines: IntakeLine) -> IntakeOrder:
    order = IntakeOrder(
        source="shop/77",
        external_id="1",
        ordered_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        consumer=IntakeConsumer(),
        lines=lines,
        paid_total=Decimal(0),
    )
    return IntakeOrder(
        **{name: getattr(order, name) for name in IntakeOrder.__slots__}
        | {"paid_total": lines_total(order)}
    )


def kit_line(price, quantity=Decimal(1), discount=Decimal(0), theirs=Decimal(0)):
    return IntakeLine(
        key="MLB1/7",
        sku="KIT",
        quantity=quantity,
        unit_price=price,
        discount=min(discount, quantity * price),
        channel_discount=theirs,
        item_id=OFFER[0],
        variation_id=OFFER[1],
        title="Kit Exemplo",
    )


@given(cents, st.lists(weights, min_size=1, max_size=12))
def test_shares_add_up_to_the_cent(amount, drawn):
    shares = share_cents(amount, drawn)
    assert sum(shares) == amount
    assert all(share >= 0 and share == share.quantize(CENT) for share in shares)


@given(cents, st.lists(weights, min_size=1, max_size=12))
def test_no_share_is_a_cent_away_from_its_exact_one(amount, drawn):
    total = sum(drawn)
    if total:
        for share, weight in zip(share_cents(amount, drawn), drawn, strict=True):
            assert abs(share - amount * weight / total) < CENT


def test_largest_remainder_gets_the_cent():
    shares = share_cents(Decimal("0.04"), [Decimal(15), Decimal(15), Decimal(70)])
    assert shares == [Decimal("0.01"), Decimal("0.00"), Decimal("0.03")]


@pytest.mark.parametrize("drawn", [["0", "0"], ["0", "-1"]])
def test_without_weights_parts_weigh_the_same(drawn):
    shares = share_cents(Decimal("10.01"), [Decimal(one) for one in drawn])
    assert shares == [Decimal("5.01"), Decimal("5.00")]


@given(cents, counts, cents, parts)
def test_parts_cost_what_the_kit_cost(price, quantity, discount, drawn):
    line = kit_line(price + CENT, quantity, discount)
    whole = order_of(line)
    taken_apart = expand(whole, {OFFER: drawn})
    assert lines_total(taken_apart) == lines_total(whole)
    goods = [one.quantity * one.unit_price - one.discount for one in taken_apart.lines]
    assert sum(goods) == line.quantity * line.unit_price - line.discount
    assert all(one == one.quantize(CENT) and one >= 0 for one in goods)


@given(cents, counts, cents, cents, parts)
def test_intake_finds_nothing_wrong_with_the_parts(
    price, quantity, discount, theirs, drawn
):
    line = kit_line(price + CENT, quantity, discount, theirs)
    order = expand(order_of(line), {OFFER: drawn})
    codes = {problem.code for problem in check(order)}
    assert not codes & {"price_invalid", "total_mismatch", "quantity_invalid"}
    assert sum(one.channel_discount for one in order.lines) == theirs
    assert len({one.key for one in order.lines}) == len(order.lines)


def test_units_of_a_part_are_those_of_all_kits():
    parts = [Part(1, "A", Decimal(2), Decimal(1)), Part(2, "B", Decimal(1), Decimal(3))]
    order = expand(order_of(kit_line(Decimal("80"), Decimal(3))), {OFFER: parts})
    assert [(one.sku, one.quantity, one.per_kit) for one in order.lines] == [
        ("A", 6, 2),
        ("B", 3, 1),
    ]
    assert [one.unit_price for one in order.lines] == [10, 60]


def test_other_lines_stay_as_they_are():
    chair = IntakeLine("1", "CAD", Decimal(1), Decimal(5), item_id="MLB2")
    whole = order_of(chair, kit_line(Decimal(5)))
    order = expand(whole, {OFFER: [Part(1, "A", Decimal(1), Decimal(1))]})
    assert order.lines[0] is chair


def test_taking_apart_twice_changes_nothing():
    kits = {OFFER: [Part(1, "A", Decimal(3), Decimal(1))]}
    once = expand(order_of(kit_line(Decimal(10))), kits)
    assert expand(once, kits) == once


def test_parts_survive_being_kept():
    kits = {OFFER: [Part(1, "A", Decimal(3), Decimal(1))]}
    order = expand(order_of(kit_line(Decimal(10))), kits)
    assert load(dump(order)) == order
