"""How many are offered, at which price, and what must be sent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    Conflict,
    NotFound,
    NotYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.rules.offering import (
    Portion,
    Sent,
    haste,
    is_due,
    kits_of,
    outcome,
    price_needs_person,
)

pieces = st.decimals(-1000, 10**6, places=3)


def test_safety_stock_stays_back_then_comes_the_share():
    assert Portion(Decimal(3), Decimal(50)).of(Decimal(10)) == 3


@given(pieces, st.decimals(0, 10**4, places=2), st.decimals(0, 100, places=2))
def test_never_less_than_none_nor_more_than_there_is(available, safety, share):
    offered = Portion(safety, share).of(available)
    assert 0 <= offered <= max(available, Decimal(0))


def test_kits_are_as_many_as_the_scarcest_part_makes():
    assert kits_of([(10, Decimal(3)), (8, Decimal(1))]) == 3
    assert kits_of([(10, Decimal(3)), (0, Decimal(1))]) == 0
    assert kits_of([]) == 0


@pytest.mark.parametrize(
    ("state", "target", "full", "due"),
    [
        (Sent.UNKNOWN, 5, False, True),
        (Sent.SENDING, 5, False, True),
        (Sent.FAILED, 5, False, True),
        (Sent.SENT, 5, False, False),
        (Sent.SENT, 4, False, True),
        (Sent.REFUSED, 5, False, False),
        (Sent.REFUSED, 5, True, True),
        (Sent.REFUSED, 4, False, True),
    ],
)
def test_only_what_changed_is_sent(state, target, full, due):
    assert is_due(state, known=5, sent=5, target=target, full=full) is due


def test_what_falls_to_nothing_goes_first():
    changes = [(5, 9), (5, 4), (0, 3), (5, 0)]
    ordered = sorted(changes, key=lambda change: haste(*change))
    assert ordered == [(5, 0), (5, 4), (0, 3), (5, 9)]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, Sent.SENT),
        (OutcomeUnknown(), Sent.SENDING),
        (Transient(), Sent.FAILED),
        (RateLimited(), Sent.FAILED),
        (NotYet(), Sent.FAILED),
        (Conflict(), Sent.FAILED),
        (AuthDead(), Sent.FAILED),
        (Rejected("below_reserved"), Sent.REFUSED),
        (NotFound(), Sent.REFUSED),
    ],
)
def test_what_an_answer_means(error, state):
    assert outcome(error) is state


@pytest.mark.parametrize(
    ("known", "target", "accepted", "asks"),
    [
        ("100", "119.99", "0", False),
        ("100", "120", "0", False),
        ("100", "120.01", "0", True),
        ("100", "79.99", "0", True),
        # A comma in the wrong place.
        ("199.90", "19.99", "0", True),
        ("199.90", "19.99", "19.99", False),
        ("0", "50", "0", True),
        ("100", "0", "0", True),
        ("100", "0", "0.00", True),
    ],
)
def test_price_far_from_the_one_there_asks_a_person(known, target, accepted, asks):
    prices = Decimal(known), Decimal(target), Decimal(20), Decimal(accepted)
    assert price_needs_person(*prices) is asks
