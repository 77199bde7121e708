"""Undue consumption: the 656 block and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .builder import cancel_event, event_id, event_lot, key_of, voiding


@pytest.fixture
def limits(simulator):
    """Small limits, so that a test needs few calls."""
    simulator.configure(
        abuse_limits={
            "rejection": 2,
            "event": 2,
            "voiding": 2,
            "consult": 2,
            "receipt": 2,
        }
    )


def test_limits_of_the_technical_note(simulator):
    assert simulator.configure()["abuse_limits"] == {
        "rejection": 30,
        "event": 20,
        "voiding": 20,
        "consult": 10,
        "receipt": 40,
        "search": 20,
    }


def test_one_limit_can_be_changed_alone(simulator):
    limits = simulator.configure(abuse_limits={"consult": 3})["abuse_limits"]
    assert (limits["consult"], limits["receipt"]) == (3, 40)


def test_the_eleventh_consultation_in_an_hour_blocks(client, note, simulator):
    key = key_of(note(1))
    codes = [client.consult(key).code for _ in range(11)]
    assert codes == ["217"] * 10 + ["656"]
    assert client.consult(key_of(note(2))).code == "656"
    assert client.status().code == "656"
    assert client.authorize(note(1)).code == "656"
    assert list(simulator.counters()["blocked"]) == ["11222333000181"]


def test_the_block_ends_after_an_hour(client, note, limits, simulator):
    key = key_of(note(1))
    for _ in range(3):
        client.consult(key)
    simulator.clock.advance(timedelta(minutes=59))
    assert client.status().code == "656"
    simulator.clock.advance(timedelta(minutes=2))
    assert client.status().code == "107"
    assert client.consult(key).code == "217"


def test_spread_over_time_it_is_no_abuse(client, note, limits, simulator):
    key = key_of(note(1))
    for _ in range(6):
        assert client.consult(key).code == "217"
        simulator.clock.advance(timedelta(minutes=31))


def test_others_are_not_blocked(client, stranger, note, limits):
    for _ in range(3):
        client.consult(key_of(note(1)))
    assert client.status().code == "656"
    assert stranger.status().code == "107"


def test_same_rejection_of_the_same_note(client, note, limits):
    changed = note(1).replace("PALLET", "CAIXA")
    assert [client.authorize(changed).note_code for _ in range(2)] == ["297"] * 2
    blocked = client.authorize(changed)
    assert (blocked.code, blocked.note_code) == ("656", "")


def test_same_receipt(client, limits):
    codes = [client.result("351000000000009").code for _ in range(3)]
    assert codes == ["106", "106", "656"]


def test_same_voiding(client, pen, limits):
    signed = pen.sign(*voiding(1, 1))
    codes = [client.call("NFeInutilizacao4", signed).code for _ in range(3)]
    assert codes == ["102", "563", "656"]


def test_same_event(client, pen, note, simulator, limits):
    key = key_of(note(1))
    text = cancel_event(key, "135260000000001", simulator.clock.now())
    message = event_lot(pen.sign(text, event_id("110111", key)))
    answers = [client.call("NFeRecepcaoEvento4", message) for _ in range(3)]
    assert [answer.event_code for answer in answers] == ["494", "494", ""]
    assert answers[-1].code == "656"
