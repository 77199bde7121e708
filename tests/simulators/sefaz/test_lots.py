"""Asynchronous lots, receipts and the rules on indSinc."""

from __future__ import annotations

import re
from datetime import timedelta

from simulators.sefaz import Settings

from .builder import key_of


def advance(simulator, seconds=2):
    simulator.clock.advance(timedelta(seconds=seconds))


def slow(simulator, seconds=60):
    simulator.office.settings = Settings(lot_seconds=seconds)


def test_one_note_asynchronously_is_452(client, note):
    answer = client.authorize(note(1), sync=False)
    assert answer.code == "452"
    assert answer.note_code == ""


def test_two_notes_synchronously_are_764(client, note, simulator):
    answer = client.authorize(note(1), note(2), sync=True)
    assert answer.code == "764"
    assert simulator.notes() == []


def test_lot_goes_103_105_104(client, note, simulator):
    slow(simulator)
    notes = [note(number) for number in (1, 2, 3)]
    accepted = client.authorize(*notes)
    receipt = accepted.get("nRec")
    assert accepted.code == "103"
    assert re.fullmatch(r"351\d{12}", receipt)
    assert accepted.get("tMed") == "1"
    assert client.result(receipt).code == "105"
    advance(simulator, 61)
    done = client.result(receipt)
    assert done.code == "104"
    assert done.all("chNFe") == [key_of(signed) for signed in notes]
    assert done.all("cStat")[1:] == ["100", "100", "100"]
    assert len(set(done.all("nProt"))) == 3


def test_unknown_receipt_is_106(client):
    assert client.result("351000000000999").code == "106"


def test_receipt_of_another_state_is_248(client):
    assert client.result("331000000000001").code == "248"


def test_a_lot_is_processed_without_anybody_asking(client, note, simulator):
    slow(simulator)
    signed = note(1)
    client.authorize(signed, note(2))
    assert client.consult(key_of(signed)).code == "217"
    advance(simulator, 61)
    assert client.consult(key_of(signed)).code == "100"


def test_a_number_in_a_waiting_lot_is_635(client, note, simulator):
    slow(simulator)
    signed = note(1)
    client.authorize(signed, note(2))
    assert client.authorize(signed).note_code == "635"
    advance(simulator, 61)
    assert client.authorize(signed).note_code == "204"


def test_of_two_waiting_lots_the_earlier_gets_the_number(client, note, simulator):
    slow(simulator)
    signed = note(1)
    first = client.authorize(signed, note(2)).get("nRec")
    second = client.authorize(signed, note(3)).get("nRec")
    advance(simulator, 61)
    assert client.result(first).all("cStat") == ["104", "100", "100"]
    assert client.result(second).all("cStat") == ["104", "204", "100"]


def test_notes_of_a_lot_fail_one_by_one(client, note, simulator):
    def wrong(info):
        info.total.ICMSTot.vProd = "1.00"

    client.authorize(note(3))
    receipt = client.authorize(note(1), note(2, change=wrong), note(3)).get("nRec")
    advance(simulator)
    assert client.result(receipt).all("cStat") == ["104", "100", "564", "204"]


def test_the_same_note_twice_in_a_lot_breaks_the_schema(client, note):
    signed = note(1)
    assert client.authorize(signed, signed).code == "225"


def test_a_schema_error_refuses_the_whole_lot(client, note, simulator):
    broken = note(2).replace("<natOp>", "<natOpp>").replace("</natOp>", "</natOpp>")
    answer = client.authorize(note(1), broken)
    assert answer.code == "225"
    assert "natOpp" in answer.get("xMotivo")
    advance(simulator)
    assert simulator.notes() == []


def test_results_are_for_the_sender_only(client, note, stranger):
    receipt = client.authorize(note(1), note(2)).get("nRec")
    assert stranger.result(receipt).code == "223"
