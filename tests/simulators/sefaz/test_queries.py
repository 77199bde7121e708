"""Situation of a note, status of the service, pauses."""

from __future__ import annotations

import pytest

from simulators.sefaz.keys import check_digit

from .builder import cancel_event, correction_event, event_id, event_lot, key_of


def test_status(client):
    answer = client.status()
    assert (answer.code, answer.get("tMed"), answer.get("cUF")) == ("107", "1", "35")


@pytest.mark.parametrize(
    ("uf", "environment", "code"), [("33", "2", "289"), ("35", "1", "252")]
)
def test_status_of_something_else(client, uf, environment, code):
    assert client.status(uf, environment).code == code


@pytest.mark.parametrize("cstat", [108, 109])
def test_pause(client, note, simulator, cstat):
    simulator.pause(cstat)
    assert client.status().code == str(cstat)
    assert client.authorize(note(1)).code == str(cstat)
    simulator.pause(None)
    assert client.status().code == "107"
    assert client.authorize(note(1)).note_code == "100"


def test_unknown_key_is_217(client, note):
    answer = client.consult(key_of(note(1)))
    assert answer.code == "217"
    assert answer.get("chNFe") == key_of(note(1))
    assert answer.get("nProt") == ""


def test_known_key_returns_the_same_protocol(client, note):
    signed = note(1)
    authorised = client.authorize(signed)
    answer = client.consult(key_of(signed))
    assert answer.code == answer.note_code == "100"
    for name in ("nProt", "digVal"):
        assert answer.get(name) == authorised.get(name)


def test_wrong_check_digit_is_236(client, note):
    key = key_of(note(1))
    wrong = key[:43] + str((int(key[43]) + 1) % 10)
    assert client.consult(wrong).code == "236"


def test_key_of_another_state_is_226(elsewhere, note):
    assert elsewhere.consult(key_of(note(1))).code == "226"


def test_other_environment_is_252(client, note):
    assert client.consult(key_of(note(1)), environment="1").code == "252"


def test_same_number_other_code_is_562_and_tells_the_key(client, note, stranger):
    signed = note(1)
    client.authorize(signed)
    body = key_of(signed)[:35] + "87654321"
    other = body + check_digit(body)
    answer = client.consult(other)
    assert answer.code == "562"
    assert f"[chNFe:{key_of(signed)}]" in answer.get("xMotivo")
    assert key_of(signed) not in stranger.consult(other).get("xMotivo")


def test_same_number_other_month_is_613(client, note):
    signed = note(1)
    client.authorize(signed)
    key = key_of(signed)
    body = key[:2] + "2610" + key[6:43]
    assert client.consult(body + check_digit(body)).code == "613"


def test_events_come_back_byte_by_byte(client, note, pen, simulator):
    signed = note(1)
    protocol = client.authorize(signed).get("nProt")
    key, now = key_of(signed), simulator.clock.now()
    letter = pen.sign(correction_event(key, now), event_id("110110", key))
    cancel = pen.sign(cancel_event(key, protocol, now), event_id("110111", key))
    client.call("NFeRecepcaoEvento4", event_lot(letter))
    client.call("NFeRecepcaoEvento4", event_lot(cancel))
    answer = client.consult(key)
    assert answer.code == "101"
    assert answer.note_code == "100"
    assert answer.all("tpEvento") == ["110110"] * 2 + ["110111"] * 2
    assert letter.encode() in answer.response.content
    assert cancel.encode() in answer.response.content
