"""The contingency offices (SVC) of a state, and what they share with the state's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulators.sefaz.store import Store

from .builder import (
    cancel_event,
    correction_event,
    event_id,
    event_lot,
    in_contingency,
    key_of,
    voiding,
)
from .client import Client
from .conftest import NOW


@pytest.fixture
def office(simulator, pem):
    """A client of one office of the simulator."""
    return lambda role: Client(simulator.office_url(role), simulator.ca_file, pem)


@pytest.fixture
def svc(simulator, office) -> Client:
    simulator.pause(None, "svc-an")
    return office("svc-an")


@pytest.fixture
def contingent(pen) -> str:
    return pen.note(1, NOW, form="6", change=in_contingency)


def test_closed_until_the_state_opens_it(office, simulator, contingent):
    client = office("svc-an")
    answer = client.authorize(contingent)
    assert (answer.code, answer.note_code) == ("114", "")
    assert client.status().code == "114"
    simulator.pause(None, "svc-an")
    assert client.authorize(contingent).note_code == "100"
    simulator.reset()
    assert client.status().code == "114"


def test_the_home_office_pauses_alone(client, svc, simulator):
    simulator.pause(109)
    assert (client.status().code, svc.status().code) == ("109", "107")


def test_faults_belong_to_an_office(client, svc, simulator):
    simulator.fault("NFeStatusServico4", "cstat", cstat=999, office="svc-an")
    assert (client.status().code, svc.status().code) == ("107", "999")


def test_only_contingent_notes(svc, contingent, pen):
    assert svc.authorize(pen.note(2, NOW)).note_code == "713"
    other = pen.note(3, NOW, form="7", change=in_contingency)
    assert svc.authorize(other).note_code == "713"
    assert svc.authorize(contingent).note_code == "100"


def test_the_other_contingency_office_does_not_serve_the_state(office, simulator, pen):
    simulator.pause(None, "svc-rs")
    note = pen.note(1, NOW, form="7", change=in_contingency)
    assert office("svc-rs").authorize(note).note_code == "410"


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "558"), (0, "100"), (29, "100"), (31, "569")]
)
def test_date_of_the_contingency(svc, pen, days, code):
    def since(info):
        in_contingency(info)
        info.ide.dhCont = (NOW - timedelta(days=days)).isoformat()

    note = pen.note(1, NOW, form="6", change=since)
    assert svc.authorize(note).note_code == code


def test_authorised_there_is_known_at_home(client, svc, contingent):
    protocol = svc.authorize(contingent).get("nProt")
    answer = client.consult(key_of(contingent))
    assert (answer.code, answer.get("nProt")) == ("100", protocol)


def test_handed_over_later(client, svc, simulator, contingent):
    simulator.configure(handover_seconds=60)
    svc.authorize(contingent)
    key = key_of(contingent)
    assert (svc.consult(key).code, client.consult(key).code) == ("100", "217")
    simulator.clock.advance(timedelta(seconds=60))
    assert client.consult(key).code == "100"


def test_books_of_before_there_were_offices(tmp_path):
    file = str(tmp_path / "sefaz.sqlite")
    old = Store(file)
    old.execute("ALTER TABLE log DROP COLUMN office")
    old.close()
    store = Store(file)
    names = [row["name"] for row in store.rows("PRAGMA table_info(log)")]
    store.close()
    assert "office" in names


def test_contingency_does_not_know_the_notes_of_home(client, svc, pen):
    note = pen.note(1, NOW)
    client.authorize(note)
    assert svc.consult(key_of(note)).code == "217"


def test_number_is_shared_with_the_home_office(client, svc, contingent, pen):
    client.authorize(pen.note(1, NOW))
    assert svc.authorize(contingent).note_code == "539"


def test_no_voiding_and_no_correction(svc, contingent, pen):
    key = key_of(contingent)
    protocol = svc.authorize(contingent).get("nProt")
    assert svc.post("NFeInutilizacao4", pen.sign(*voiding(2, 2))).status_code == 404
    letter = pen.sign(correction_event(key, NOW), event_id("110110", key))
    refused = svc.call("NFeRecepcaoEvento4", event_lot(letter))
    assert refused.event_code == "491"
    cancel = pen.sign(cancel_event(key, protocol, NOW), event_id("110111", key))
    assert svc.call("NFeRecepcaoEvento4", event_lot(cancel)).event_code == "135"
