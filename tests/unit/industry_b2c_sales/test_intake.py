"""Every problem of an order is found, and only real ones."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from odoo.addons.industry_b2c_sales.domain.axes import Axis, Fact, OrderState
from odoo.addons.industry_b2c_sales.domain.intake import (
    IntakeAddress,
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    IntakePayment,
    check,
    is_masked,
    lines_total,
    unpunctuated,
)
from odoo.addons.industry_b2c_sales.domain.payload import dump, load
from odoo.addons.industry_b2c_sales.domain.postal import uf_of_zip

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADDRESS = IntakeAddress(
    street="Rua da Assembleia",
    number="10",
    city="Rio de Janeiro",
    uf="RJ",
    zip="20011901",
)
ORDER = IntakeOrder(
    source="channel/1",
    external_id="1",
    ordered_at=AT,
    consumer=IntakeConsumer("Consumidora Exemplo", "529.982.247-25", address=ADDRESS),
    lines=(IntakeLine("a", "SKU", Decimal(2), Decimal("10.55"), Decimal("0.10")),),
    freight=Decimal("5.00"),
    discount=Decimal("1.00"),
    paid_total=Decimal("25.00"),
    payments=(IntakePayment("pix", Decimal("25.00")),),
    facts=(Fact(Axis.ORDER, OrderState.READY, "paid", "channel/1", AT, "u1"),),
)


def codes(order):
    return [problem.code for problem in check(order)]


def consumer(**changes):
    return replace(ORDER, consumer=replace(ORDER.consumer, **changes))


def address(**changes):
    return consumer(address=replace(ADDRESS, **changes))


def a_line(**changes):
    return replace(ORDER, lines=(replace(ORDER.lines[0], **changes),))


def test_good_order_has_no_problem():
    assert lines_total(ORDER) == Decimal("25.00")
    assert codes(ORDER) == []
    assert codes(consumer(vat="11.222.333/0001-81")) == []


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (consumer(vat="52998224726"), "cpf_invalid"),
        (consumer(vat="11111111111"), "cpf_invalid"),
        (consumer(vat="123"), "cpf_invalid"),
        (consumer(vat="11222333000182"), "cnpj_invalid"),
        (consumer(vat=""), "vat_missing"),
        (consumer(vat="***.982.247-**"), "consumer_masked"),
        (consumer(vat="XXX.XXX.XXX-XX"), "consumer_masked"),
        (consumer(name="M*** S***"), "consumer_masked"),
        (consumer(name="XXXXXXX"), "consumer_masked"),
        (consumer(name=" "), "name_missing"),
        (address(zip="2001190"), "zip_invalid"),
        (address(zip="20011-XXX"), "address_masked"),
        (address(street="XXXXXXX"), "address_masked"),
        (address(zip="01311000"), "zip_uf_mismatch"),
        (address(street=""), "street_missing"),
        (address(number=" "), "number_missing"),
        (address(country="PT"), "country_foreign"),
        (replace(ORDER, paid_total=Decimal("25.01")), "total_mismatch"),
        (replace(ORDER, lines=()), "lines_missing"),
    ],
)
def test_one_problem(order, code):
    assert codes(order) == [code]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (a_line(quantity=Decimal(0)), "quantity_invalid"),
        (a_line(unit_price=Decimal(0)), "price_invalid"),
        (a_line(discount=Decimal(-1)), "discount_invalid"),
        (a_line(discount=Decimal(99)), "discount_invalid"),
        (a_line(channel_discount=Decimal(-1)), "discount_invalid"),
        (replace(ORDER, channel_discount=Decimal(-1)), "discount_invalid"),
        (replace(ORDER, channel_discount=Decimal("25.01")), "discount_invalid"),
        (replace(ORDER, discount=Decimal(-1)), "discount_invalid"),
        (replace(ORDER, freight=Decimal(-1)), "freight_invalid"),
    ],
)
def test_bad_amounts(order, code):
    assert code in codes(order)


def test_delivery_address_is_checked_when_it_differs():
    bad = replace(ADDRESS, number="")
    [problem] = check(replace(ORDER, shipping=bad))
    assert (problem.code, problem.params) == ("number_missing", {"address": "shipping"})
    assert codes(replace(ORDER, shipping=ADDRESS)) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Praça XXX de Novembro", False),
        ("Maxxxxima", False),
        ("Alexandre", False),
        ("XX", True),
        ("J**n", True),
        ("###", True),
        ("", False),
    ],
)
def test_masks_are_told_from_names(text, masked):
    assert is_masked(text) is masked


@pytest.mark.parametrize(
    ("vat", "shown"),
    [
        ("529.982.247-26", "***.982.247-**"),
        ("5299822472", "***"),
        ("529982247250", "***"),
    ],
)
def test_messages_of_problems_hold_no_cpf(vat, shown):
    [problem] = check(consumer(vat=vat))
    assert (problem.code, problem.params) == ("cpf_invalid", {"vat": shown})


def test_cnpj_with_letters_is_kept():
    assert unpunctuated("12.abc.345/01de-35") == "12ABC34501DE35"
    assert codes(consumer(vat="12.ABC.345/01DE-35")) == []


@pytest.mark.parametrize(
    ("cep", "uf"),
    [
        ("01311000", "SP"),
        ("20011901", "RJ"),
        ("69300000", "RR"),
        ("69400000", "AM"),
        ("72800000", "GO"),
        ("73000000", "DF"),
        ("99999999", "RS"),
        ("00000000", None),
    ],
)
def test_zip_ranges(cep, uf):
    assert uf_of_zip(cep) == uf


def test_who_bears_a_discount_is_kept_apart():
    order = replace(
        a_line(discount=Decimal("0.10"), channel_discount=Decimal("3.00")),
        channel_discount=Decimal("2.00"),
    )
    assert codes(order) == []
    assert order.seller_discounts == Decimal("1.10")
    assert order.channel_discounts == Decimal("5.00")
    # The channel's discount does not lower the note.
    assert lines_total(order) == lines_total(ORDER)


def test_payload_of_before_the_discounts_were_told_apart():
    data = dump(ORDER)
    del data["channel_discount"], data["lines"][0]["channel_discount"]
    assert load(data) == ORDER


def test_payload_comes_back_as_it_was():
    assert load(dump(ORDER)) == ORDER
    discounted = replace(
        a_line(channel_discount=Decimal("1.50")), channel_discount=Decimal("0.25")
    )
    assert load(dump(discounted)) == discounted
    with_shipping = replace(ORDER, shipping=ADDRESS)
    assert load(dump(with_shipping)) == with_shipping
