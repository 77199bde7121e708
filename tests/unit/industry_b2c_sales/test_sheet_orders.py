"""Rows become orders; what cannot be read spoils its order and no other one."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.axes import OrderState, PaymentState
from odoo.addons.industry_b2c_sales.domain.intake import check
from odoo.addons.industry_b2c_sales.domain.sheet import Row, Sheet
from odoo.addons.industry_b2c_sales.domain.sheet_orders import (
    HEADERS,
    Column,
    Layout,
    guess_columns,
    missing_columns,
    read_orders,
    template_columns,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LAYOUT = Layout("loja/1", template_columns())
GOOD = {
    "external_id": "1001",
    "ordered_at": "23/11/2026 08:00",
    "name": "Consumidora Exemplo",
    "vat": "529.982.247-25",
    "zip": "20011-901",
    "street": "Rua da Assembleia",
    "number": "10",
    "city": "Rio de Janeiro",
    "uf": "rj",
    "sku": "CAD-1",
    "title": "Cadeira",
    "quantity": "2",
    "unit_price": "R$ 1.199,90",
    "freight": "20,00",
    "method": "Cartão de crédito",
}


def sheet(*rows, formulas=()):
    """A table with the template's headers; the first row is number 2."""
    headers = tuple(names[0] for names in HEADERS.values())
    body = tuple(
        Row(number, tuple(row.get(code) for code in HEADERS))
        for number, row in enumerate(rows, 2)
    )
    return Sheet(headers, body, frozenset(formulas))


def one(*rows, layout=LAYOUT, **changes):
    rows = rows or (GOOD | changes,)
    [found] = read_orders(sheet(*rows), layout, NOW)
    return found


def problems(found):
    return [(item.row, item.problem.code) for item in found.problems]


def test_row_is_an_order_without_problem():
    found = one()
    order = found.order
    assert (found.external_id, found.rows) == ("1001", (2,))
    assert order.source == "loja/1"
    assert order.ordered_at == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert order.consumer.address.uf == "RJ"
    [line] = order.lines
    assert (line.sku, line.quantity, line.unit_price) == (
        "CAD-1",
        Decimal(2),
        Decimal("1199.90"),
    )
    assert order.paid_total == Decimal("2419.80")
    assert order.payments[0].method == "credit_card"
    assert order.payments[0].amount == order.paid_total
    assert [fact.state for fact in order.facts] == [OrderState.READY, PaymentState.PAID]
    assert check(order) == []


def test_rows_of_one_number_are_one_order_wherever_they_stand():
    second = {"external_id": "1001", "sku": "CAD-2", "quantity": 1, "unit_price": 10}
    second["ordered_at"] = GOOD["ordered_at"]
    other = GOOD | {"external_id": "1002"}
    first, last = read_orders(sheet(GOOD, other, second), LAYOUT, NOW)
    assert (first.rows, last.rows) == ((2, 4), (3,))
    assert [line.sku for line in first.order.lines] == ["CAD-1", "CAD-2"]
    assert [line.key for line in first.order.lines] == ["2", "4"]
    assert first.order.paid_total == Decimal("2429.80")
    assert first.order.freight == Decimal("20.00")


def test_repeated_amounts_of_the_order_count_once():
    found = one(GOOD, GOOD | {"sku": "CAD-2"})
    assert found.order.freight == Decimal("20.00")


def test_total_of_the_file_is_compared_by_the_check():
    found = one(paid_total="2.400,00")
    assert [problem.code for problem in check(found.order)] == ["total_mismatch"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quantity": "dois"}, "cell_number"),
        ({"unit_price": "#N/D"}, "cell_error"),
        ({"ordered_at": "11/23/2026"}, "cell_date"),
        ({"external_id": "2,00E+12"}, "cell_converted"),
        ({"external_id": None}, "cell_missing"),
        ({"sku": None}, "cell_missing"),
        ({"quantity": None}, "cell_missing"),
        ({"status": "enviado pela loja"}, "cell_status"),
    ],
)
def test_bad_cell_spoils_its_order_and_no_other(changes, code):
    bad, good = read_orders(
        sheet(GOOD | {"external_id": "1"} | changes, GOOD), LAYOUT, NOW
    )
    assert code in [item[1] for item in problems(bad)]
    assert bad.order is None
    assert {item.row for item in bad.problems} == {2}
    assert good.order is not None


def test_all_problems_of_all_rows_are_told():
    found = one(GOOD | {"quantity": "x", "freight": "y"}, GOOD | {"unit_price": "z"})
    assert problems(found) == [
        (2, "cell_number"),
        (2, "cell_number"),
        (3, "cell_number"),
    ]
    assert found.problems[2].problem.params == {
        "column": "Preço unitário",
        "value": "z",
    }


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("vat", "111.444.777-35"),
        ("freight", "30,00"),
        ("paid_total", "1,00"),
        ("ordered_at", "22/11/2026"),
        ("status", "cancelado"),
    ],
)
def test_rows_of_an_order_must_agree(code, value):
    first = GOOD | {"paid_total": "9,99", "status": "pago"}
    found = one(first, first | {code: value})
    assert problems(found) == [(3, "rows_differ")]
    assert found.problems[0].problem.params["row"] == 2


def test_formula_without_result_is_a_problem_of_its_row():
    at = list(HEADERS).index("unit_price")
    table = sheet(GOOD | {"unit_price": None}, formulas=[(2, at)])
    [found] = read_orders(table, LAYOUT, NOW)
    assert problems(found) == [(2, "cell_formula")]


@pytest.mark.parametrize(
    ("status", "states", "cancelled"),
    [
        (None, ["ready", "paid"], False),
        ("PAGO", ["ready", "paid"], False),
        ("Aguardando pagamento", ["awaiting_payment", "pending"], False),
        ("Cancelado", ["cancelled"], True),
    ],
)
def test_status(status, states, cancelled):
    found = one(status=status)
    assert [fact.state.value for fact in found.order.facts] == states
    assert found.cancelled is cancelled


def test_same_word_in_two_files_is_the_same_fact():
    again = read_orders(sheet(GOOD), LAYOUT, NOW.replace(hour=20))[0].order.facts
    assert [fact.uid for fact in again] == [fact.uid for fact in one().order.facts]
    cancelled = one(status="cancelado").order.facts[0]
    assert cancelled.at == NOW > again[0].at


def test_default_stands_for_an_empty_cell_and_a_missing_column():
    columns = template_columns() | {
        "quantity": Column("Quantidade", "1"),
        "uf": Column("", "SP"),
    }
    columns["quantity"] = Column("there is no such column", "1")
    layout = replace(LAYOUT, columns=columns)
    found = one(GOOD | {"quantity": "7"}, layout=layout)
    assert found.order.lines[0].quantity == 1
    assert found.order.consumer.address.uf == "SP"
    assert missing_columns(sheet(GOOD), layout) == []


def test_missing_columns_are_named():
    table = Sheet(("Número do pedido", "Quantidade"), (Row(2, ("1", "1")),))
    assert missing_columns(table, LAYOUT) == ["Data do pedido", "SKU", "Preço unitário"]
    assert missing_columns(table, replace(LAYOUT, columns={}))[0] == "Número do pedido"


def test_headers_are_recognised():
    headers = [
        "Order ID",
        "CPF do cliente",
        "QTD",
        "Vl. Unit.",
        "?",
        "Pedido",
        "E-MAIL",
    ]
    assert guess_columns(headers) == {
        "external_id": Column("Order ID"),
        "vat": Column("CPF do cliente"),
        "quantity": Column("QTD"),
        "unit_price": Column("Vl. Unit."),
        "email": Column("E-MAIL"),
    }
    template = template_columns()
    assert guess_columns(column.header for column in template.values()) == template


def test_mark_decides_about_a_single_group():
    assert one(unit_price="1.199").order.lines[0].unit_price == 1199
    point = replace(LAYOUT, mark=".")
    line = one(GOOD | {"unit_price": "1.199"}, layout=point).order.lines[0]
    assert line.unit_price == Decimal("1.199")


_cell = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.booleans(),
)


_row = st.dictionaries(
    st.sampled_from([code for code in HEADERS if code != "external_id"]), _cell
)


@given(st.lists(_row, min_size=1, max_size=6))
def test_nothing_in_a_cell_stops_the_other_rows(garbage):
    rows = [GOOD | row | {"external_id": f"g{n}"} for n, row in enumerate(garbage)]
    found = read_orders(sheet(*rows, GOOD), LAYOUT, NOW)
    assert [item.rows for item in found] == [(n + 2,) for n in range(len(rows) + 1)]
    assert all(bool(item.order) != bool(item.problems) for item in found)
    assert found[-1].order is not None
    for item in found:
        if item.order:
            check(item.order)


@pytest.mark.parametrize("paid", [None, "2.419,80", "2.389,80"])
def test_discount_of_the_channel_leaves_the_note_alone(paid):
    """Whether the file tells no total, the note's, or what left the pocket."""
    order = one(channel_discount="30,00", paid_total=paid).order
    assert order.paid_total == Decimal("2419.80")
    assert order.channel_discounts == 30
    assert order.seller_discounts == 0
    assert check(order) == []


def test_total_that_fits_neither_stays_as_told():
    order = one(channel_discount="30,00", paid_total="2.400,00").order
    assert order.paid_total == 2400
    assert [problem.code for problem in check(order)] == ["total_mismatch"]


def test_rows_of_an_order_tell_one_discount_of_the_channel():
    found = one(GOOD | {"channel_discount": "5"}, GOOD | {"channel_discount": "6"})
    assert problems(found) == [(3, "rows_differ")]


@pytest.mark.parametrize("header", ["Desconto do canal", "DESCONTO MARKETPLACE"])
def test_column_of_the_channels_discount_is_recognised(header):
    assert guess_columns([header]) == {"channel_discount": Column(header)}
