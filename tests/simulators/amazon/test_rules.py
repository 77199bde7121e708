"""How strict the simulated store is: rules of the API models, broken one by one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from simulators.amazon import AmazonSimulator
from simulators.amazon.payloads import iso
from simulators.common.channel import TransitionRefused
from simulators.common.clock import Clock

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
BR = "A2Q3Y263D00KWC"
ORDERS = "/orders/2026-01-01/orders"
INVOICE = "/delivery/2022-07-01/invoice"


@pytest.fixture
def sim() -> Iterator[AmazonSimulator]:
    with AmazonSimulator(clock=Clock(NOW)) as simulator:
        yield simulator


def login(sim: AmazonSimulator, **form: str) -> requests.Response:
    secrets = {"client_id": sim.client_id, "client_secret": sim.client_secret}
    return requests.post(f"{sim.url}/auth/o2/token", {**secrets, **form}, timeout=5)


@pytest.fixture
def token(sim: AmazonSimulator) -> dict[str, Any]:
    code = sim.engine.authorize({})["spapi_oauth_code"]
    return login(sim, grant_type="authorization_code", code=code).json()


@pytest.fixture
def call(sim: AmazonSimulator, token: dict[str, Any]) -> Callable[..., Any]:
    """One call with the token; keywords as of ``requests``."""

    def one(method: str, path: str, **parts: Any) -> requests.Response:
        headers = {"x-amz-access-token": token["access_token"]}
        return requests.request(
            method, sim.url + path, headers=headers, timeout=5, **parts
        )

    return one


def search(sim: AmazonSimulator, **changes: str) -> dict[str, str]:
    now = sim.clock.now()
    return {
        "lastUpdatedAfter": iso(now - timedelta(hours=1)),
        "lastUpdatedBefore": iso(now - timedelta(minutes=3)),
        "marketplaceIds": BR,
        **changes,
    }


def code_of(answer: requests.Response) -> str:
    return answer.json()["errors"][0]["code"]


def test_token_does_not_rotate(sim, token):
    form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    first, second = login(sim, **form).json(), login(sim, **form).json()
    assert first["refresh_token"] == second["refresh_token"] == token["refresh_token"]
    assert first["access_token"] != second["access_token"]
    assert first["expires_in"] == 3600


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "client_secret": "x"}, "invalid_client"),
    ],
)
def test_login_errors(sim, form, code):
    assert login(sim, **form).json()["error"] == code


def test_code_is_bound_to_its_address_and_lives_five_minutes(sim):
    code = sim.engine.authorize({"redirect_uri": "https://a.example"})
    form = {"grant_type": "authorization_code", "code": code["spapi_oauth_code"]}
    assert login(sim, redirect_uri="https://b.example", **form).status_code == 400
    sim.clock.advance(timedelta(minutes=6))
    assert login(sim, redirect_uri="https://a.example", **form).status_code == 400


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer x"}, {"x-amz-access-token": "x"}]
)
def test_token_belongs_into_amazons_header(sim, headers):
    answer = requests.get(sim.url + ORDERS + "/1", headers=headers, timeout=5)
    assert answer.status_code == 403
    assert code_of(answer) == "Unauthorized"
    assert "ccess token" in answer.json()["errors"][0]["details"]


@pytest.mark.parametrize(
    "changes",
    [
        {"lastUpdatedBefore": "now"},
        {"createdAfter": "2026-11-20T10:00:00Z"},
        {"createdBefore": "2026-11-20T10:00:00Z"},
        {"lastUpdatedAfter": "2026-11-20"},
        {"maxResultsPerPage": "101"},
        {"includedData": "BUYER,GOSSIP"},
        {"fulfillmentStatuses": "Unshipped"},
        {"marketplaceIds": "ATVPDKIKX0DER"},
        {"nextToken": "x"},
        {"paginationToken": "x"},
    ],
)
def test_search_refuses(sim, call, changes):
    changes = {k: iso(NOW) if v == "now" else v for k, v in changes.items()}
    answer = call("GET", ORDERS, params=search(sim, **changes))
    assert (answer.status_code, code_of(answer)) == (400, "InvalidInput")


def test_token_is_bound_to_its_query(sim, call):
    for _ in range(3):
        sim.place()
    params = search(sim, maxResultsPerPage="2")
    first = call("GET", ORDERS, params=params).json()
    params["paginationToken"] = first["pagination"]["nextToken"]
    second = call("GET", ORDERS, params={**params, "maxResultsPerPage": "1"}).json()
    assert len(first["orders"]) == 2
    assert len(second["orders"]) == 1
    assert "pagination" not in second
    other = {**params, "lastUpdatedAfter": iso(NOW - timedelta(hours=2))}
    assert call("GET", ORDERS, params=other).status_code == 400
    sim.clock.advance(timedelta(hours=25))
    assert call("GET", ORDERS, params=params).status_code == 403


def test_what_is_not_asked_for_is_missing(sim, call):
    ref = sim.place()["order_id"]
    bare = call("GET", f"{ORDERS}/{ref}").json()["order"]
    assert not {"buyer", "recipient", "tax", "payment", "fulfillment"} & set(bare)
    params = {"includedData": "TAX,FULFILLMENT_ORDERS"}
    more = call("GET", f"{ORDERS}/{ref}", params=params).json()["order"]
    assert more["tax"]["taxInvoicing"] == {"invoiceStatus": "NOT_FOUND"}
    assert "buyer" not in more


def test_quota_of_the_search(sim, call):
    """Twenty at once, then one in three minutes; nobody tells how long to wait."""
    for _ in range(20):
        answer = call("GET", ORDERS, params=search(sim))
        assert answer.headers["x-amzn-RateLimit-Limit"] == "0.0056"
    answer = call("GET", ORDERS, params=search(sim))
    assert (answer.status_code, code_of(answer)) == (429, "QuotaExceeded")
    assert "Retry-After" not in answer.headers
    sim.clock.advance(timedelta(seconds=179))
    assert call("GET", ORDERS, params=search(sim)).status_code == 200
    assert call("GET", ORDERS, params=search(sim)).status_code == 429


def invoice(sim: AmazonSimulator, xml: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "invoiceContent": base64.b64encode(xml).decode(),
        "contentMD5Value": hashlib.md5(xml, usedforsecurity=False).hexdigest(),
        "invoiceType": "Outbound",
        "programType": "EasyShip",
        "marketplaceId": BR,
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"contentMD5Value": "0" * 32},
        {"invoiceContent": "%%%"},
        {"programType": "SelfShip"},
        {"invoiceType": "Inbound"},
        {"marketplaceId": "X"},
        {"contentMD5Value": ""},
        {},
    ],
)
def test_invoice_refuses(sim, call, changes):
    ref = sim.place()["order_id"]
    body = invoice(sim, b"<nfeProc/>", **changes)
    answer = call("POST", INVOICE, params={"orderId": ref}, json=body)
    assert answer.status_code == 400


def test_invoice_of_nobody(sim, call):
    params = {"orderId": "701-0-0"}
    answer = call("POST", INVOICE, params=params, json=invoice(sim, b"x"))
    assert (answer.status_code, code_of(answer)) == (400, "EntityNotFound")


def test_label_needs_all_steps_before_it(sim, call):
    ref = sim.place()["shipment_id"]
    path = f"/externalFulfillment/2024-09-11/shipments/{ref}"
    body = {"packageIds": ["001"]}
    params = {"operation": "GENERATE", "shippingOptionId": "PICKUP-1"}
    assert (
        call("PUT", path + "/shipLabels", params=params, json=body).status_code == 400
    )
    assert call("POST", path + "/packages", json={"packages": []}).status_code == 400
    lines = {"lineItems": [{"lineItem": {"id": "1"}}]}
    confirm = {"operation": "CONFIRM"}
    assert call("POST", path, params=confirm, json=lines).status_code == 204
    assert call("POST", path, params=confirm, json=lines).status_code == 400


def test_parcel_without_a_label_does_not_travel(sim):
    ref = sim.place()["order_id"]
    with pytest.raises(TransitionRefused):
        sim.advance(ref, "ship")
    sim.advance(ref, "cancel")
    with pytest.raises(TransitionRefused):
        sim.advance(ref, "cancel")


def test_listing_of_another_seller(call):
    answer = call(
        "GET", "/listings/2021-08-01/items/A0/X", params={"marketplaceIds": BR}
    )
    assert (answer.status_code, code_of(answer)) == (403, "Unauthorized")


def test_unknown_path_and_parameter(sim, call):
    assert call("GET", "/orders/v0/orders").status_code == 404
    assert call("DELETE", ORDERS).status_code == 405
    ref = sim.place()["order_id"]
    assert call("GET", f"{ORDERS}/{ref}", params={"x": "1"}).status_code == 400


def test_state_survives_a_restart(tmp_path):
    state = str(tmp_path / "store.sqlite")
    with AmazonSimulator(state) as sim:
        made, app = sim.place(), sim.client_id
    with AmazonSimulator(state) as sim:
        assert sim.client_id == app
        assert sim.orders()[0]["order_id"] == made["order_id"]
        assert sim.place()["order_id"] != made["order_id"]


def test_control_plane(sim):
    url = sim.control
    made = requests.post(f"{url}/order", json={"count": 2, "paid": False}, timeout=5)
    ids = made.json()["order_ids"]
    body = {"order_ids": ids, "event": "pay"}
    assert requests.post(f"{url}/advance", json=body, timeout=5).status_code == 200
    counters = requests.get(f"{url}/counters", timeout=5).json()
    assert counters["orders"] == {"UNSHIPPED": 2}
    refused = requests.post(f"{url}/order", json={"colour": 1}, timeout=5)
    assert refused.status_code == 400
    settings = {"checksum": "base64", "label_format": "ZPL", "limits": False}
    told = requests.post(f"{url}/settings", json=settings, timeout=5).json()
    assert {name: told[name] for name in settings} == settings
    bad = requests.post(f"{url}/settings", json={"checksum": "crc"}, timeout=5)
    assert bad.status_code == 400
    assert requests.post(f"{url}/reset", json={}, timeout=5).status_code == 200
    assert sim.orders() == []
