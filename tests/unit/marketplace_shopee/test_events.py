"""Push messages: who sent them, how old they are, what they name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    EventAuth,
    RawRequest,
)
from odoo.addons.marketplace_shopee.domain import events
from odoo.addons.marketplace_shopee.domain.signing import push_signature

KEY = "partner-key"
URL = "https://erp.example/marketplace/shopee/k3y"
SENT = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
ENVELOPE = {
    "data": {"ordersn": "261120TESTE001", "status": "PROCESSED"},
    "shop_id": 727720655,
    "code": 3,
    "timestamp": int(SENT.timestamp()),
}


def request(body=None, *, url=URL, sign=None, at=SENT, signed_for=URL):
    raw = json.dumps(ENVELOPE).encode() if body is None else body
    headers = {"authorization": sign or push_signature(KEY, signed_for, raw)}
    return RawRequest("POST", url, headers, raw, at)


def test_genuine():
    assert events.check(request(), KEY, URL) == EventAuth.VALID


def test_address_is_the_registered_one_not_the_one_of_the_request():
    behind = request(url="http://127.0.0.1:8069/marketplace/shopee/k3y")
    assert events.check(behind, KEY, URL) == EventAuth.VALID
    assert events.check(behind, KEY, "") == EventAuth.INVALID


@pytest.mark.parametrize(
    "forged",
    [
        request(sign="0" * 64),
        request(sign=" "),
        request(signed_for=f"{URL}/"),
        request(b"{}"),
        request(b"[]"),
        request(b'{"code":3,"timestamp":"soon"}'),
    ],
)
def test_forged(forged):
    assert events.check(forged, KEY, URL) == EventAuth.INVALID


def test_bytes_count_not_their_meaning():
    """Serialised anew the message is another one."""
    sign = push_signature(KEY, URL, json.dumps(ENVELOPE).encode())
    again = json.dumps(ENVELOPE, separators=(",", ":")).encode()
    assert events.check(request(again, sign=sign), KEY, URL) == EventAuth.INVALID


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (timedelta(hours=3, minutes=40), EventAuth.VALID),
        (timedelta(hours=4, minutes=1), EventAuth.INVALID),
        (timedelta(minutes=-6), EventAuth.INVALID),
    ],
)
def test_replay_of_an_old_message_is_refused(age, verdict):
    assert events.check(request(at=SENT + age), KEY, URL) == verdict


def test_account_without_a_key_believes_nobody():
    assert events.check(request(sign=push_signature("", URL, b"")), "", URL) == (
        EventAuth.INVALID
    )


@pytest.mark.parametrize(
    ("code", "data", "kind", "ref"),
    [
        (3, {"ordersn": "A1"}, "order", "A1"),
        (4, {"ordersn": "A1", "package_number": "OFG1"}, "order", "A1"),
        (15, {"ordersn": "A1", "status": "READY"}, "order", "A1"),
        (30, {"ordersn": "A1"}, "order", "A1"),
        (47, {"order_sn": "A1"}, "order", "A1"),
        (29, {"return_sn": "R1", "order_sn": "A1"}, "return", "R1"),
        (12, {"shop_expire_soon": [1]}, "other", "push_12"),
        (10, {"type": "message"}, "other", "push_10"),
        (3, {}, "other", "push_3"),
        (99, {"ordersn": "A1"}, "other", "push_99"),
        ("3", {"ordersn": "A1"}, "other", "push_3"),
    ],
)
def test_names(code, data, kind, ref):
    event = events.event({**ENVELOPE, "code": code, "data": data})
    assert (event.kind, event.external_id) == (kind, ref)
    assert event.account_ref == "727720655"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"shop_id":1}'])
def test_garbage_is_drift(body):
    with pytest.raises(ContractDrift):
        events.parse(body)


@pytest.mark.parametrize("data", [ENVELOPE, json.dumps(ENVELOPE)])
def test_lost_message_is_the_one_that_was_pushed(data):
    """In the lost queue it comes as an object or as a text, in any order."""
    pushed = events.parse(json.dumps(ENVELOPE, indent=1).encode())
    lost = events.lost({"shop_id": 727720655, "code": 3, "data": data})
    assert lost == pushed
