"""When a company issues in contingency, and which note may follow."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import contingency
from odoo.addons.nfe_batch.domain.contingency import (
    Mode,
    Move,
    Policy,
    Sending,
    State,
    after_sending,
    after_status,
    key_is_free,
    may_travel,
    office_of_note,
    status_is_due,
)

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=timezone.utc)
GOOD = Sending(outcome="answered", code=100)
REFUSED = Sending(outcome="answered", code=539)
DOWN = Sending(outcome="answered", code=108)
LONG_DOWN = Sending(outcome="answered", code=109)
SVC_CLOSED = Sending(outcome="answered", code=114)
LOST = Sending(outcome="unknown")
NOT_SENT = Sending(outcome="not_sent")

sendings = st.builds(
    Sending,
    outcome=st.sampled_from(["not_sent", "answered", "unknown", "interrupted", ""]),
    code=st.sampled_from([0, 100, 103, 108, 109, 113, 114, 136, 142, 204, 539, 573]),
    kind=st.sampled_from(["send", "epec"]),
)
histories = st.lists(sendings, max_size=8)
states = st.builds(
    State,
    mode=st.sampled_from(Mode),
    policy=st.sampled_from(Policy),
    patience=st.integers(1, 6),
    svc_closed_at=st.none() | st.just(NOW - timedelta(minutes=1)),
)


def state(mode=Mode.NONE, policy=Policy.SVC, patience=3, **values):
    return State(mode=mode, policy=policy, patience=patience, **values)


@pytest.mark.parametrize(
    ("history", "move"),
    [
        ([], Move.STAY),
        ([LONG_DOWN], Move.ENTER_SVC),
        ([DOWN], Move.STAY),
        ([DOWN, NOT_SENT, LOST], Move.ENTER_SVC),
        ([LOST, LOST, GOOD], Move.STAY),
        ([LOST, LOST, REFUSED, LOST], Move.STAY),
        ([GOOD, LONG_DOWN], Move.STAY),
    ],
)
def test_outage(history, move):
    assert after_sending(state(), history, NOW) is move


def test_without_policy_a_person_decides():
    assert after_sending(state(policy=Policy.OFF), [LONG_DOWN] * 9, NOW) is Move.STAY


@pytest.mark.parametrize(
    ("policy", "minutes", "move"),
    [
        (Policy.SVC, 29, Move.STAY),
        (Policy.SVC, 30, Move.ENTER_SVC),
        (Policy.SVC_EPEC, 29, Move.ENTER_EPEC),
        (Policy.SVC_EPEC, 30, Move.ENTER_SVC),
    ],
)
def test_svc_that_was_closed_is_not_tried_at_once(policy, minutes, move):
    closed = state(policy=policy, svc_closed_at=NOW - timedelta(minutes=minutes))
    assert after_sending(closed, [LONG_DOWN], NOW) is move


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("code", [113, 114])
def test_svc_ends(policy, code):
    ended = Sending(outcome="answered", code=code)
    assert after_sending(state(Mode.SVC, policy), [ended], NOW) is Move.LEAVE


def test_svc_down_too():
    history = [LOST, NOT_SENT, DOWN]
    assert after_sending(state(Mode.SVC), history, NOW) is Move.STAY
    both = state(Mode.SVC, Policy.SVC_EPEC)
    assert after_sending(both, history, NOW) is Move.ENTER_EPEC
    assert after_sending(both, history[:2], NOW) is Move.STAY


@given(states, histories)
def test_never_more_than_the_policy_allows(given_state, history):
    move = after_sending(given_state, history, NOW)
    if given_state.policy is Policy.OFF:
        assert move in (Move.STAY, Move.LEAVE)
    if given_state.policy is not Policy.SVC_EPEC:
        assert move is not Move.ENTER_EPEC
    if given_state.mode is not Mode.SVC:
        assert move is not Move.LEAVE
    if given_state.mode is Mode.EPEC:
        assert move is Move.STAY


@given(states, histories)
def test_a_good_answer_moves_nothing(given_state, history):
    assert after_sending(given_state, [GOOD, *history], NOW) is Move.STAY


def test_home_is_back():
    for mode in (Mode.SVC, Mode.EPEC):
        assert after_status(mode, 107) is Move.LEAVE
        for code in (108, 109, 999, 656, 280):
            assert after_status(mode, code) is Move.STAY
    assert after_status(Mode.NONE, 107) is Move.STAY


def test_status_is_not_asked_in_loops():
    assert status_is_due(None, NOW)
    assert not status_is_due(NOW - timedelta(seconds=179), NOW)
    assert status_is_due(NOW - timedelta(minutes=3), NOW)


@pytest.mark.parametrize(
    ("history", "free"),
    [
        ([], True),
        ([NOT_SENT, DOWN, LONG_DOWN, SVC_CLOSED], True),
        ([LOST, NOT_SENT], False),
        ([Sending(outcome="interrupted")], False),
        ([Sending(outcome="")], False),
        ([REFUSED], False),
        ([Sending(outcome="answered", code=103)], False),
        ([Sending(outcome="answered", code=142, kind="epec")], True),
        ([Sending(outcome="answered", code=142)], False),
        ([Sending(outcome="answered", code=136, kind="epec")], False),
        ([Sending(outcome="answered", code=573, kind="epec")], False),
    ],
)
def test_key_of_a_note_that_may_have_arrived_stays(history, free):
    assert key_is_free(history) is free


@given(histories)
def test_an_unknown_outcome_binds_the_key_for_ever(history):
    assert not key_is_free([*history, LOST])


@pytest.mark.parametrize("sending", [True, False])
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("emission", ["1", "4", "6", "7"])
def test_office_of_a_note(emission, mode, sending):
    office = office_of_note(emission, mode, sending=sending)
    at_svc = emission in ("6", "7") and (sending or mode is Mode.SVC)
    assert office == (emission if at_svc else "1")


@pytest.mark.parametrize(
    ("emission", "mode", "has_epec", "may"),
    [
        ("1", Mode.NONE, False, True),
        ("1", Mode.SVC, False, True),
        ("6", Mode.SVC, False, True),
        ("6", Mode.NONE, False, True),
        ("1", Mode.EPEC, False, False),
        ("4", Mode.EPEC, True, False),
        ("4", Mode.SVC, True, False),
        ("4", Mode.NONE, False, False),
        ("4", Mode.NONE, True, True),
    ],
)
def test_who_may_leave(emission, mode, has_epec, may):
    assert may_travel(emission, mode, has_epec=has_epec) is may


def test_alarm_before_the_limit():
    assert contingency.EPEC_ALARM < contingency.EPEC_LIMIT
    assert not contingency.epec_is_late(NOW - timedelta(hours=119), NOW)
    assert contingency.epec_is_late(NOW - timedelta(hours=120), NOW)
