"""The contingency office (SVC) of a state, and what it shares with the state's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.common.clock import Clock
from simulators.sefaz import SefazSimulator

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
def offices(ca_dir: Path, tmp_path: Path) -> Iterator[tuple[SefazSimulator, ...]]:
    """The office of the state and its SVC, on one database."""
    state = str(tmp_path / "state.sqlite")
    with SefazSimulator(ca_dir, state, clock=Clock(NOW)) as home:
        with SefazSimulator(ca_dir, state, clock=Clock(NOW), svc=True) as svc:
            yield home, svc


@pytest.fixture
def clients(offices, pem) -> list[Client]:
    return [Client(office.url, office.ca_file, pem) for office in offices]


@pytest.fixture
def contingent(pen) -> str:
    return pen.note(1, NOW, form="7", change=in_contingency)


def test_only_contingent_notes(clients, contingent, pen):
    _, svc = clients
    assert svc.authorize(pen.note(2, NOW)).note_code == "713"
    assert svc.authorize(contingent).note_code == "100"


def test_authorised_there_is_known_at_home(clients, contingent):
    home, svc = clients
    protocol = svc.authorize(contingent).get("nProt")
    answer = home.consult(key_of(contingent))
    assert (answer.code, answer.get("nProt")) == ("100", protocol)


def test_number_is_shared_with_the_home_office(clients, contingent, pen):
    home, svc = clients
    home.authorize(pen.note(1, NOW))
    assert svc.authorize(contingent).note_code == "539"


def test_disabled_by_the_state(clients, offices, contingent):
    offices[1].pause(114)
    answer = clients[1].authorize(contingent)
    assert (answer.code, answer.note_code) == ("114", "")
    assert clients[1].status().code == "114"


def test_no_voiding_and_no_correction(clients, contingent, pen):
    _, svc = clients
    key = key_of(contingent)
    protocol = svc.authorize(contingent).get("nProt")
    assert svc.post("NFeInutilizacao4", pen.sign(*voiding(2, 2))).status_code == 404
    letter = pen.sign(correction_event(key, NOW), event_id("110110", key))
    refused = svc.call("NFeRecepcaoEvento4", event_lot(letter))
    assert refused.event_code == "491"
    cancel = pen.sign(cancel_event(key, protocol, NOW), event_id("110111", key))
    assert svc.call("NFeRecepcaoEvento4", event_lot(cancel)).event_code == "135"
