"""Notifications, in the envelopes in which they may be relayed."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone

import pytest

from odoo.addons.marketplace_amazon.domain import events
from odoo.addons.marketplace_connector.domain.contract import ContractDrift, EventAuth

SELLER = "A3SIMULADOVENDE"
CHANGE = {
    "NotificationVersion": "1.0",
    "NotificationType": "ORDER_CHANGE",
    "EventTime": "2026-11-20T18:00:00.123Z",
    "Payload": {
        "OrderChangeNotification": {
            "SellerId": SELLER,
            "AmazonOrderId": "701-1111111-2222222",
            "OrderChangeType": "BuyerRequestedChange",
            "Summary": {"OrderStatus": "Unshipped"},
        }
    },
    "NotificationMetadata": {"NotificationId": "d0e9e693"},
}


def text(value):
    return json.dumps(value)


@pytest.mark.parametrize(
    "body",
    [
        CHANGE,
        {"detail-type": "ORDER_CHANGE", "detail": CHANGE},
        {"Messages": [{"MessageId": "1", "Body": text(CHANGE)}]},
        {"Records": [{"messageId": "1", "body": text(CHANGE)}]},
        {"Type": "Notification", "Message": text(CHANGE)},
    ],
)
def test_envelopes(body):
    (event,) = events.parse(text(body).encode())
    assert (event.kind, event.external_id) == ("order", "701-1111111-2222222")
    assert (event.account_ref, event.dedupe_key) == (SELLER, "d0e9e693")
    assert event.hint == {"change": "BuyerRequestedChange"}
    assert event.occurred_at == datetime(
        2026, 11, 20, 18, 0, 0, 123000, tzinfo=timezone.utc
    )
    assert events.check(text(body).encode(), SELLER) == EventAuth.UNSIGNED


def test_delivered_twice_is_one_event():
    body = text({"Messages": [{"Body": text(CHANGE)}, {"Body": text(CHANGE)}]})
    first, second = events.parse(body.encode())
    assert first.dedupe_key == second.dedupe_key


def test_without_an_id_the_content_tells_twins_apart():
    bare = copy.deepcopy(CHANGE)
    del bare["NotificationMetadata"]
    (first,) = events.parse(text(bare).encode())
    (again,) = events.parse(text(bare).encode())
    bare["EventTime"] = "2026-11-20T19:00:00Z"
    (other,) = events.parse(text(bare).encode())
    assert first.dedupe_key == again.dedupe_key != other.dedupe_key


def test_other_account_is_forged():
    body = text(CHANGE).encode()
    assert events.check(body, "A0OTHER") == EventAuth.INVALID
    assert events.check(body, "") == EventAuth.INVALID


def test_shipment_of_amazons_logistics():
    body = {
        "notificationType": "EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE",
        "payload": {"merchantId": SELLER, "shipmentId": "D1", "shipmentStatus": "X"},
        "notificationMetadata": {"notificationId": "n1"},
    }
    (event,) = events.parse(text(body).encode())
    assert (event.kind, event.external_id) == ("parcel", "D1")
    assert event.account_ref == SELLER


def test_unknown_type_is_kept_and_ignored():
    body = {"NotificationType": "FEE_PROMOTION", "Payload": {"SellerId": SELLER}}
    (event,) = events.parse(text(body).encode())
    assert (event.kind, event.external_id) == ("other", "FEE_PROMOTION")


def test_order_change_without_an_order_is_not_followed():
    body = {"NotificationType": "ORDER_CHANGE", "EventTime": "yesterday"}
    (event,) = events.parse(text(body).encode())
    assert (event.kind, event.occurred_at) == ("other", None)


def test_box_in_a_box_in_a_box_is_refused():
    body = CHANGE
    for _ in range(20):
        body = {"detail": body}
    with pytest.raises(ContractDrift):
        events.parse(text(body).encode())


def test_relayed_event_of_the_simulator(adapter, sim, place):
    place()
    note = sim.engine.store.notifications()[-1]
    body, _headers = sim.engine.push.request(note, "")
    assert events.parse(body)[0].dedupe_key == note.uid
