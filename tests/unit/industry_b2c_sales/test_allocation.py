"""Shares and minimums hold whatever comes in which order."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.allocation import (
    DEFAULT,
    Need,
    Policy,
    Stock,
    Wait,
    allocate,
    policies_for,
    reservable,
)
from odoo.addons.industry_b2c_sales.domain.gtin import Size

POOL = (1, 8)
CARTON = frozenset({Size.CARTON})


def stock(on_hand, free=None, open_free=None):
    free = on_hand if free is None else free
    return {
        POOL: Stock(
            *map(Decimal, (on_hand, free, free if open_free is None else open_free))
        )
    }


def need(key, quantity=1, source="ml/1", policies=(DEFAULT,)):
    return Need(key, POOL, source, Decimal(quantity), tuple(policies))


def limits(**values):
    return Policy(1, **{k: Decimal(v) for k, v in values.items()})


@pytest.mark.parametrize(
    ("policy", "free", "granted"),
    [
        (DEFAULT, 10, 10),
        (limits(b2b_minimum=4), 10, 6),
        (limits(b2b_minimum=10), 10, 0),
        (limits(share=30), 10, 3),
        (limits(share=39), 10, 3),
        (limits(share=0), 10, 0),
        (limits(share=80, b2b_minimum=5), 10, 5),
    ],
)
def test_limits_to_the_piece(policy, free, granted):
    needs = [need(key, policies=[policy]) for key in range(12)]
    outcome = allocate(needs, stock(free), {})
    assert outcome.granted == frozenset(range(granted))
    assert set(outcome.waits) == set(range(granted, 12))


def test_reserved_pieces_count_for_the_share_of_their_channel_only():
    policy = Policy(1, channel="ml", share=Decimal(50))
    held = {POOL: {"ml/1": Decimal(3), "ml/2": Decimal(1), "mlx/1": Decimal(9)}}
    needs = [need(key, policies=[policy]) for key in range(3)]
    outcome = allocate(needs, stock(10, 6), held)
    assert outcome.granted == {0}
    assert set(outcome.waits.values()) == {Wait.B2B}


def test_tightest_of_two_policies_wins():
    everybody = Policy(1, share=Decimal(40))
    channel = Policy(2, channel="ml", share=Decimal(20))
    mine = [need(key, policies=[everybody, channel]) for key in range(5)]
    others = [need(key, source="sho/1", policies=[everybody]) for key in range(5, 10)]
    outcome = allocate([*mine, *others], stock(10), {})
    assert outcome.granted == {0, 1, 5, 6}


def test_move_is_reserved_whole_or_not_at_all():
    outcome = allocate([need(0, 6), need(1, 4)], stock(5), {})
    assert outcome.granted == {1}
    assert outcome.waits == {0: Wait.SHORT}


def test_closed_stock_is_not_given_to_single_units():
    needs = [need(0, 2), need(1, 3), need(2, 1)]
    outcome = allocate(needs, stock(20, open_free=3), {})
    assert outcome.granted == {0, 2}
    assert outcome.waits == {1: Wait.OPEN}
    assert outcome.shortages == {(POOL, CARTON): Decimal(3)}


def test_open_pieces_that_nobody_could_use_alone_need_not_be_opened():
    outcome = allocate([need(0, 5)], stock(20, open_free=3), {})
    assert outcome.shortages == {(POOL, CARTON): Decimal(2)}


def test_nothing_is_opened_for_those_who_may_not():
    closed = Policy(1, opens=frozenset())
    outcome = allocate([need(0, policies=[closed])], stock(20, open_free=0), {})
    assert outcome.waits == {0: Wait.B2B}
    assert not outcome.shortages


def test_what_is_to_be_opened_counts_for_the_limits():
    policy = Policy(1, share=Decimal(20))
    needs = [need(key, policies=[policy]) for key in range(3)]
    outcome = allocate(needs, stock(10, open_free=0), {})
    assert outcome.waits == {0: Wait.OPEN, 1: Wait.OPEN, 2: Wait.B2B}
    assert outcome.shortages == {(POOL, CARTON): Decimal(2)}


def test_unknown_pool_has_nothing():
    assert allocate([need(0)], {}, {}).waits == {0: Wait.SHORT}


def test_narrowest_policy_of_each_channel():
    wide = Policy(1)
    category = Policy(2, category="1/4/")
    deep = Policy(3, category="1/4/9/")
    product = Policy(4, product=7)
    channel = Policy(5, channel="ml/1")
    every = [wide, category, deep, product, channel]
    assert policies_for(every, "ml/1", 7, "1/4/9/") == (product, channel)
    assert policies_for(every, "ml/12", 8, "1/4/9/11/") == (deep,)
    assert policies_for(every, "sho/1", 8, "1/4/") == (category,)
    assert policies_for(every, "sho/1", 8, "1/40/") == (wide,)
    assert policies_for([channel], "sho/1", 8, "1/") == (DEFAULT,)
    assert policies_for([wide, Policy(9)], "ml/1", 1, "") == (wide,)


@st.composite
def cases(draw):
    on_hand = draw(st.integers(0, 60))
    free = draw(st.integers(0, on_hand))
    open_free = draw(st.integers(0, free))
    policies = [
        Policy(
            index,
            channel=channel,
            share=Decimal(draw(st.integers(0, 100))),
            b2b_minimum=Decimal(draw(st.integers(0, 20))),
            opens=draw(st.sampled_from([frozenset(), CARTON])),
        )
        for index, channel in enumerate(("", "ml", "sho"), 1)
    ]
    needs = [
        need(
            key, draw(st.integers(1, 6)), source, policies_for(policies, source, 1, "")
        )
        for key, source in enumerate(
            draw(st.lists(st.sampled_from(["ml/1", "ml/2", "sho/1", "x"]), max_size=15))
        )
    ]
    reserved = on_hand - free
    held = Decimal(draw(st.integers(0, reserved)))
    return needs, stock(on_hand, free, open_free), {POOL: {"ml/1": held}}, policies


@given(cases())
def test_no_limit_is_ever_broken(case):
    needs, stocks, held, policies = case
    outcome = allocate(needs, stocks, held)
    assert outcome.granted | set(outcome.waits) == {one.key for one in needs}
    assert not outcome.granted & set(outcome.waits)
    taken = [one for one in needs if one.key in outcome.granted]
    pieces = sum((one.quantity for one in taken), Decimal(0))
    assert pieces <= stocks[POOL].open_free
    for policy in policies:
        mine = [one for one in taken if policy in one.policies]
        if mine:
            assert stocks[POOL].free - pieces >= policy.b2b_minimum
        if mine or not policy.channel:
            quantity = sum((one.quantity for one in mine), Decimal(0))
            before = held[POOL]["ml/1"] if policy.covers("ml/1", 1, "") else 0
            most = stocks[POOL].on_hand * policy.share / 100
            assert not mine or before + quantity <= most


def most_granted(one, stocks, held):
    """The largest quantity that ``allocate`` lets a need have."""
    ways = (replace(one, quantity=Decimal(pieces)) for pieces in range(60, 0, -1))
    granted = (way.quantity for way in ways if allocate([way], stocks, held).granted)
    return next(granted, Decimal(0))


@given(cases(), st.sampled_from(["ml/1", "sho/1", "x"]))
def test_offered_is_exactly_what_an_order_could_reserve(case, source):
    _needs, stocks, held, policies = case
    one = need(0, 1, source, policies_for(policies, source, 1, ""))
    offered = reservable(one, stocks[POOL], held[POOL], waiting={}, openable=Decimal(0))
    assert offered == most_granted(one, stocks, held)


@pytest.mark.parametrize(
    ("open_free", "openable", "waiting", "offered"),
    [
        (4, 0, {}, 4),
        (4, 12, {}, 16),
        (4, 90, {}, 20),
        (20, 0, {"ml/1": 5}, 15),
        (4, 12, {"sho/9": 6}, 10),
        (20, 0, {"sho/9": 25}, 0),
    ],
)
def test_what_is_sold_and_not_reserved_is_not_offered_again(
    open_free, openable, waiting, offered
):
    stocks = stock(20, 20, open_free)
    waiting = {source: Decimal(count) for source, count in waiting.items()}
    found = reservable(
        need(0), stocks[POOL], {}, waiting=waiting, openable=Decimal(openable)
    )
    assert found == offered


def test_what_waits_counts_for_the_share_of_its_channel():
    policy = Policy(1, channel="ml", share=Decimal(50))
    stocks = stock(20)[POOL]
    mine = need(0, policies=[policy])
    options = {"held": {}, "openable": Decimal(0)}
    waiting = {"ml/2": Decimal(4)}
    assert reservable(mine, stocks, waiting=waiting, **options) == 6
    waiting = {"sho/1": Decimal(4)}
    assert reservable(mine, stocks, waiting=waiting, **options) == 10
