"""Notifications: only for us, only ids, one key per event."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    ContractDrift,
    Cursor,
    EventAuth,
    RawRequest,
)


@pytest.fixture
def notify(sim):
    def make(body=None, **changes):
        envelope = {
            "_id": "f9f08571-1f65-4c46-9e0a-c0f43faa0001",
            "resource": "/orders/2000011111111111",
            "user_id": sim.seller.user_id,
            "topic": "orders_v2",
            "application_id": int(sim.client_id),
            "attempts": 1,
            "sent": "2026-11-20T16:19:20.129Z",
            "received": "2026-11-20T16:19:20.106Z",
            **changes,
        }
        raw = json.dumps(envelope).encode() if body is None else body
        now = datetime(2026, 11, 20, 18, tzinfo=timezone.utc)
        return RawRequest("POST", "https://erp.example/hook", {}, raw, now)

    return make


def test_ours_is_unsigned(adapter, notify, sim):
    assert adapter.check_event(notify()) == EventAuth.UNSIGNED
    as_text = notify(user_id=str(sim.seller.user_id))
    assert adapter.check_event(as_text) == EventAuth.UNSIGNED


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": 1},
        {"application_id": 1},
        {"user_id": None},
        {"body": b"[1]"},
        {"body": b"<xml/>"},
        {"body": b""},
        {"body": b"\xff\xfe"},
    ],
)
def test_foreign_is_invalid(adapter, notify, changes):
    assert adapter.check_event(notify(**changes)) == EventAuth.INVALID


def test_account_that_is_not_connected_takes_nothing(build, notify):
    adapter = build(account_ref="")
    assert adapter.check_event(notify(user_id="")) == EventAuth.INVALID


def test_answer_is_always_200(adapter):
    for verdict in (EventAuth.UNSIGNED, EventAuth.INVALID):
        ack = adapter.ack(verdict)
        assert (ack.status, ack.body) == (200, b"")


@pytest.mark.parametrize(
    ("topic", "resource", "kind", "external_id"),
    [
        ("orders_v2", "/orders/2195160686", "order", "2195160686"),
        ("shipments", "/shipments/41297142475", "parcel", "41297142475"),
        ("payments", "/collections/21463688923", "payment", "21463688923"),
        ("messages", "3f6da1e35ac84f70", "message", "3f6da1e35ac84f70"),
        ("questions", "/questions/5036111111", "question", "5036111111"),
        ("items", "/items/MLB2608564035", "item", "MLB2608564035"),
        ("post_purchase", "/post-purchase/v1/claims/52567", "claim", "52567"),
        ("invoices", "/users/468424240/invoices/42934", "invoice", "42934"),
        ("stock-location", "/user-products/MLBU1/stock", "stock", "MLBU1"),
        ("fbm_stock_operations", "/stock/fulfillment/operations/9", "stock", "9"),
        ("catalog_item_competition", "/items/MLB1", "other", "/items/MLB1"),
        ("orders_v2", "/shipments/1", "other", "/shipments/1"),
        ("orders_v2", "/orders/../users/1", "other", "/orders/../users/1"),
        ("orders_v2", "/orders/1/feedback", "other", "/orders/1/feedback"),
    ],
)
def test_path_and_topic(adapter, notify, topic, resource, kind, external_id):
    (event,) = adapter.parse_events(notify(topic=topic, resource=resource))
    assert (event.kind, event.external_id) == (kind, external_id)
    assert event.occurred_at == datetime(
        2026, 11, 20, 16, 19, 20, 106000, tzinfo=timezone.utc
    )


def key(adapter, request):
    return adapter.parse_events(request)[0].dedupe_key


def test_tries_of_one_event_have_one_key(adapter, notify):
    first = key(adapter, notify())
    assert key(adapter, notify(attempts=4, sent="2026-11-20T16:40:00.000Z")) == first
    assert key(adapter, notify(_id=None)) == first
    assert key(adapter, notify(received="2026-11-20T16:19:21.000Z")) != first
    assert key(adapter, notify(resource="/orders/1")) != first


def test_event_without_a_date_has_its_id(adapter, notify):
    assert key(adapter, notify(received=None, _id="abc")) == "abc"


def test_broken_envelope(adapter, notify):
    with pytest.raises(ContractDrift):
        adapter.parse_events(notify(body=b'{"resource": 1}'))


def test_missed_events_are_found(adapter, sim):
    sim.notifications(drop=2)
    order = sim.order()
    page = adapter.missed_events(Cursor())
    kinds = {(event.kind, event.external_id) for event in page.items}
    assert kinds == {
        ("order", str(order.id)),
        ("payment", str(order.payment.id)),
    }
    assert {event.account_ref for event in page.items} == {str(sim.seller.user_id)}
    assert page.next is None


def test_missed_events_of_other_sellers_stay_out(build, sim):
    sim.notifications(drop=2)
    sim.order()
    assert build(account_ref="999").missed_events(Cursor()).items == ()


@pytest.mark.parametrize(
    ("topic", "resource", "kind", "external_id"),
    [
        ("questions", "/questions/5036111111", "question", "5036111111"),
        ("messages", "3f6da1e35ac84f70", "message", "3f6da1e35ac84f70"),
        ("post_purchase", "/post-purchase/v1/claims/52", "claim", "52"),
        ("post_purchase", "/post-purchase/v1/claims/52/actions-history", "claim", "52"),
        ("post_purchase", "/post-purchase/v2/claims/52/returns", "claim", "52"),
        ("items", "/items/MLB4510027302", "item", "MLB4510027302"),
        ("stock-locations", "/user-products/MLBU1/stock", "stock", "MLBU1"),
    ],
)
def test_kind_of_every_topic(adapter, notify, topic, resource, kind, external_id):
    (event,) = adapter.parse_events(notify(topic=topic, resource=resource))
    assert (event.kind, event.external_id) == (kind, external_id)
