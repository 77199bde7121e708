"""Buyers who change their mind, planned by seed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest


def planned(sim, kind):
    return [row for row in sim.orders() if row["plan"] == kind]


@pytest.mark.parametrize(("n", "each"), [(4, 0), (5, 1), (40, 1), (100, 2), (300, 6)])
def test_default_plan_scales(sim, n, each):
    sim.generate(n, 9, notify=False)
    plans = Counter(row["plan"] for row in sim.orders() if row["plan"])
    kinds = ("before_invoice", "after_invoice", "after_label")
    assert plans == {kind: each for kind in kinds if each}


def test_before_invoice_happens_after_the_first_read(sim, client):
    sim.generate(10, 9, cancel_plan={"before_invoice": 2})
    for row in planned(sim, "before_invoice"):
        assert client.order(row["order_id"])["status"] == "paid"
        order = client.order(row["order_id"])
        assert order["status"] == "cancelled"
        assert order["cancel_detail"]["group"] == "buyer"
        assert client.state(row["shipment_id"])[0] == "cancelled"


def test_before_invoice_may_wait(sim, client, clock):
    sim.generate(10, 9, cancel_plan={"before_invoice": 1}, cancel_delay_seconds=300)
    (row,) = planned(sim, "before_invoice")
    client.order(row["order_id"])
    assert client.order(row["order_id"])["status"] == "paid"
    clock.advance(timedelta(seconds=301))
    assert client.order(row["order_id"])["status"] == "cancelled"


def test_before_invoice_beats_the_nfe(sim, client, nfe):
    sim.generate(10, 9, cancel_plan={"before_invoice": 1}, cancel_delay_seconds=300)
    (row,) = planned(sim, "before_invoice")
    client.order(row["order_id"])
    answer = client.send_nfe(row["shipment_id"], nfe(sim, row["shipment_id"]))
    assert answer.json()["error_code"] == "invalid_shipment"
    (row,) = planned(sim, "before_invoice")
    assert row["cancelled_at"] and not row["invoice_accepted"]


def test_after_invoice(sim, client, nfe):
    sim.generate(10, 9, cancel_plan={"after_invoice": 1})
    (row,) = planned(sim, "after_invoice")
    client.order(row["order_id"])
    answer = client.send_nfe(row["shipment_id"], nfe(sim, row["shipment_id"]))
    assert answer.status_code == 201
    assert client.order(row["order_id"])["status"] == "cancelled"
    assert client.labels(row["shipment_id"]).status_code == 400
    (row,) = planned(sim, "after_invoice")
    assert row["invoice_accepted"] and row["cancelled_at"]
    assert not row["label_fetched"]


def test_after_label(sim, client, nfe):
    sim.generate(10, 9, cancel_plan={"after_label": 1})
    (row,) = planned(sim, "after_label")
    client.send_nfe(row["shipment_id"], nfe(sim, row["shipment_id"]))
    assert client.labels(row["shipment_id"]).status_code == 200
    assert client.order(row["order_id"])["status"] == "cancelled"
    assert client.ctl("ship", shipment_ids=[row["shipment_id"]]).status_code == 409
    (row,) = planned(sim, "after_label")
    assert row["label_fetched"] and not row["shipped"]


def test_some_early_cancellations_are_never_announced(sim, client, callback, until):
    sim.notifications(url=callback.url)
    sim.generate(10, 9, cancel_plan={"before_invoice": 2}, notify=False)
    rows = planned(sim, "before_invoice")
    assert sorted(row["silent"] for row in rows) == [False, True]
    for row in rows:
        client.order(row["order_id"])
    until(lambda: len(callback.received) == 3)
    loud = next(row for row in rows if not row["silent"])
    told = {entry["resource"] for entry in callback.received}
    assert told == {
        f"/orders/{loud['order_id']}",
        f"/shipments/{loud['shipment_id']}",
        f"/collections/{loud['payment_id']}",
    }
    params = {"app_id": sim.client_id}
    assert client.get("/missed_feeds", params=params).json() == {"messages": []}


def test_cancel_by_hand(sim, client):
    placed = sim.order()
    cancel = {"event": "cancel", "order_id": placed.id}
    assert client.ctl("advance", **cancel, group="x").status_code == 400
    assert client.ctl("advance", **cancel, group="fraud").status_code == 200
    assert client.order(placed.id)["cancel_detail"]["requested_by"] == "meli"
    assert client.ctl("advance", **cancel).status_code == 409
    assert client.ctl("advance", event="cancel", order_id=1).status_code == 404


def test_fraud_tag(sim, client):
    placed = sim.order()
    client.ctl("advance", event="fraud", order_id=placed.id)
    assert "fraud_risk_detected" in client.order(placed.id)["tags"]


def test_unpaid_order_is_cancelled_without_refund(sim, client):
    placed = sim.order(paid=False)
    sim.cancel(placed.id)
    payment = client.order(placed.id)["payments"][0]
    assert payment["status"] == "cancelled"
    assert payment["transaction_amount_refunded"] == 0


@pytest.mark.parametrize("plan", [{"sometimes": 1}, {"after_label": 11}])
def test_impossible_plans(sim, plan):
    with pytest.raises(ValueError):
        sim.generate(10, 1, cancel_plan=plan)
