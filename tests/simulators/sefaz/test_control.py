"""The control plane, the command line and the state on disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest
import requests

from simulators.common.clock import Clock
from simulators.sefaz import SefazSimulator

from .builder import key_of, voiding
from .client import Client, status_message
from .conftest import NOW


@pytest.fixture
def control(simulator):
    """Call the control plane; returns (status, JSON)."""

    def call(name, body=None):
        url = f"{simulator.control_url}/__ctl/{name}"
        response = (
            requests.get(url, timeout=10)
            if body is None
            else requests.post(url, json=body, timeout=10)
        )
        return response.status_code, response.json()

    return call


def test_health(control, simulator):
    status, health = control("health")
    assert status == 200
    assert health["status"] == "ok"
    assert health["url"] == simulator.url
    assert (health["uf"], health["environment"]) == ("35", "2")


def test_notes(control, client, note):
    signed = note(7)
    protocol = client.authorize(signed).get("nProt")
    (shown,) = control("notes")[1]
    assert shown["key"] == key_of(signed)
    assert (shown["series"], shown["number"]) == (1, 7)
    assert (shown["status"], shown["cStat"], shown["nProt"]) == (
        "authorized",
        100,
        protocol,
    )
    assert shown["events"] == []


def test_log(control, client, note):
    signed = note(1)
    client.authorize(signed)
    client.status()
    first, second = control("log")[1]
    assert first["service"] == "NFeAutorizacao4"
    assert (first["root"], first["cstat"]) == ("enviNFe", 104)
    assert first["keys"] == [key_of(signed)]
    assert first["results"] == {key_of(signed): 100}
    assert first["cnpj"] == "11222333000181"
    assert second["service"] == "NFeStatusServico4"


def test_counters(control, client):
    client.status()
    client.status()
    counters = control("counters")[1]
    assert counters["services"] == {"NFeStatusServico4": 2}
    assert counters["cstat"] == {"107": 2}
    assert counters["blocked"] == {}


def test_voided(control, client, pen):
    client.call("NFeInutilizacao4", pen.sign(*voiding(3, 4)))
    (shown,) = control("voided")[1]
    assert (shown["series"], shown["first"], shown["last"]) == (1, 3, 4)


def test_clock(control, simulator):
    moment = "2026-12-24T18:00:00+00:00"
    assert control("clock", {"set": moment})[0] == 200
    assert simulator.clock.now() >= datetime.fromisoformat(moment)
    control("clock", {"advance_seconds": 3600})
    now = datetime.fromisoformat(control("clock")[1]["now"])
    assert now >= datetime.fromisoformat(moment) + timedelta(hours=1)


def test_fault_pause_and_release(control, client):
    order = {"service": "NFeStatusServico4", "kind": "html_503", "times": 1}
    assert control("fault", order) == (200, {"ok": True})
    assert client.post("NFeStatusServico4", status_message()).status_code == 503
    assert control("pause", {"cstat": 109})[0] == 200
    assert client.status().code == "109"
    assert control("health")[1]["paused"] == 109
    control("pause", {"cstat": None})
    assert client.status().code == "107"
    assert control("release", {})[1] == {"ok": True}


def test_settings(control, simulator):
    status, settings = control("settings", {"cancel_hours": 2})
    assert (status, settings["cancel_hours"]) == (200, 2)
    assert simulator.office.settings.cancel_hours == 2


def test_reset(control, client, note, simulator):
    client.authorize(note(1))
    simulator.pause(108)
    assert control("reset", {})[0] == 200
    assert (simulator.notes(), simulator.log()) == ([], [])
    assert client.authorize(note(1)).note_code == "100"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("fault", {"service": "*", "kind": "unheard_of"}),
        ("fault", {"service": "*", "kind": "drop_before", "colour": "red"}),
        ("clock", {"set": "tomorrow"}),
        ("clock", {"set": "2026-12-24T18:00:00"}),
        ("clock", {}),
        ("pause", {"cstat": 100}),
        ("settings", {"colour": "red"}),
    ],
)
def test_mistakes_answer_400(control, name, body):
    status, answer = control(name, body)
    assert status == 400
    assert answer["error"]


def test_unknown_command_is_404(control):
    assert control("nothing")[0] == 404


def test_state_survives_a_restart(ca_dir, pem, pen, tmp_path):
    state = str(tmp_path / "sefaz.sqlite")
    signed = pen.note(1, NOW)
    with SefazSimulator(ca_dir, state, clock=Clock(NOW)) as first:
        caller = Client(first.url, first.ca_file, pem)
        protocol = caller.authorize(signed).get("nProt")
        receipt = caller.authorize(pen.note(2, NOW), pen.note(3, NOW)).get("nRec")
    with SefazSimulator(
        ca_dir, state, clock=Clock(NOW + timedelta(minutes=1))
    ) as second:
        caller = Client(second.url, second.ca_file, pem)
        assert caller.authorize(signed).note_code == "204"
        assert caller.consult(key_of(signed)).get("nProt") == protocol
        assert caller.result(receipt).code == "104"
        assert [note["number"] for note in second.notes()] == [1, 2, 3]
        assert len({note["nProt"] for note in second.notes()}) == 3


def test_command_line(ca_dir, pem, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.sefaz", "--ca-dir", str(ca_dir)]
        + ["--state", str(tmp_path / "state.sqlite"), "--uf", "31"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ready = json.loads(process.stdout.readline())
        assert ready["pid"] == process.pid
        caller = Client(ready["url"], ca_dir / "ca.pem", pem)
        assert caller.status(uf="31").code == "107"
        health = requests.get(f"{ready['control']}/__ctl/health", timeout=10).json()
        assert abs(
            datetime.fromisoformat(health["now"]) - datetime.now(timezone.utc)
        ) < timedelta(minutes=5)
    finally:
        os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_unknown_state_is_refused(ca_dir):
    with pytest.raises(ValueError):
        SefazSimulator(ca_dir, uf="99")
