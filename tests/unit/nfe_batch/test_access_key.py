"""The key of a note, against erpbrasil.base and official rules."""

from datetime import datetime, timedelta, timezone

import pytest
from erpbrasil.base.fiscal.edoc import ChaveEdoc
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj as cnpj_rules

from odoo.addons.nfe_batch.domain import access_key

from .notes import sale

CNPJS = (
    st.one_of(
        st.from_regex(r"[0-9]{12}", fullmatch=True),
        st.from_regex(r"[0-9A-Z]{12}", fullmatch=True),
    )
    .filter(lambda base: len(set(base)) > 1)
    .map(lambda base: base + cnpj_rules.calc_check_digits(base))
)
"""Numeric and alphanumeric, with right check digits."""
STATES = st.sampled_from(sorted(access_key.STATE_CODES))


def compose(**changes):
    values = {
        "state": "SP",
        "issued_at": datetime(2026, 11, 23, 10, tzinfo=timezone.utc),
        "cnpj": "11222333000181",
        "model": "55",
        "series": 1,
        "number": 1,
        "emission_type": "1",
        "random_code": "00007919",
    }
    return access_key.compose(**(values | changes))


def test_known_key():
    assert compose() == "35261111222333000181550010000000011000079192"


def test_key_of_a_note_uses_the_local_month():
    """23:30 of 30 November in Brasília is December in UTC."""
    brasilia = timezone(timedelta(hours=-3))
    issued = datetime(2026, 11, 30, 23, 30, tzinfo=brasilia)
    assert compose(issued_at=issued)[2:6] == "2611"
    assert access_key.key_of(sale()) == compose()


@given(
    state=STATES,
    cnpj=CNPJS,
    series=st.integers(0, 889),
    number=st.integers(1, 999_999_999),
    code=st.from_regex(r"[0-9]{8}", fullmatch=True),
)
def test_agrees_with_erpbrasil(state, cnpj, series, number, code):
    """erpbrasil.base checks every field, and the check digit, on its own."""
    key = compose(
        state=state, cnpj=cnpj, series=series, number=number, random_code=code
    )
    parsed = ChaveEdoc(key)
    parsed.validar()
    assert parsed.chave == key


@given(cnpj=CNPJS, number=st.integers(1, 999_999_999), place=st.integers(0, 42))
def test_fields_come_back_and_a_changed_digit_is_seen(cnpj, number, place):
    key = compose(cnpj=cnpj, number=number)
    parsed = access_key.AccessKey(key)
    assert (parsed.cnpj, parsed.number) == (cnpj, number)
    assert (parsed.state_code, parsed.model, parsed.series) == ("35", "55", 1)
    assert (parsed.emission_type, parsed.random_code) == ("1", "00007919")
    if key[place].isdigit():
        wrong = str((int(key[place]) + 1) % 10)
        # Remainders 0 and 1 share the digit 0, so a change may keep the digit.
        changed = key[:place] + wrong + key[place + 1 :]
        digit = access_key.check_digit(changed[:43])
        if digit != key[43]:
            with pytest.raises(ValueError, match="check digit"):
                access_key.AccessKey(changed)


@pytest.mark.parametrize("text", ["", "3" * 43, "a" * 44, "3" * 45])
def test_what_is_no_key(text):
    with pytest.raises(ValueError, match="44 positions"):
        access_key.AccessKey(text)


def test_guessable_codes_are_drawn_again():
    draws = iter([0, 11_111_111, 1_234_567, 7, 12_345_678, 42])
    assert access_key.draw_random_code(7, lambda limit: next(draws)) == "00000042"
