"""What goes wrong on the line, and whether the call took effect."""

from __future__ import annotations

import json

import pytest
import requests


@pytest.fixture
def placed(sim):
    return sim.order()


@pytest.mark.parametrize("kind", ["reset_before", "timeout_before"])
def test_cut_before_the_effect(sim, client, placed, nfe, kind):
    sim.fault(kind, "/shipments", method="POST", seconds=0)
    xml = nfe(sim, placed.shipment_id)
    with pytest.raises(requests.ConnectionError):
        client.send_nfe(placed.shipment_id, xml)
    assert client.state(placed.shipment_id) == ("ready_to_ship", "invoice_pending")
    assert client.send_nfe(placed.shipment_id, xml).status_code == 201


@pytest.mark.parametrize("kind", ["reset_after", "timeout_after"])
def test_cut_after_the_effect(sim, client, placed, nfe, kind):
    sim.fault(kind, "/shipments", method="POST", seconds=0)
    xml = nfe(sim, placed.shipment_id)
    with pytest.raises(requests.ConnectionError):
        client.send_nfe(placed.shipment_id, xml)
    assert client.state(placed.shipment_id) == ("ready_to_ship", "ready_to_print")
    answer = client.send_nfe(placed.shipment_id, xml)
    assert answer.json()["error_code"] == "shipment_invoice_already_saved"
    log = client.read_ctl("requests")["log"]
    assert [e["status"] for e in log if e["fault"]] == [0]


def test_silence_runs_into_the_clients_timeout(sim, client, placed):
    sim.fault("timeout_before", "/orders", seconds=30)
    headers = client.session.headers
    with pytest.raises(requests.Timeout):
        requests.get(f"{sim.url}/orders/{placed.id}", headers=headers, timeout=0.2)


@pytest.mark.parametrize("status", [500, 503])
def test_html_errors(sim, client, placed, status):
    sim.fault("http_error", "/orders", status=status, times=2)
    for _ in range(2):
        answer = client.get(f"/orders/{placed.id}")
        assert answer.status_code == status
        assert answer.text.startswith("<html>")
    assert client.get(f"/orders/{placed.id}").status_code == 200


def test_rate_limit_has_no_retry_after(sim, client, placed):
    sim.fault("rate_limited", "/orders")
    answer = client.get(f"/orders/{placed.id}")
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers
    assert answer.json()["error"] == "local_rate_limited"


def test_planned_error_code(sim, client, placed, nfe):
    code = "shipment_already_being_processed"
    sim.fault("api_error", "/shipments", method="POST", status=400, error_code=code)
    answer = client.send_nfe(placed.shipment_id, nfe(sim, placed.shipment_id))
    assert answer.json()["error_code"] == code


def test_truncated_json(sim, client, placed):
    sim.fault("truncated_json", "/orders")
    answer = client.get(f"/orders/{placed.id}")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_truncated_body(sim, client, placed):
    sim.fault("truncated_body", "/orders")
    with pytest.raises(requests.RequestException):
        client.get(f"/orders/{placed.id}")


def test_unknown_enum_values(sim, client, placed):
    sim.fault("unknown_enum", "/orders", fields=["status"], value="brand_new")
    order = client.order(placed.id)
    assert order["status"] == order["payments"][0]["status"] == "brand_new"
    assert client.order(placed.id)["status"] == "paid"


def test_extra_fields(sim, client, placed):
    sim.fault("extra_fields", "/orders")
    order = client.order(placed.id)
    assert "simulated_extra_field" in order
    assert "simulated_extra_field" in order["buyer"]


def test_partial_content(sim, client, placed):
    sim.fault("partial", "/orders")
    answer = client.get(f"/orders/{placed.id}")
    assert answer.status_code == 206
    assert answer.headers["X-Content-Missing"] == "buyer, feedback"
    assert "buyer" not in answer.json()


def test_parcel_not_propagated_yet(sim, client, placed):
    sim.fault("not_propagated", f"/orders/{placed.id}/shipments")
    headers = {"X-New-Domain": "true"}
    path = f"/orders/{placed.id}/shipments"
    assert client.get(path, headers=headers).status_code == 204
    assert client.get(path, headers=headers).status_code == 200


def test_control_of_faults(sim, client, placed):
    assert client.ctl("fault", kind="nonsense").status_code == 400
    assert client.ctl("fault", kind="partial", colour="red").status_code == 400
    client.ctl("fault", kind="http_error", path="/orders", times=5)
    assert client.read_ctl("fault")["faults"][0]["times"] == 5
    requests.delete(f"{sim.control}/fault", timeout=10)
    assert client.get(f"/orders/{placed.id}").status_code == 200


def test_each_third_call_fails(sim, client, placed):
    sim.fault("http_error", "/orders", every=3, times=2)
    path = f"/orders/{placed.id}"
    statuses = [client.get(path).status_code for _ in range(9)]
    assert statuses == [200, 200, 503, 200, 200, 503, 200, 200, 200]


def test_tokens_end_in_the_middle(sim, client, placed):
    path = f"/orders/{placed.id}"
    assert client.get(path).status_code == 200
    client.ctl("expire_tokens")
    assert client.get(path).status_code == 401
