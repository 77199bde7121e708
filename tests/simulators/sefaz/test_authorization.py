"""Authorisation: one note synchronously, its number, its dates."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from simulators.sefaz import Settings

from .builder import key_of, voiding


def test_authorised_with_protocol_and_digest(client, note, simulator):
    signed = note(1)
    answer = client.authorize(signed)
    assert (answer.code, answer.note_code) == ("104", "100")
    assert answer.get("xMotivo", 1) == "Autorizado o uso da NF-e"
    assert answer.get("chNFe") == key_of(signed)
    assert re.fullmatch(r"13526\d{10}", answer.get("nProt"))
    digest = re.search(r"<DigestValue>(.*?)</DigestValue>", signed).group(1)
    assert answer.get("digVal") == digest
    assert simulator.note(key_of(signed))["digVal"] == digest
    assert simulator.note(key_of(signed))["xml"] == signed


def test_received_in_the_offset_of_the_state(client, note):
    answer = client.authorize(note(1))
    assert answer.get("dhRecbto").startswith("2026-11-23T10:00:")
    assert answer.get("dhRecbto").endswith("-03:00")


def test_soap_11_is_answered_in_soap_11(client, note):
    message_note = note(1)
    answer = client.call(
        "NFeAutorizacao4",
        f'<enviNFe xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">'
        f"<idLote>1</idLote><indSinc>1</indSinc>{message_note}</enviNFe>",
        soap="1.1",
    )
    assert answer.note_code == "100"
    assert answer.envelope.tag.startswith("{http://schemas.xmlsoap.org/soap/envelope/}")
    assert answer.response.headers["Content-Type"].startswith("text/xml")


def test_the_same_note_again_is_204(client, note):
    signed = note(1)
    first = client.authorize(signed)
    again = client.authorize(signed)
    assert again.note_code == "204"
    assert re.search(r"\[nRec:351\d{12}\]", again.get("xMotivo", 1))
    assert client.consult(key_of(signed)).get("nProt") == first.get("nProt")


def test_the_same_number_under_another_key_is_539(client, note, simulator):
    first = note(1)
    client.authorize(first)
    simulator.clock.set(simulator.clock.now() + timedelta(days=30))
    answer = client.authorize(note(1))
    assert answer.note_code == "539"
    assert f"[chNFe:{key_of(first)}]" in answer.get("xMotivo", 1)


def test_a_voided_number_is_206(client, note, pen):
    client.call("NFeInutilizacao4", pen.sign(*voiding(5, 7)))
    assert client.authorize(note(6)).note_code == "206"
    assert client.authorize(note(8)).note_code == "100"


@pytest.mark.parametrize(
    ("days", "code"), [(0, "100"), (7, "100"), (8, "150"), (30, "150"), (31, "228")]
)
def test_late_issue(client, note, simulator, days, code):
    issued = simulator.clock.now() - timedelta(days=days) + timedelta(minutes=1)
    assert client.authorize(note(1, issued=issued)).note_code == code


def test_issued_in_the_future_is_703_beyond_five_minutes(client, note, simulator):
    now = simulator.clock.now()
    late = note(1, issued=now + timedelta(minutes=8))
    assert client.authorize(late).note_code == "703"
    close = note(1, issued=now + timedelta(minutes=4))
    assert client.authorize(close).note_code == "100"


def test_ibs_and_cbs_are_demanded_unless_switched_off(client, note, simulator):
    def without(info):
        info.det[0].imposto.IBSCBS = None

    assert client.authorize(note(1, change=without)).note_code == "1115"
    simulator.office.settings = Settings(require_ibscbs=False)
    assert client.authorize(note(1, change=without)).note_code == "100"


def test_a_rejected_number_stays_free(client, note):
    def wrong_total(info):
        info.total.ICMSTot.vNF = "1.00"

    assert client.authorize(note(1, change=wrong_total)).note_code == "610"
    assert client.authorize(note(1)).note_code == "100"
