"""What may be shown, and how long a note keeps its consumer."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.privacy import (
    Erasure,
    free_from,
    is_cpf,
    is_whole_number,
    masked_cpf,
    names_whole_numbers,
    plan_erasure,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("vat", "shown"),
    [
        ("52998224725", "***.982.247-**"),
        ("529.982.247-25", "***.982.247-**"),
        ("11222333000181", "11222333000181"),
        ("12ABC34501DE35", "12ABC34501DE35"),
        ("", ""),
    ],
)
def test_masked_cpf(vat, shown):
    assert masked_cpf(vat) == shown


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_mask_hides_five_digits_and_is_no_cpf_any_more(vat):
    shown = masked_cpf(vat)
    assert sum(char.isdigit() for char in shown) == 6
    assert is_cpf(vat) and not is_cpf(shown)
    assert not is_whole_number(shown)


@pytest.mark.parametrize(
    ("term", "whole"),
    [
        ("52998224725", True),
        ("529.982.247-25", True),
        ("12ABC34501DE35", True),
        ("5299822472", False),
        ("5299822472_", False),
        ("52998224725%", False),
        ("%", False),
    ],
)
def test_whole_number(term, whole):
    assert is_whole_number(term) is whole


@pytest.mark.parametrize(
    ("operator", "value", "answered"),
    [
        ("=", "52998224725", True),
        ("ilike", "529.982.247-25", True),
        ("in", ["52998224725", False], True),
        ("in", ["52998224725", "529"], False),
        ("!=", False, True),
        ("=", False, True),
        ("!=", "52998224725", False),
        ("not in", ["52998224725"], False),
        ("=like", "529%", False),
        (">=", "52998224725", False),
    ],
)
def test_conditions_that_are_answered(operator, value, answered):
    assert names_whole_numbers(operator, value) is answered


def test_notes_are_kept_five_years_after_their_own():
    assert free_from(date(2026, 1, 1)) == date(2032, 1, 1)
    assert free_from(date(2026, 12, 31)) == date(2032, 1, 1)


@pytest.mark.parametrize(
    ("last_note", "erasure", "due"),
    [
        (None, Erasure.ALL, None),
        (date(2020, 12, 31), Erasure.ALL, None),
        (date(2021, 1, 1), Erasure.CONTACTS, date(2027, 1, 1)),
        (TODAY, Erasure.CONTACTS, date(2032, 1, 1)),
    ],
)
def test_plan(last_note, erasure, due):
    plan = plan_erasure(0, last_note, TODAY)
    assert (plan.erasure, plan.due) == (erasure, due)


def test_nothing_goes_while_a_parcel_is_on_its_way():
    assert plan_erasure(1, None, TODAY).erasure is Erasure.NOT_YET


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_plan_is_finished_on_its_day_and_not_before(last_note):
    due = free_from(last_note)
    assert plan_erasure(0, last_note, due).erasure is Erasure.ALL
    before = plan_erasure(0, last_note, due - timedelta(days=1))
    assert (before.erasure, before.due) == (Erasure.CONTACTS, due)
