"""Orders on demand, the clock, restarts, the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import requests
from stdnum.br import cpf

from simulators.mercadolivre import Credentials, MercadoLivreSimulator

ROOT = Path(__file__).resolve().parents[3]


def test_health(sim, client):
    health = client.read_ctl("health")
    assert health["status"] == "ok"
    assert health["seller_id"] == sim.seller.user_id


def test_order_with_defects(sim, client):
    answer = client.ctl(
        "order",
        invalid_cpf=True,
        unknown_sku=True,
        lines=[{"seller_sku": "EST-PAR-04", "quantity": 2, "price": "100.00"}],
        uf="RS",
        tags=["test_order"],
    )
    assert answer.status_code == 201
    made = answer.json()
    order = client.order(made["order_id"])
    skus = [entry["item"]["seller_sku"] for entry in order["order_items"]]
    assert skus[0] == "EST-PAR-04" and skus[1].startswith("DESCONHECIDO")
    assert "test_order" in order["tags"]
    path = f"/orders/billing-info/MLB/{made['billing_info_id']}"
    info = client.get(path).json()["buyer"]["billing_info"]
    assert not cpf.is_valid(info["identification"]["number"])
    assert info["address"]["state"]["name"] == "Rio Grande do Sul"


@pytest.mark.parametrize(
    "spec", [{"colour": 1}, {"buyer": {"x": 1}}, {"plan": "x"}, {"freight": "x"}]
)
def test_order_specification_is_strict(sim, client, spec):
    assert client.ctl("order", **spec).status_code == 400
    assert sim.orders() == []


def test_order_with_its_own_plan(sim, client):
    placed = sim.order(plan="before_invoice", plan_silent=True)
    client.order(placed.id)
    (row,) = sim.orders()
    assert row["cancelled_at"] and row["silent"]


def test_clock(sim, client):
    moment = "2027-01-05T12:00:00+00:00"
    client.ctl("clock", set=moment)
    now = client.ctl("clock", advance=3600).json()["now"]
    assert now.startswith("2027-01-05T13:00")
    assert client.read_ctl("clock")["now"].startswith("2027-01-05T13:00")
    assert client.ctl("clock", set="tomorrow").status_code == 400


def test_many_orders_at_once(sim, client):
    made = client.ctl("order", count=3, uf="PR").json()
    assert made["order_id"] == made["order_ids"][-1]
    assert {row["order_id"] for row in sim.orders()} == set(made["order_ids"])
    assert client.ctl("order", count=0).status_code == 400


def test_one_order_that_refuses_does_not_keep_the_others(sim, client):
    ids = [sim.order().id for _ in range(2)]
    sim.cancel(ids[0])
    answer = client.ctl("advance", order_ids=ids, event="cancel")
    assert answer.status_code == 409
    assert list(answer.json()["results"].values()) == ["already_cancelled", "done"]
    assert all(row["cancelled_at"] for row in sim.orders())
    assert client.ctl("advance", order_id=ids[0], event="dance").status_code == 400


def test_latency_is_a_setting(sim, client):
    assert client.ctl("settings", latency_ms=1).json()["latency_ms"] == 1
    assert client.ctl("settings", colour=1).status_code == 400
    assert client.get("/users/me").status_code == 200


def test_cart_of_three(sim, client, nfe):
    first = sim.order(freight="0")
    rest = [sim.order(cart_with=first.id, freight="0") for _ in range(2)]
    packs = {client.order(order.id)["pack_id"] for order in (first, *rest)}
    assert len(packs) == 1
    rows = client.get(f"/shipments/{first.shipment_id}/orders").json()
    assert len(rows) == 3
    assert client.send_nfe(first.shipment_id, nfe(sim, first.shipment_id)).ok


def test_log_and_counters(sim, client):
    placed = sim.order()
    client.order(placed.id)
    client.get("/orders/1")
    log = client.read_ctl("requests")["log"]
    assert [(e["method"], e["status"]) for e in log] == [("GET", 200), ("GET", 404)]
    counters = client.read_ctl("counters")
    assert counters["requests"] == {"GET /orders/{id}": 2}
    assert counters["orders"] == {"paid": 1}
    assert counters["shipments"] == {"ready_to_ship/invoice_pending": 1}


def test_reset(sim, client):
    sim.generate(5, 1)
    sim.fault("http_error", "/")
    sim.notifications(url="http://127.0.0.1:9/", drop=2)
    client.ctl("reset")
    assert sim.orders() == []
    config = client.read_ctl("notifications")
    assert config["events"] == [] and config["config"]["drop"] == 0
    assert config["config"]["url"] == "http://127.0.0.1:9/"
    assert client.get("/users/me").status_code == 401


def test_unknown_control_and_bad_body(sim):
    answer = requests.post(f"{sim.control}/nothing", timeout=10)
    assert answer.status_code == 404
    answer = requests.post(f"{sim.control}/advance", json=[], timeout=10)
    assert answer.status_code == 400


def test_restart_goes_on(tmp_path, seller, nfe, client_of):
    state = str(tmp_path / "market.sqlite")
    with MercadoLivreSimulator(state, seller=seller) as sim:
        client = client_of(sim)
        ids = sim.generate(8, 1, cancel_plan={})
        rows = {row["order_id"]: row for row in sim.orders()}
        shipment_id = rows[ids[0]]["shipment_id"]
        client.send_nfe(shipment_id, nfe(sim, shipment_id))
        sim.cancel(ids[1])
        client.ctl("clock", set="2030-06-01T00:00:00+00:00")
        token = sim.token()
        before, secret = sim.orders(), sim.client_secret
    with MercadoLivreSimulator(state, seller=seller) as sim:
        assert sim.orders() == before
        assert sim.client_secret == secret
        assert sim.clock.now() >= datetime.fromisoformat("2030-06-01T00:00:00+00:00")
        assert sim.clock.now().year == 2030
        headers = {"Authorization": "Bearer " + token["access_token"]}
        answer = requests.get(sim.url + "/users/me", headers=headers, timeout=10)
        assert answer.status_code == 200
        client = client_of(sim)
        assert client.labels(shipment_id).status_code == 200
        assert sim.generate(8, 1, cancel_plan={}) == ids and len(sim.orders()) == 8


def test_given_credentials(clock):
    app = Credentials("7000000000000001", "secret")
    with MercadoLivreSimulator(clock=clock, credentials=app) as sim:
        assert sim.client_id == "7000000000000001"


def launch(*arguments):
    command = [sys.executable, "-m", "simulators.mercadolivre", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    return process, json.loads(process.stdout.readline())


def test_command_line():
    callback = ("--callback", "http://127.0.0.1:9/hook")
    cnpj = ("--seller-cnpj", "98765432000198")
    process, ready = launch(*cnpj, "--accept-homologation", *callback)
    try:
        names = "url control pid client_id client_secret seller_id"
        assert set(ready) == set(names.split())
        assert ready["pid"] == process.pid
        health = requests.get(ready["control"] + "/health", timeout=10).json()
        assert health["accept_homologation"] is True
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert rest == ""


def test_restart_after_a_crash(tmp_path):
    process, ready = launch("--state", tmp_path / "market.sqlite")
    body = {"n": 12, "seed": 4}
    requests.post(ready["control"] + "/generate", json=body, timeout=10)
    process.kill()
    process.communicate(timeout=20)
    process, again = launch("--state", tmp_path / "market.sqlite")
    try:
        assert again["client_secret"] == ready["client_secret"]
        rows = requests.get(again["control"] + "/orders", timeout=10).json()["orders"]
        assert len(rows) == 12
    finally:
        process.kill()
        process.communicate(timeout=20)
