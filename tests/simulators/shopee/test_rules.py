"""The simulator is as strict as the platform: what it refuses, and how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from simulators.common.clock import Clock
from simulators.shopee import Shop, ShopeeSimulator
from tests.simulators.contract_bench import NOW, SELLER_CNPJ, note

DETAIL = "/api/v2/order/get_order_detail"
LIST = "/api/v2/order/get_order_list"
SHIP = "/api/v2/logistics/ship_order"
UPLOAD = "/api/v2/order/upload_invoice_doc"


class Client:
    """Signs calls by itself, so that a shared mistake is seen."""

    def __init__(self, sim: ShopeeSimulator) -> None:
        self.sim = sim
        self.session = requests.Session()
        self.session.trust_env = False
        with sim.engine.store.transaction():
            code = sim.engine.oauth.authorize()
            body = {"code": code, "shop_id": sim.shop.shop_id}
            partner = int(sim.client_id)
            pair = sim.engine.oauth.exchange({**body, "partner_id": partner})
        self.token = pair["access_token"]

    def signed(self, path: str, **changes: str) -> dict[str, str]:
        shop = str(self.sim.shop.shop_id)
        stamp = str(int(self.sim.clock.now().timestamp()))
        values = {"partner_id": self.sim.client_id, "timestamp": stamp}
        values |= {"access_token": self.token, "shop_id": shop, **changes}
        base = values["partner_id"] + path + values["timestamp"]
        base += values["access_token"] + values["shop_id"]
        return {"sign": self.sim.engine.oauth.sign(base.encode()), **values}

    def get(self, path: str, /, **params: Any) -> dict[str, Any]:
        query = {**params, **self.signed(path)}
        return self.session.get(self.sim.url + path, params=query, timeout=5).json()

    def post(self, path: str, /, **options: Any) -> dict[str, Any]:
        url = self.sim.url + path
        query = self.signed(path)
        return self.session.post(url, params=query, timeout=5, **options).json()

    def detail(self, order_sn: str, fields: str = "") -> dict[str, Any]:
        params = {"order_sn_list": order_sn}
        if fields:
            params["response_optional_fields"] = fields
        (row,) = self.get(DETAIL, **params)["response"]["order_list"]
        return row

    def upload(self, order_sn: str, xml: bytes, **form: str) -> dict[str, Any]:
        data = {"order_sn": order_sn, "file_type": "4", **form}
        return self.post(UPLOAD, data=data, files={"file": ("nfe.xml", xml)})


@pytest.fixture
def sim() -> Iterator[ShopeeSimulator]:
    with ShopeeSimulator(clock=Clock(NOW), shop=Shop(cnpj=SELLER_CNPJ)) as simulator:
        yield simulator


@pytest.fixture
def client(sim: ShopeeSimulator) -> Client:
    return Client(sim)


@pytest.fixture
def order_sn(sim: ShopeeSimulator) -> str:
    return str(sim.place()["order_id"])


def xml_of(sim: ShopeeSimulator, minutes: int = 10, **changes: Any) -> bytes:
    at = sim.clock.now().replace(microsecond=0) - timedelta(minutes=minutes)
    values = {"document": "52998224725", "cep": "80020090", "total": 10, "number": 1}
    return note(**{**values, "at": at, **changes}).xml


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sign": "0" * 64}, "error_sign"),
        ({"partner_id": "1"}, "error_auth"),
        ({"shop_id": "1"}, "shop_no_linked"),
        ({"access_token": "x"}, "invalid_acceess_token"),
        ({"timestamp": "1655714431"}, "error_param"),
        ({"timestamp": ""}, "error_param"),
    ],
)
def test_signature(client, sim, order_sn, changes, error):
    query = {"order_sn_list": order_sn, **client.signed(DETAIL, **changes)}
    answer = client.session.get(
        sim.url + DETAIL, params={**query, **changes}, timeout=5
    )
    assert answer.json()["error"] == error


def test_what_nobody_documented_is_refused(client, order_sn):
    assert (
        client.get(DETAIL, order_sn_list=order_sn, extra="1")["error"] == "error_param"
    )
    body = {"order_sn": order_sn, "dropoff": {}, "extra": 1}
    assert client.post(SHIP, json=body)["error"] == "error_param"
    assert client.post(SHIP, data=b"{}")["error"] == "error_param"


def test_list_is_limited(client, sim):
    now = int(sim.clock.now().timestamp())
    params = {"time_range_field": "update_time", "time_to": now, "page_size": 100}
    answer = client.get(LIST, **params, time_from=now - 16 * 86400)
    assert answer["error"] == "order.order_list_invalid_time"
    answer = client.get(LIST, **{**params, "page_size": 101}, time_from=now - 60)
    assert answer["error"] == "error_param"


def test_detail_of_at_most_fifty_and_all_known(client, order_sn):
    many = ",".join(["X"] * 51)
    assert client.get(DETAIL, order_sn_list=many)["error"] == "error_param"
    answer = client.get(DETAIL, order_sn_list=f"{order_sn},UNKNOWN")
    assert answer["error"] == "error_not_found"


def test_what_is_not_asked_for_is_not_told(client, order_sn):
    row = client.detail(order_sn)
    assert "order_status" in row
    assert {"item_list", "package_list", "invoice_data", "pay_time"}.isdisjoint(row)
    assert "item_list" in client.detail(order_sn, "item_list")


def test_invoice_pending_is_a_filter_only(client, sim, order_sn):
    now = int(sim.clock.now().timestamp())
    params = {"time_range_field": "update_time", "page_size": 50}
    params |= {"time_from": now - 3600, "time_to": now + 60}
    answer = client.get(LIST, **params, order_status="INVOICE_PENDING")
    assert [r["order_sn"] for r in answer["response"]["order_list"]] == [order_sn]
    assert client.detail(order_sn)["order_status"] == "READY_TO_SHIP"
    assert client.upload(order_sn, xml_of(sim))["error"] == ""
    answer = client.get(LIST, **params, order_status="INVOICE_PENDING")
    assert answer["response"]["order_list"] == []
    assert client.detail(order_sn)["order_status"] == "READY_TO_SHIP"


def test_pending_is_shown_to_those_who_know_it(client, sim, order_sn):
    sim.advance(order_sn, "fraud")
    assert client.detail(order_sn)["order_status"] == "UNPAID"
    params = {"order_sn_list": order_sn, "request_order_status_pending": "true"}
    (row,) = client.get(DETAIL, **params)["response"]["order_list"]
    assert (row["order_status"], row["pending_terms"]) == (
        "PENDING",
        ["SYSTEM_PENDING"],
    )


def test_buyer_is_hidden_outside_of_his_states(client, sim, order_sn):
    fields = "recipient_address,buyer_cpf_id"
    assert "*" not in client.detail(order_sn, fields)["recipient_address"]["name"]
    sim.advance(order_sn, "cancel")
    row = client.detail(order_sn, fields)
    assert "*" in row["recipient_address"]["name"]
    assert "*" in row["buyer_cpf_id"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minutes": 4}, "Invalid NF-e."),
        ({"cnpj": "98765432000198"}, "Invalid CNPJ"),
        ({"cfop": "5949"}, "CFOP invalid"),
        ({"minutes": -30}, "Invalid issue date"),
    ],
)
def test_nfe_is_checked(client, sim, order_sn, changes, message):
    answer = client.upload(order_sn, xml_of(sim, **changes))
    assert answer["message"].startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"<?xml", b" <?xml", "File Error"),
        (b"</nfeProc>", b"", "Please upload a valid Invoice XML file"),
        (b"<mod>55</mod>", b"<mod>65</mod>", "Invalid NF-e model"),
        (b"<cStat>100</cStat>", b"<cStat>101</cStat>", "Canceled NF-e."),
    ],
)
def test_file_is_read(client, sim, order_sn, old, new, message):
    answer = client.upload(order_sn, xml_of(sim).replace(old, new))
    assert answer["message"].startswith(message)


def test_upload_is_a_form(client, sim, order_sn):
    assert client.upload(order_sn, xml_of(sim), file_type="1")["error"] == "error_param"
    assert client.post(UPLOAD, json={"order_sn": order_sn})["error"] == "error_param"


def test_shipping_needs_the_nfe_and_happens_once(client, sim, order_sn):
    body = {"order_sn": order_sn, "dropoff": {}}
    assert client.post(SHIP, json=body)["error"] == "logistics.lack_of_invoice_data"
    client.upload(order_sn, xml_of(sim))
    assert client.post(SHIP, json={"order_sn": order_sn})["error"] == "error_param"
    assert client.post(SHIP, json=body)["error"] == ""
    assert client.detail(order_sn)["order_status"] == "PROCESSED"
    assert client.post(SHIP, json=body)["error"] == "logistics.error_param"
    (incident,) = sim.engine.store.incidents()
    assert incident["kind"] == "double_arrange"


def test_cancelled_parcel_that_is_shipped_is_an_incident(client, sim, order_sn):
    sim.advance(order_sn, "cancel")
    answer = requests.post(
        f"{sim.control}/advance",
        json={"order_id": order_sn, "event": "ship"},
        timeout=5,
    )
    assert answer.status_code == 409
    (incident,) = sim.engine.store.incidents()
    assert incident["kind"] == "shipped_cancelled"


def test_order_leaves_its_place_when_it_changes(client, sim):
    ids = [str(sim.place()["order_id"]) for _ in range(3)]
    now = int(sim.clock.now().timestamp())
    params = {"time_range_field": "update_time", "page_size": 2}
    params |= {"time_from": now - 3600, "time_to": now + 1}
    first = client.get(LIST, **params)["response"]
    seen = [row["order_sn"] for row in first["order_list"]]
    sim.clock.advance(timedelta(seconds=5))
    sim.advance(seen[0], "fraud")
    second = client.get(LIST, **params, cursor=first["next_cursor"])["response"]
    seen += [row["order_sn"] for row in second["order_list"]]
    assert set(seen) < set(ids), "the third one slipped"


@pytest.mark.parametrize(
    ("status", "content", "good"),
    [(200, b"", True), (204, b"", True), (200, b"ok", False), (500, b"", False)],
)
def test_push_wants_an_empty_body(sim, status, content, good):
    answer = requests.Response()
    answer.status_code, answer._content = status, content
    assert sim.engine.push.accepted(answer) is good


def test_lost_messages_are_kept_for_three_days(client, sim):
    sim.notifications(drop=1)
    sim.place()
    path = "/api/v2/push/get_lost_push_message"

    def lost() -> list[Any]:
        stamp = str(int(sim.clock.now().timestamp()))
        base = f"{sim.client_id}{path}{stamp}".encode()
        query = {"partner_id": sim.client_id, "timestamp": stamp}
        query["sign"] = sim.engine.oauth.sign(base)
        answer = client.session.get(sim.url + path, params=query, timeout=5).json()
        return answer["response"]["push_message_list"]

    assert len(lost()) == 1
    sim.clock.advance(timedelta(days=3, minutes=1))
    assert lost() == []


def test_state_survives_a_restart(tmp_path):
    state = str(tmp_path / "shop.sqlite")
    clock = Clock(datetime.fromisoformat("2026-11-20T18:30:00+00:00"))
    with ShopeeSimulator(state, clock=clock) as first:
        order_sn = first.place()["order_id"]
        key = first.client_secret
    with ShopeeSimulator(state, clock=clock) as second:
        assert [row["order_id"] for row in second.orders()] == [order_sn]
        assert second.client_secret == key
