"""Notifications: only for our shop, only ids, one key per event; the history."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

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
            "topic": "orders_order",
            "tenant_id": sim.seller.tenant,
            "created_at": "2026-11-20T16:19:20Z",
            "data": {
                "status": "approved",
                "resource": "/seller/v1/orders/LU-1",
                "params": {"id": "LU-1"},
            },
            **changes,
        }
        raw = json.dumps(envelope).encode() if body is None else body
        now = datetime(2026, 11, 20, 18, tzinfo=timezone.utc)
        return RawRequest("POST", "https://erp.example/hook", {}, raw, now)

    return make


def test_ours_is_unsigned(adapter, notify):
    assert adapter.check_event(notify()) == EventAuth.UNSIGNED


def test_account_that_is_not_connected_takes_nothing(build, notify):
    assert build(account_ref="").check_event(notify(tenant_id="")) == EventAuth.INVALID


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("orders_order", "order"),
        ("orders_delivery", "parcel"),
        ("tickets_ticket", "claim"),
        ("something_new", "other"),
    ],
)
def test_topics(adapter, notify, topic, kind):
    (event,) = adapter.parse_events(notify(topic=topic))
    assert (event.kind, event.external_id) == (kind, "LU-1")
    assert event.occurred_at == datetime(2026, 11, 20, 16, 19, 20, tzinfo=timezone.utc)


def test_status_in_it_is_not_believed(adapter, notify):
    (event,) = adapter.parse_events(notify())
    assert "approved" not in json.dumps(event.hint)


def test_without_an_id_it_says_nothing(adapter, notify):
    (event,) = adapter.parse_events(notify(data={"params": {}}))
    assert event.kind == "other"


def key(adapter, request):
    return adapter.parse_events(request)[0].dedupe_key


def test_tries_of_one_event_have_one_key(adapter, notify):
    first = key(adapter, notify())
    assert key(adapter, notify(attempt=2)) == first
    assert key(adapter, notify(created_at="2026-11-20T16:19:21Z")) != first
    assert key(adapter, notify(id="abc")) == "abc"


@pytest.mark.parametrize("data", ["text", {"params": "LU-1"}, {"params": ["LU-1"]}])
def test_broken_envelope(adapter, notify, data):
    with pytest.raises(ContractDrift):
        adapter.parse_events(notify(data=data))


def walk(adapter, cursor):
    """As the connector does: until a page is empty or the cursor stands still."""
    ids = []
    for _ in range(99):
        page = adapter.missed_events(cursor)
        ids += [event.external_id for event in page.items]
        if not page.items or page.next == cursor:
            return ids, page.next
        cursor = page.next
    raise AssertionError("the walk has no end")


def test_history_of_several_pages_is_read_once_and_to_its_end(adapter, sim):
    codes = {sim.place()["order_id"] for _ in range(60)}
    ids, cursor = walk(adapter, Cursor(low=sim.clock.now() - timedelta(days=1)))
    assert set(ids) >= codes
    sim.clock.advance(timedelta(hours=2))
    new = sim.place()["order_id"]
    again, _cursor = walk(adapter, cursor)
    assert new in again
    assert not codes & set(again)


def test_empty_history(adapter):
    page = adapter.missed_events(Cursor())
    assert (page.items, page.next) == ((), Cursor())


def test_event_that_nobody_was_told_is_in_the_history(adapter, sim):
    sim.notifications(drop=9)
    code = sim.place()["order_id"]
    ids, _cursor = walk(adapter, Cursor())
    assert code in ids
