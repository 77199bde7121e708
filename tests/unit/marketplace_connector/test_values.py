"""What an answer of another shape becomes, and what fails alone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    NotFound,
    RateLimited,
)
from odoo.addons.marketplace_connector.domain.each import chunks, each
from odoo.addons.marketplace_connector.domain.values import (
    amount,
    drift_guarded,
    moment,
    rows,
    stamp,
    sub,
)


@drift_guarded
def total(raw):
    return amount(raw["total"]["value"])


@pytest.mark.parametrize(
    "raw",
    [{}, {"total": None}, {"total": 5}, None, {"total": {"value": "abc"}}],
)
def test_another_shape_never_leaves_as_a_program_error(raw):
    with pytest.raises(ContractDrift) as caught:
        total(raw)
    # What was read is named, never the value: it may be personal data.
    assert str(caught.value).startswith("total: ")
    assert "abc" not in str(caught.value)


def test_errors_of_the_contract_pass_unchanged():
    @drift_guarded
    def read():
        raise NotFound("gone")

    with pytest.raises(NotFound):
        read()


@pytest.mark.parametrize("value", [True, 1.5, "NaN", "Infinity", None, []])
def test_what_is_no_amount_is_never_money(value):
    with pytest.raises((ValueError, ArithmeticError)):
        amount(value)


def test_amounts_keep_their_places():
    assert str(amount("10.10")) == "10.10"
    assert amount(3) == Decimal(3)


def test_moments_are_aware_and_in_utc():
    assert moment("2026-11-20T09:00:00-03:00") == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert moment("2026-11-20T09:00:00Z") == moment("2026-11-20T09:00:00")
    assert moment("") is None
    assert stamp(moment("2026-11-20T09:00:00-03:00")) == "2026-11-20T12:00:00Z"


def test_absent_is_empty_and_another_shape_is_drift():
    assert rows(None) == rows({"a": None}, "a") == []
    assert rows({"a": {"b": [{"c": 1}]}}, "a", "b") == [{"c": 1}]
    assert sub({"a": None}, "a", "b") is None
    for wrong in ({}, "text", [1]):
        with pytest.raises(ContractDrift):
            rows(wrong)


def test_one_bad_thing_stops_no_other_but_a_limit_stops_all():
    def read(ref):
        if ref == "bad":
            raise NotFound("gone")
        if ref == "limit":
            raise RateLimited("slow down")
        return ref.upper()

    good, bad, last = each(["a", "bad", "b"], read)
    assert (good, bad[0], last) == ("A", "bad", "B")
    assert isinstance(bad[1], NotFound)
    with pytest.raises(RateLimited):
        list(each(["limit", "a"], read))


def test_nothing_is_asked_twice():
    assert list(chunks(["a", "b", "a", "c"], 2)) == [["a", "b"], ["c"]]
