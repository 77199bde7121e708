"""Troubles at random, and how close a client came to a block."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from simulators.sefaz.faults import TROUBLES, Fault, Plan

from .builder import key_of

STATUS = "NFeStatusServico4"
DROP = {"*": [{"kind": "drop_before"}]}


def kinds(plan, service, count=200):
    return [
        fault and fault.kind for n in range(count) if (fault := plan.draw(service, n))
    ]


def test_same_seed_same_troubles():
    plan = Plan(7, 0.3, TROUBLES)
    assert kinds(plan, STATUS) == kinds(Plan(7, 0.3, TROUBLES), STATUS)
    assert kinds(plan, STATUS) != kinds(Plan(8, 0.3, TROUBLES), STATUS)
    assert 30 < len(kinds(plan, STATUS)) < 90


def test_default_troubles_are_faults():
    for service, choices in TROUBLES.items():
        for choice in choices:
            Fault(service, **choice)


@pytest.mark.parametrize(
    ("rate", "faults"),
    [(1.5, DROP), (-0.1, DROP), (0.5, {"*": [{"kind": "nonsense"}]})],
)
def test_nonsense_is_refused(rate, faults):
    with pytest.raises(ValueError, match=r"rate|unknown fault"):
        Plan(1, rate, faults)


def test_plan_breaks_calls_until_it_ends(client, simulator):
    simulator.plan(1, 1, DROP)
    with pytest.raises(requests.ConnectionError):
        client.status()
    simulator.plan()
    assert client.status().code == "107"


def test_ordered_faults_come_first(client, simulator):
    simulator.plan(1, 1, DROP)
    simulator.fault(STATUS, "cstat", cstat=108)
    assert client.status().code == "108"


def test_usage_within_an_hour(client, note, simulator):
    key = key_of(note(1))
    for _ in range(3):
        client.consult(key)
    simulator.clock.advance(timedelta(hours=2))
    client.consult(key)
    usage = simulator.usage()
    assert usage["most"]["consult"] == 3
    assert usage["limits"]["consult"] == 10
    assert usage["blocks"] == 0


def test_blocks_are_counted(client, note, simulator):
    simulator.configure(abuse_limits={"consult": 1})
    for _ in range(4):
        client.consult(key_of(note(1)))
    assert simulator.usage()["blocks"] == 1


def test_plan_over_the_control_plane(client, simulator):
    url = f"{simulator.control_url}/__ctl"
    body = {"seed": 1, "rate": 1, "faults": DROP}
    assert requests.post(f"{url}/plan", json=body, timeout=10).status_code == 200
    with pytest.raises(requests.ConnectionError):
        client.status()
    assert requests.post(f"{url}/plan", json={"rate": 2}, timeout=10).status_code == 400
    assert requests.get(f"{url}/usage", timeout=10).json()["blocks"] == 0
