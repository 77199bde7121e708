"""An axis ends in the same state whatever the order in which the facts arrive."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.axes import (
    LEGAL_REGRESSIONS,
    RANKS,
    STATES,
    Axis,
    Fact,
    OrderState,
    ParcelState,
    PaymentState,
    fold,
    follows,
    newest_is_unknown,
    parse_state,
)

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def fact(state, minute, axis=Axis.ORDER, uid=None):
    at = T0 + timedelta(minutes=minute)
    return Fact(axis, state, state.value, "test", at, uid or f"{state}/{minute}")


@st.composite
def histories(draw):
    """Facts of one axis, and the same facts shuffled with some of them repeated."""
    axis = draw(st.sampled_from(list(Axis)))
    states = st.sampled_from(list(STATES[axis]))
    told = draw(st.lists(st.tuples(states, st.integers(0, 5)), min_size=1, max_size=7))
    facts = [
        fact(state, minute, axis, f"uid-{index}")
        for index, (state, minute) in enumerate(told)
    ]
    repeated = draw(st.lists(st.sampled_from(facts), max_size=4))
    return facts, draw(st.permutations(facts + repeated))


@given(histories())
def test_fold_does_not_depend_on_arrival(history):
    facts, arrived = history
    assert fold(arrived) == fold(facts)


@given(histories())
def test_flag_does_not_depend_on_arrival(history):
    facts, arrived = history
    assert newest_is_unknown(arrived) == newest_is_unknown(facts)


@pytest.mark.parametrize("arrived", list(permutations(range(5))))
def test_life_of_an_order_in_every_order_of_arrival(arrived):
    """Requested, refused, shipped, delivered, and a late word of long ago."""
    told = [
        (OrderState.CANCEL_REQUESTED, 1),
        (OrderState.READY, 2),
        (OrderState.SHIPPED, 3),
        (OrderState.DELIVERED, 4),
        (OrderState.AWAITING_PAYMENT, 0),
    ]
    facts = [fact(*told[index]) for index in arrived]
    for count in range(len(facts)):
        # Whatever is heard again on the way changes nothing.
        assert fold([*facts, *facts[:count]]) == OrderState.DELIVERED


@given(histories())
def test_unknown_never_becomes_a_state(history):
    facts, _arrived = history
    state = fold(facts)
    assert state is None or state in RANKS[facts[0].axis]


@given(histories())
def test_late_fact_never_undoes_a_newer_terminal_one(history):
    facts, _arrived = history
    last = max(fact.at for fact in facts) + timedelta(minutes=1)
    top = max(RANKS[facts[0].axis].items(), key=lambda item: item[1])[0]
    terminal = Fact(facts[0].axis, top, "", "test", last, "terminal")
    assert fold([terminal, *facts]) == top


def test_every_state_but_unknown_has_a_rank():
    for axis, states in STATES.items():
        assert {s for s in states if s.value != "unknown"} == set(RANKS[axis])


def test_regressions_are_real_regressions():
    for axis, moves in LEGAL_REGRESSIONS.items():
        for before, after in moves:
            assert RANKS[axis][after] < RANKS[axis][before]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], None),
        ([(OrderState.READY, 0), (OrderState.SHIPPED, 1)], OrderState.SHIPPED),
        ([(OrderState.SHIPPED, 0), (OrderState.READY, 1)], OrderState.SHIPPED),
        ([(OrderState.CANCELLED, 0), (OrderState.READY, 1)], OrderState.CANCELLED),
        ([(OrderState.CANCEL_REQUESTED, 0), (OrderState.READY, 1)], OrderState.READY),
        ([(OrderState.READY, 0), (OrderState.ON_HOLD, 1)], OrderState.ON_HOLD),
        ([(OrderState.COMPLETED, 0), (OrderState.DELIVERED, 1)], OrderState.DELIVERED),
        ([(OrderState.READY, 0), (OrderState.CANCELLED, 0)], OrderState.CANCELLED),
        ([(OrderState.READY, 0), (OrderState.UNKNOWN, 1)], OrderState.READY),
    ],
)
def test_order_axis(told, state):
    assert fold([fact(*item) for item in told]) == state


def test_dispute_that_is_won_is_paid_again():
    facts = [
        fact(PaymentState.IN_DISPUTE, 1, Axis.PAYMENT),
        fact(PaymentState.PAID, 2, Axis.PAYMENT),
    ]
    assert fold(facts) == PaymentState.PAID


def test_failed_delivery_is_tried_again():
    assert follows(Axis.PARCEL, ParcelState.FAILED, ParcelState.IN_TRANSIT)
    assert follows(Axis.PARCEL, ParcelState.IN_TRANSIT, ParcelState.FAILED)


def test_new_parcel_voids_the_printed_label():
    assert follows(Axis.PARCEL, ParcelState.PRINTED, ParcelState.AWAITING_INVOICE)
    assert not follows(Axis.PARCEL, ParcelState.IN_TRANSIT, ParcelState.PRINTED)


def test_newest_unknown_flags():
    facts = [fact(OrderState.READY, 0), fact(OrderState.UNKNOWN, 1)]
    assert newest_is_unknown(facts)
    assert not newest_is_unknown([*facts, fact(OrderState.SHIPPED, 2)])
    assert not newest_is_unknown([])


def test_unheard_value_is_unknown():
    assert parse_state("order", "ready") is OrderState.READY
    assert parse_state(Axis.PARCEL, "teleported") is ParcelState.UNKNOWN


def test_facts_are_checked():
    with pytest.raises(ValueError, match="aware"):
        Fact(Axis.ORDER, OrderState.READY, "", "", datetime(2026, 1, 1), "1")
    with pytest.raises(ValueError, match="no state"):
        Fact(Axis.ORDER, PaymentState.PAID, "", "", T0, "1")
    with pytest.raises(ValueError, match="one axis"):
        fold([fact(OrderState.READY, 0), fact(PaymentState.PAID, 0, Axis.PAYMENT)])
