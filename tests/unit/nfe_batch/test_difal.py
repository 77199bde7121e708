"""The share of the consumer's state, and of what comes back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import difal

RULES = (
    (date(2024, 1, 1), difal.DOUBLE),
    (date(2022, 1, 1), difal.SINGLE),
    (date(2026, 7, 1), difal.SINGLE),
)


def owed(kind, **values):
    given_values = {
        "base": "206.40",
        "origin_value": "24.77",
        "rate": "18",
        "fcp_rate": "2",
    } | values
    amounts = {name: Decimal(value) for name, value in given_values.items()}
    result = difal.compute(kind=kind, **amounts)
    return str(result.base), str(result.value)


@pytest.mark.parametrize(
    ("day", "base"),
    [
        (date(2021, 12, 31), difal.SINGLE),
        (date(2023, 12, 31), difal.SINGLE),
        (date(2024, 1, 1), difal.DOUBLE),
        (date(2026, 6, 30), difal.DOUBLE),
        (date(2026, 7, 1), difal.SINGLE),
    ],
)
def test_rule_counts_until_the_next(day, base):
    assert difal.base_on(RULES, day) == base


def test_without_a_rule_the_convention_counts():
    assert difal.base_on((), date(2026, 1, 1)) == difal.SINGLE


def test_single_base():
    """206.40 × 18 % − 24.77"""
    assert owed(difal.SINGLE) == ("206.40", "12.38")


def test_double_base_with_the_fcp_inside():
    """(206.40 − 24.77) ÷ 0.80 = 227.04; × 18 % = 40.87; − 24.77"""
    assert owed(difal.DOUBLE) == ("227.04", "16.10")


def test_double_base_without_fcp():
    """(206.40 − 24.77) ÷ 0.82 = 221.50; × 18 % = 39.87; − 24.77"""
    assert owed(difal.DOUBLE, fcp_rate="0") == ("221.50", "15.10")


@pytest.mark.parametrize("kind", [difal.SINGLE, difal.DOUBLE])
def test_never_negative(kind):
    assert owed(kind, rate="4", fcp_rate="0")[1] == "0.00"


def test_imported_goods_leave_more_to_the_destination():
    """100 × 20 % − 4"""
    assert owed(difal.SINGLE, base="100", origin_value="4", rate="20") == (
        "100",
        "16.00",
    )


@given(
    st.decimals("0.00", "99999.99", places=2),
    st.integers(1, 50),
)
def test_shares_come_to_the_whole_but_for_a_cent_each(amount, pieces):
    part = Decimal(1) / pieces
    back = sum(difal.share(amount, part) for _piece in range(pieces))
    assert abs(back - amount) <= Decimal("0.005") * pieces


def test_share_of_everything_is_everything():
    assert difal.share(Decimal("8.67"), Decimal(1)) == Decimal("8.67")
