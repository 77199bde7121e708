"""What the simulated API refuses, and what it does later."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from simulators.common.clock import Clock
from simulators.magalu import MagaluSimulator
from simulators.magalu.const import SALES_CHANNEL
from tests.simulators.magalu.fresh import NOW

NOTE = {
    "key": "3" * 44,
    "xml": "PD94bWw/Pg==",
    "amount": 100,
    "issued_at": "2026-11-20T18:30:00Z",
    "channel": {"id": SALES_CHANNEL},
}


def refused(answer, status, code=None):
    assert answer.status_code == status, answer.text
    assert code in (None, answer.json()["error"])


@pytest.fixture
def delivery(sim):
    return sim.place()["delivery_ids"][0]


def invoices(ref):
    return f"/seller/v1/deliveries/{ref}/invoices"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"X-Tenant-Id": None}, 400),
        ({"X-Tenant-Id": "another"}, 403),
    ],
)
def test_no_call_without_token_and_tenant(call, headers, status):
    refused(call("GET", "/seller/v1/orders", headers=headers), status)


def test_token_lives_two_hours(sim, call, tokens):
    assert tokens["expires_in"] == 7200
    sim.clock.advance(timedelta(seconds=7201))
    refused(call("GET", "/seller/v1/orders"), 401)


@pytest.mark.parametrize(
    "query",
    ["limit=5", "_limit=101", "_limit=x", "_sort=updated_at:asc", "updated_at__gte=1"],
)
def test_strange_parameters(call, query):
    refused(call("GET", f"/seller/v1/orders?{query}"), 400)


def test_unknown_path_and_method(call):
    refused(call("GET", "/seller/v1/items"), 404, "resource_not_found")
    refused(call("DELETE", "/seller/v1/orders"), 405)


def test_limit_of_calls_names_the_seconds(sim, call):
    sim.fault("rate_limited", "/seller")
    answer = call("GET", "/seller/v1/orders")
    refused(answer, 429)
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": "100"}, 400),
        ({"amount": 1.5}, 400),
        ({"issued_at": "yesterday"}, 400),
        ({"key": "123"}, 400),
        ({"extra": 1}, 400),
        ({"channel": {"id": "netshoes"}}, 422),
    ],
)
def test_body_of_a_note(call, delivery, change, status):
    refused(call("POST", invoices(delivery), json={**NOTE, **change}), status)


def test_note_is_json(call, delivery):
    refused(call("POST", invoices(delivery), data=b"<nfeProc/>"), 400)


def test_unreadable_note_fails_in_its_trace(sim, call, delivery):
    answer = call("POST", invoices(delivery), json=NOTE)
    assert answer.status_code == 202
    path = f"/v0/traces/{answer.json()['trace_id']}"
    assert call("GET", path).json()["status"] == "pending"
    sim.clock.advance(timedelta(seconds=2))
    trace = call("GET", path).json()
    assert (trace["status"], trace["severity"]) == ("failed", "error")
    assert trace["code"] == "invoice_xml_invalid"
    assert sim.orders()[0]["fiscal_key"] is None


def test_second_note_while_the_first_is_checked(call, delivery):
    assert call("POST", invoices(delivery), json=NOTE).status_code == 202
    again = call("POST", invoices(delivery), json={**NOTE, "key": "4" * 44})
    refused(again, 409, "invoice_already_exists")


def test_only_a_refused_note_is_replaced(call, delivery):
    body = {name: value for name, value in NOTE.items() if name != "key"}
    refused(call("PUT", f"{invoices(delivery)}/{NOTE['key']}", json=body), 404)


def test_note_for_an_unpaid_order(sim, call):
    ref = sim.place(paid=False)["delivery_ids"][0]
    refused(call("POST", invoices(ref), json=NOTE), 422, "delivery_not_invoiceable")


def test_unchanged_order(sim, call):
    code = sim.place()["order_id"]
    order = call("GET", f"/seller/v1/orders/{code}").json()
    path = f"/seller/v1/orders/{code}?updated_at__ge={order['updated_at']}"
    answer = call("GET", path)
    assert (answer.status_code, answer.content) == (304, b"")
    sim.clock.advance(timedelta(seconds=1))
    sim.advance(code, "touch")
    assert call("GET", path).json()["code"] == code


def test_two_deliveries_add_up(sim, call):
    lines = [{"price": "10.00", "quantity": 3}, {"price": "7.77", "delivery": 1}]
    made = sim.place(lines=lines, freight="9.99", discount="1.00", interest="0.50")
    order = call("GET", f"/seller/v1/orders/{made['order_id']}").json()
    assert order["amounts"]["total"] == 3000 + 777 + 999 - 100 + 50
    parts = [entry["amounts"]["total"] for entry in order["deliveries"]]
    assert sum(parts) + 50 == order["amounts"]["total"]


def test_one_delivery_of_two_is_cancelled(sim, control):
    lines = [{"price": "10.00"}, {"price": "7.77", "delivery": 1}]
    made = sim.place(lines=lines)
    body = {
        "order_id": made["order_id"],
        "event": "cancel",
        "delivery_id": made["delivery_ids"][0],
    }
    assert control("advance", body).status_code == 200
    (row,) = sim.orders()
    assert (row["status"], bool(row["cancelled_at"])) == ("approved", True)


def test_shipping_what_was_cancelled_is_an_incident(sim, control):
    code = sim.place()["order_id"]
    sim.advance(code, "cancel")
    answer = control("advance", {"order_id": code, "event": "ship"})
    assert answer.status_code == 409
    incidents = control("counters").json()["incidents"]
    assert [entry["kind"] for entry in incidents] == ["shipped_cancelled"]


def test_label_lives_for_minutes_and_takes_no_token(sim, call, delivery):
    body = {
        "channel": {"id": SALES_CHANNEL},
        "deliveries": [{"id": delivery}],
        "label": {"format": "pdf", "type": "shipping"},
    }
    path = "/seller/v1/logistics/shipping-labels"
    refused(call("POST", path, json=body), 422)
    found = sim.engine.lifecycle.delivery(delivery)
    found.status = "invoiced"
    sim.engine.store.put("delivery", found.id, found, parent=found.order_code)
    address = call("POST", path, json=body).json()["label"]["signed_url"]
    assert requests.get(address, timeout=5).content.startswith(b"%PDF")
    headers = {"Authorization": "Bearer x"}
    assert requests.get(address, headers=headers, timeout=5).status_code == 400
    sim.clock.advance(timedelta(minutes=16))
    assert b"<html>" in requests.get(address, timeout=5).content


def test_history_has_all_but_the_lost(sim, call):
    sim.notifications(drop=2)
    dropped = sim.place()["order_id"]
    sim.notifications(lose=2)
    lost = sim.place()["order_id"]
    rows = call("GET", "/v0/queues/history?type=orders_order").json()["results"]
    ids = [row["data"]["params"]["id"] for row in rows]
    assert dropped in ids
    assert lost not in ids
    assert {row["tenant_id"] for row in rows} == {sim.seller.tenant}


def test_settings(control, sim):
    changed = {"trace_seconds": 5, "validation_seconds": 6, "invalidate": 1}
    assert control("settings", changed).json()["trace_seconds"] == 5
    assert control("settings", {"nonsense": 1}).status_code == 400
    assert control("order", {"nonsense": 1}).status_code == 400
    assert control("health").json()["tenant"] == sim.seller.tenant


def test_state_survives_a_restart(tmp_path):
    state = str(tmp_path / "magalu.sqlite")
    with MagaluSimulator(state, clock=Clock(NOW)) as first:
        code, secret = first.place()["order_id"], first.client_secret
    with MagaluSimulator(state, clock=Clock(NOW)) as second:
        assert second.client_secret == secret
        assert [row["order_id"] for row in second.orders()] == [code]
        assert second.place()["order_id"] != code


def test_reset_keeps_what_is_offered(sim, control):
    sim.place()
    control("reset", {"all": True})
    assert sim.orders() == []
    assert sim.place(lines=[{"seller_sku": "CAD-ALT-01"}])["order_id"]
