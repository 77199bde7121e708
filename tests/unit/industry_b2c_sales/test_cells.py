"""Amounts, times and numbers as spreadsheets hold them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.cells import (
    CellError,
    as_datetime,
    as_decimal,
    as_digits,
    as_identifier,
    as_text,
)

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("cell", "mark", "amount"),
    [
        ("1.234,56", ",", "1234.56"),
        ("R$ 1.234,56", ",", "1234.56"),
        ("R$\N{NO-BREAK SPACE}199,90", ",", "199.90"),
        ("-R$ 5,00", ",", "-5.00"),
        ("1.234.567,89", ",", "1234567.89"),
        ("199.90", ",", "199.90"),
        ("1,234.56", ",", "1234.56"),
        # What the mark is for.
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("12", ",", "12"),
        (199.9, ",", "199.9"),
        (0.1 + 0.2, ",", "0.3"),
        (200, ",", "200"),
        (1e11, ",", "100000000000"),
    ],
)
def test_amounts(cell, mark, amount):
    assert as_decimal(cell, mark) == Decimal(amount)


def test_empty_amount_is_none():
    assert as_decimal(None) is None
    assert as_decimal("  ") is None
    assert as_decimal("R$ ") is None


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "1.23.4,5",
        "12,3,4",
        "1 234",
        "5 reais",
        1e12,
        "9" * 30,
        "#N/D",
        True,
        date.min,
    ],
)
def test_no_amounts(cell):
    with pytest.raises(CellError):
        as_decimal(cell)


@given(st.decimals(-10_000_000, 10_000_000, places=2))
def test_brazilian_amount_comes_back(amount):
    text = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert as_decimal(text) == amount
    assert as_decimal(f"{amount:,.2f}", ".") == amount
    assert as_decimal(float(amount)) == amount


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("23/11/2026", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("23/11/2026 14:30", datetime(2026, 11, 23, 17, 30, tzinfo=UTC)),
        ("03/04/26 23:59:59", datetime(2026, 4, 4, 2, 59, 59, tzinfo=UTC)),
        ("3-4-2026", datetime(2026, 4, 3, 3, tzinfo=UTC)),
        ("23.11.2026, 09:05", datetime(2026, 11, 23, 12, 5, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("2026-11-23 14:30:00", datetime(2026, 11, 23, 17, 30, tzinfo=UTC)),
        ("2026-11-23T14:30:00Z", datetime(2026, 11, 23, 14, 30, tzinfo=UTC)),
        ("2026-11-23T14:30:00.000-04:00", datetime(2026, 11, 23, 18, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 14, 30), datetime(2026, 11, 23, 17, 30, tzinfo=UTC)),
        (date(2026, 11, 23), datetime(2026, 11, 23, 3, tzinfo=UTC)),
        # Excel's own numbers: 46349 is that day, .5 is noon.
        (46349.5, datetime(2026, 11, 23, 15, tzinfo=UTC)),
    ],
)
def test_times(cell, moment):
    assert as_datetime(cell, SAO_PAULO) == moment


@pytest.mark.parametrize(
    "cell", ["11/23/2026", "31/02/2026", "ontem", "14:30", 0, 1e9, True, "23/11/1026"]
)
def test_no_times(cell):
    with pytest.raises(CellError) as error:
        as_datetime(cell, SAO_PAULO)
    assert error.value.code == "cell_date"


def test_empty_time_is_none():
    assert as_datetime(None, SAO_PAULO) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (2000001234567.0, "2000001234567"),
        (1.5, "1.5"),
        (True, "True"),
        ("  Rua \N{NO-BREAK SPACE} A ", "Rua A"),
    ],
)
def test_texts(cell, text):
    assert as_text(cell) == text


@pytest.mark.parametrize("cell", ["2,00E+12", "2.5e+11", datetime(2026, 5, 10)])
def test_identifiers_that_the_spreadsheet_spoilt(cell):
    with pytest.raises(CellError) as error:
        as_identifier(cell)
    assert error.value.code == "cell_converted"


def test_identifiers_that_only_look_so():
    assert as_identifier("12E5") == "12E5"
    assert as_identifier("MLB-1/2") == "MLB-1/2"


@pytest.mark.parametrize(
    ("cell", "lengths", "text"),
    [
        (1234567890.0, (11, 14), "01234567890"),
        ("1234567890", (11, 14), "01234567890"),
        (191000106, (14,), "00000191000106"),
        ("529.982.247-25", (11, 14), "529.982.247-25"),
        (11222333000181, (11, 14), "11222333000181"),
        (1311000, (8,), "01311000"),
        ("123456789", (8,), "123456789"),
        (None, (8,), ""),
    ],
)
def test_zeros_at_the_left_come_back(cell, lengths, text):
    assert as_digits(cell, *lengths) == text


def test_errors_of_the_spreadsheet_are_told():
    for cell in ("#N/D", "#REF!", "#DIV/0!", "#VALOR!", "#NOME?"):
        with pytest.raises(CellError) as error:
            as_text(cell)
        assert (error.value.code, error.value.value) == ("cell_error", cell)
