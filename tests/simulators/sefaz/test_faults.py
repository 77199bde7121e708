"""Broken lines, lost answers and forced results."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .builder import cancel_event, event_id, event_lot, key_of, voiding
from .client import lot, status_message

AUTHORIZE = "NFeAutorizacao4"
STATUS = "NFeStatusServico4"
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def wait_until(condition):
    """Poll until the condition holds; give up when it plainly never will."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("the condition never held")


@pytest.mark.parametrize("kind", ["drop_before", "reset"])
def test_cut_before_processing(client, note, simulator, kind):
    signed = note(1)
    simulator.fault(AUTHORIZE, kind)
    with pytest.raises(requests.ConnectionError):
        client.authorize(signed)
    assert client.consult(key_of(signed)).code == "217"
    assert client.authorize(signed).note_code == "100"
    assert simulator.log()[0]["fault"] == kind
    assert simulator.log()[0]["cstat"] is None
    assert simulator.log()[0]["keys"] == [key_of(signed)]


@pytest.mark.parametrize("kind", ["drop_after", "reset_after", "truncate"])
def test_cut_after_processing(client, note, simulator, kind):
    signed = note(1)
    simulator.fault(AUTHORIZE, kind)
    with pytest.raises(BROKEN):
        client.authorize(signed)
    known = simulator.note(key_of(signed))
    answer = client.consult(key_of(signed))
    assert answer.code == "100"
    assert answer.get("nProt") == known["nProt"]
    assert client.authorize(signed).note_code == "204"
    assert simulator.log()[0]["results"] == {key_of(signed): 100}


def test_truncated_answer_announces_its_full_length(client, simulator):
    full = len(client.post(STATUS, status_message()).content)
    simulator.fault(STATUS, "truncate")
    response = client.post(STATUS, status_message(), stream=True)
    assert int(response.headers["Content-Length"]) == full
    assert 0 < len(response.raw.read(full, decode_content=False)) < full


def test_html_instead_of_soap(client, note, simulator):
    simulator.fault(AUTHORIZE, "html_503")
    response = client.post(AUTHORIZE, lot(note(1), sync=True))
    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/html")
    assert simulator.notes() == []


def test_held_after_processing_until_released(client, note, simulator):
    signed = note(1)
    simulator.fault(AUTHORIZE, "hold_after")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.authorize, signed)
        wait_until(lambda: simulator.held == 1)
        assert simulator.note(key_of(signed))["status"] == "authorized"
        assert not waiting.done()
        simulator.release()
        assert waiting.result().note_code == "100"
    assert simulator.held == 0


def test_held_before_processing_until_released(client, note, simulator):
    signed = note(1)
    simulator.fault(AUTHORIZE, "hold_before")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.authorize, signed)
        wait_until(lambda: simulator.held == 1)
        assert simulator.notes() == []
        simulator.release()
        assert waiting.result().note_code == "100"


def test_client_gives_up_but_the_note_is_authorised(client, note, simulator):
    signed = note(1)
    simulator.fault(AUTHORIZE, "hold_after")
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.post(AUTHORIZE, lot(signed, sync=True), timeout=(5, 0.5))
    simulator.release()
    assert client.consult(key_of(signed)).code == "100"


def test_holding_one_request_does_not_hold_others(client, note, simulator):
    simulator.fault(AUTHORIZE, "hold_after")
    sender = threading.Thread(
        target=client.post, args=(AUTHORIZE, lot(note(1), sync=True))
    )
    sender.start()
    wait_until(lambda: simulator.held == 1)
    assert client.status().code == "107"
    simulator.release()
    sender.join()
    assert simulator.held == 0


@pytest.mark.parametrize("kind", ["hold_before", "hold_after", "latency"])
def test_waiting_ends_by_itself(client, simulator, kind):
    simulator.fault(STATUS, kind, seconds=0.05)
    assert client.status().code == "107"


def test_faults_count_their_calls_and_their_service(client, simulator):
    simulator.fault(STATUS, "html_503", times=2)
    for _ in range(2):
        assert client.post(STATUS, status_message()).status_code == 503
    assert client.status().code == "107"
    simulator.fault(AUTHORIZE, "html_503")
    assert client.status().code == "107"


def test_a_fault_for_any_service(client, note, simulator):
    simulator.fault("*", "cstat", cstat=999, times=2)
    assert client.status().code == "999"
    assert client.consult(key_of(note(1))).code == "999"
    assert client.status().code == "107"


def test_forced_result_of_a_note(client, note, simulator):
    simulator.fault(AUTHORIZE, "cstat", cstat=778, message="NCM? [nItem: 1]")
    answer = client.authorize(note(1))
    assert (answer.code, answer.note_code) == ("104", "778")
    assert answer.get("xMotivo", 1) == "NCM? [nItem: 1]"
    assert simulator.notes() == []


def test_forced_result_of_a_message(client, note, simulator):
    simulator.fault(AUTHORIZE, "cstat", cstat=108)
    answer = client.authorize(note(1))
    assert (answer.code, answer.note_code) == ("108", "")


def test_forced_result_of_a_lot_reaches_its_notes(client, note, simulator):
    simulator.configure(lot_seconds=0)
    simulator.fault(AUTHORIZE, "cstat", cstat=778)
    receipt = client.authorize(note(1), note(2)).get("nRec")
    assert client.result(receipt).all("cStat") == ["104", "778", "778"]


def test_forced_results_of_the_other_services(client, note, pen, simulator):
    simulator.fault("NFeRetAutorizacao4", "cstat", cstat=105)
    assert client.result("351000000000001").code == "105"
    simulator.fault("NFeInutilizacao4", "cstat", cstat=240)
    voided = client.call("NFeInutilizacao4", pen.sign(*voiding(1, 1)))
    assert (voided.code, simulator.voided()) == ("240", [])
    simulator.fault("NFeRecepcaoEvento4", "cstat", cstat=221, times=1)
    key = key_of(note(1))
    text = cancel_event(key, "135260000000001", simulator.clock.now())
    signed = pen.sign(text, event_id("110111", key))
    answer = client.call("NFeRecepcaoEvento4", event_lot(signed))
    assert (answer.code, answer.event_code) == ("128", "221")
    simulator.fault("NFeRecepcaoEvento4", "cstat", cstat=999)
    assert client.call("NFeRecepcaoEvento4", event_lot(signed)).code == "999"


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "unheard_of"},
        {"kind": "cstat"},
        {"kind": "cstat", "cstat": 100},
        {"kind": "latency"},
    ],
)
def test_impossible_orders_are_refused(simulator, order):
    with pytest.raises(ValueError):
        simulator.fault("*", **order)


def test_stopping_lets_held_requests_go(simulator, client):
    simulator.fault(STATUS, "hold_after")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.post, STATUS, status_message())
        wait_until(lambda: simulator.held == 1)
        simulator.stop()
        error = waiting.exception()
    assert simulator.held == 0
    assert error is None or isinstance(error, requests.ConnectionError)
