"""Cancellation, correction letter and the rules on events."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from simulators.sefaz import Settings

from .builder import (
    Pen,
    cancel_event,
    correction_event,
    event,
    event_id,
    event_lot,
    key_of,
)
from .conftest import PASSWORD, STRANGER


@pytest.fixture
def authorised(client, note):
    """(key, protocol) of an authorised note."""
    signed = note(1)
    return key_of(signed), client.authorize(signed).get("nProt")


@pytest.fixture
def cancel(client, pen, simulator, authorised):
    """Send a cancellation of that note, with one thing changed."""

    def send(**changes):
        key = changes.pop("key", authorised[0])
        protocol = changes.pop("protocol", authorised[1])
        happened = changes.pop("happened", simulator.clock.now())
        writer = changes.pop("pen", pen)
        text = cancel_event(key, protocol, happened, **changes)
        identity = re.search(r'Id="(\w+)"', text).group(1)
        signed = writer.sign(text, identity)
        return client.call("NFeRecepcaoEvento4", event_lot(signed))

    return send


def test_cancelled(cancel, client, simulator, authorised):
    answer = cancel()
    assert (answer.code, answer.event_code) == ("128", "135")
    assert answer.get("xEvento") == "Cancelamento homologado"
    assert re.fullmatch(r"13526\d{10}", answer.get("nProt"))
    note = simulator.note(authorised[0])
    assert note["status"] == "cancelled"
    assert [event["type"] for event in note["events"]] == ["110111"]
    assert client.consult(authorised[0]).code == "101"


def test_a_cancelled_note_is_218_when_sent_again(cancel, client, note):
    cancel()
    assert client.authorize(note(1)).note_code == "218"


def test_a_second_cancellation_is_573(cancel, simulator):
    protocol = cancel().get("nProt")
    again = cancel()
    assert again.event_code == "573"
    assert f"[nProt:{protocol}]" in again.get("xMotivo", 1)
    simulator.clock.advance(timedelta(hours=48))
    assert cancel().event_code == "573"


@pytest.mark.parametrize(("hours", "code"), [(23, "135"), (25, "501")])
def test_deadline(cancel, simulator, hours, code):
    simulator.clock.advance(timedelta(hours=hours))
    assert cancel().event_code == code


@pytest.mark.parametrize(
    ("hours", "code", "situation"),
    [(25, "155", "151"), (479, "155", "151"), (481, "501", "100")],
)
def test_late_cancellation_where_the_state_allows_it(
    cancel, client, simulator, authorised, hours, code, situation
):
    simulator.office.settings = Settings(late_cancel_hours=480)
    simulator.clock.advance(timedelta(hours=hours))
    assert cancel().event_code == code
    assert client.consult(authorised[0]).code == situation


def test_wrong_protocol_is_222(cancel):
    assert cancel(protocol="135260000009999").event_code == "222"


def test_unknown_note_is_494(cancel, note):
    assert cancel(key=key_of(note(2))).event_code == "494"


def test_wrong_check_digit_is_236(cancel, authorised):
    key = authorised[0]
    wrong = key[:43] + str((int(key[43]) + 1) % 10)
    assert cancel(key=wrong).event_code == "236"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("252", {"environment": "1"}),
        ("657", {"office": "33"}),
        ("594", {"sequence": 2}),
        ("572", {"identity": "ID110111" + "0" * 44 + "01"}),
        ("574", {"author": "11222333000262"}),
        ("213", {"author": STRANGER}),
    ],
)
def test_form_of_the_event(cancel, code, changes):
    assert cancel(**changes).event_code == code


@pytest.mark.parametrize(("minutes", "code"), [(6, "578"), (4, "135"), (-1, "577")])
def test_time_of_the_event(cancel, simulator, minutes, code):
    """The note was issued, and authorised, at the present."""
    happened = simulator.clock.now() + timedelta(minutes=minutes)
    assert cancel(happened=happened).event_code == code


def test_before_the_authorisation_is_579(cancel, client, note, simulator):
    signed = note(2, issued=simulator.clock.now() - timedelta(hours=1))
    protocol = client.authorize(signed).get("nProt")
    early = simulator.clock.now() - timedelta(minutes=10)
    answer = cancel(key=key_of(signed), protocol=protocol, happened=early)
    assert answer.event_code == "579"


def test_changed_event_is_297(client, pen, simulator, authorised):
    key, protocol = authorised
    text = cancel_event(key, protocol, simulator.clock.now())
    signed = pen.sign(text, event_id("110111", key))
    changed = signed.replace("desistiu da compra", "desistiu do pedido")
    answer = client.call("NFeRecepcaoEvento4", event_lot(changed))
    assert answer.event_code == "297"


def test_of_another_company_is_213(cancel, stranger_pfx):
    assert cancel(pen=Pen(stranger_pfx, PASSWORD)).event_code == "213"


def test_short_reason_breaks_the_specific_schema(cancel):
    assert cancel(reason="curta").event_code == "493"


def test_unknown_type_is_491(client, pen, simulator, authorised):
    key = authorised[0]
    detail = '<detEvento versao="1.00"><descEvento>Outro</descEvento></detEvento>'
    text = event("999999", key, simulator.clock.now(), detail)
    signed = pen.sign(text, event_id("999999", key))
    assert client.call("NFeRecepcaoEvento4", event_lot(signed)).event_code == "491"


def test_general_schema_is_215(client, pen, simulator, authorised):
    key, protocol = authorised
    text = cancel_event(key, protocol, simulator.clock.now())
    signed = pen.sign(text, event_id("110111", key))
    broken = signed.replace("<verEvento>1.00</verEvento>", "")
    answer = client.call("NFeRecepcaoEvento4", event_lot(broken))
    assert (answer.code, answer.event_code) == ("215", "")


def send_letter(client, pen, simulator, key, sequence, **changes):
    happened = simulator.clock.now()
    text = correction_event(key, happened, sequence=sequence, **changes)
    signed = pen.sign(text, event_id("110110", key, sequence))
    return client.call("NFeRecepcaoEvento4", event_lot(signed))


def test_correction_letters(client, pen, simulator, authorised):
    key = authorised[0]
    assert send_letter(client, pen, simulator, key, 1).event_code == "135"
    assert send_letter(client, pen, simulator, key, 1).event_code == "573"
    assert send_letter(client, pen, simulator, key, 2).event_code == "135"
    assert [item["sequence"] for item in simulator.note(key)["events"]] == [1, 2]


def test_letters_stand_in_the_consult(client, pen, simulator, authorised):
    """A client whose answer was lost finds request and answer there."""
    key = authorised[0]
    for sequence in (1, 2):
        send_letter(client, pen, simulator, key, sequence)
    situation = client.consult(key)
    assert situation.code == "100"
    assert situation.all("nSeqEvento") == ["1", "1", "2", "2"]
    assert situation.all("xEvento") == ["Carta de Correção registrada"] * 2


def test_letter_has_a_deadline_of_its_own(client, pen, simulator, authorised):
    key = authorised[0]
    simulator.clock.advance(timedelta(hours=719))
    assert send_letter(client, pen, simulator, key, 1).event_code == "135"
    simulator.clock.advance(timedelta(hours=2))
    late = send_letter(client, pen, simulator, key, 2)
    assert late.event_code == "501"
    assert "30 dias (720 horas)" in late.get("xMotivo", 1)


@pytest.mark.parametrize(
    ("length", "code"), [(14, "493"), (15, "135"), (1000, "135"), (1001, "493")]
)
def test_length_of_a_letter(client, pen, simulator, authorised, length, code):
    wording = "x" * length
    answer = send_letter(client, pen, simulator, authorised[0], 1, wording=wording)
    assert answer.event_code == code


def test_twenty_letters_at_most(client, pen, simulator, authorised):
    key = authorised[0]
    assert send_letter(client, pen, simulator, key, 20).event_code == "135"
    assert send_letter(client, pen, simulator, key, 21).event_code == "493"
    assert [item["sequence"] for item in simulator.note(key)["events"]] == [20]


def test_no_correction_of_a_cancelled_note(cancel, client, pen, simulator, authorised):
    cancel()
    answer = send_letter(client, pen, simulator, authorised[0], 1)
    assert answer.event_code == "580"


def test_letter_of_an_unknown_note_may_be_136(client, pen, simulator, note):
    key = key_of(note(9))
    assert send_letter(client, pen, simulator, key, 1).event_code == "494"
    simulator.office.settings = Settings(link_unknown=True)
    assert send_letter(client, pen, simulator, key, 1).event_code == "136"


def test_events_of_a_lot_succeed_one_by_one(client, pen, simulator, note):
    keys, signed = [], []
    for number in (1, 2):
        text = note(number)
        protocol = client.authorize(text).get("nProt")
        key = key_of(text)
        given = protocol if number == 1 else "135260000009999"
        cancel = cancel_event(key, given, simulator.clock.now())
        signed.append(pen.sign(cancel, event_id("110111", key)))
        keys.append(key)
    answer = client.call("NFeRecepcaoEvento4", event_lot(*signed))
    assert answer.all("cStat") == ["128", "135", "222"]
    assert [simulator.note(key)["status"] for key in keys] == [
        "cancelled",
        "authorized",
    ]
