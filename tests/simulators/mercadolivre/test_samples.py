"""Every answer has the keys and types of the real API's sample."""

from __future__ import annotations

import pytest

NEW = {"x-format-new": "true"}


@pytest.fixture
def placed(sim):
    return sim.order(
        lines=[{"seller_sku": "CAD-ALT-01"}],
        seller_discount="10.00",
        freight="19.90",
        payment="credit_card",
        installments=3,
    )


def test_token(sim, like_sample):
    like_sample(sim.token(), "oauth_token.response")


def test_order(client, placed, like_sample):
    like_sample(client.order(placed.id), "order.get.paid_credit_card_discount")


def test_cancelled_order(sim, client, placed, like_sample):
    sim.cancel(placed.id)
    answer = client.order(placed.id)
    like_sample(answer, "order.get.cancelled_by_buyer")
    assert answer["date_closed"] is None
    assert answer["payments"][0]["status"] == "refunded"


def test_search(client, placed, like_sample):
    like_sample(client.search().json(), "orders.search.response")


def test_billing_info(sim, client, placed, like_sample):
    path = f"/orders/billing-info/MLB/{placed.billing_id}"
    like_sample(client.get(path).json(), "billing_info.cpf")
    firm = sim.order(
        buyer={"cnpj": "55666777000181", "state_registration": "908070605040"}
    )
    path = f"/orders/billing-info/MLB/{firm.billing_id}"
    like_sample(client.get(path).json(), "billing_info.cnpj")


def test_hosted_shipments(client, placed, like_sample):
    headers = {"X-New-Domain": "true"}
    answer = client.get(f"/orders/{placed.id}/shipments", headers=headers)
    like_sample(answer.json(), "order.shipments.hosted")


@pytest.mark.parametrize("sub", ["orders", "items", "sla", "costs", "payments"])
def test_shipment_parts(client, placed, like_sample, sub):
    answer = client.get(f"/shipments/{placed.shipment_id}/{sub}")
    assert answer.status_code == 200
    like_sample(answer.json(), f"shipment.{sub}")


def test_shipment_waiting_for_the_nfe(client, placed, like_sample):
    like_sample(
        client.shipment(placed.shipment_id),
        "shipment.get.new_format.ready_to_ship_invoice_pending",
    )


def test_shipment_buffered_and_masked(sim, client, like_sample):
    held = sim.order(buffered_seconds=3600)
    answer = client.shipment(held.shipment_id)
    like_sample(answer, "shipment.get.new_format.pending_buffered_masked")
    assert answer["destination"]["shipping_address"]["zip_code"] == "XXXXXXX"


def test_shipment_printable(sim, client, placed, nfe, like_sample):
    answer = client.send_nfe(placed.shipment_id, nfe(sim, placed.shipment_id))
    like_sample(answer.json(), "shipment_invoice_data.get.approved")
    like_sample(
        client.shipment(placed.shipment_id),
        "shipment.get.new_format.ready_to_print",
    )


def test_pack(sim, client, like_sample):
    ids = sim.generate(6, 3, packs=1, cancel_plan={})
    pack = next(filter(None, (client.order(i)["pack_id"] for i in ids)))
    like_sample(client.get(f"/packs/{pack}").json(), "pack.get")


def test_errors(sim, client, placed, like_sample):
    body = {"grant_type": "refresh_token", "refresh_token": "TG-x"}
    body |= {"client_id": sim.client_id, "client_secret": sim.client_secret}
    answer = client.post("/oauth/token", data=body)
    assert answer.status_code == 400
    like_sample(answer.json(), "oauth_token.error_invalid_grant")
    sim.fault("rate_limited", "/orders")
    answer = client.get(f"/orders/{placed.id}")
    assert answer.status_code == 429
    like_sample(answer.json(), "error.429_local_rate_limited")
    answer = client.send_nfe(placed.shipment_id, "<x/>")
    like_sample(answer.json(), "shipment_invoice_data.error.example")
    answer = client.labels(placed.shipment_id)
    like_sample(answer.json(), "shipment_labels.400_failed_shipments")


def test_notifications(sim, callback, until, like_sample):
    sim.notifications(url=callback.url)
    sim.order()
    until(lambda: len(callback.received) == 3)
    for entry in callback.received:
        like_sample(entry, f"notification.{entry['topic']}")


def test_missed_feeds(sim, client, callback, like_sample):
    sim.notifications(url=callback.url, drop=3)
    sim.order()
    answer = client.get("/missed_feeds", params={"app_id": sim.client_id}).json()
    assert len(answer["messages"]) == 3
    like_sample(answer, "missed_feeds.response")
