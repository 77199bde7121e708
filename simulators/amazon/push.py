"""ORDER_CHANGE as somebody who relays the seller's event bus would post it.

Amazon itself posts nothing: it hands events to SQS or EventBridge.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import requests

from simulators.common.channel.records import Notification

from .payloads import iso


class Relay:
    """Posts the event of an event bus, unsigned."""

    waits = (timedelta(minutes=1), timedelta(minutes=5))
    defaults: dict[str, object] = {}

    def __init__(self, seller_id: str) -> None:
        self._seller_id = seller_id

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """EventBridge's envelope around the notification."""
        event = {
            "version": "0",
            "id": note.uid,
            "detail-type": note.topic,
            "source": "aws.partner/sellingpartnerapi.amazon.com",
            "time": iso(note.received),
            "detail": self.notification(note),
        }
        return json.dumps(event).encode(), {"Content-Type": "application/json"}

    def accepted(self, answer: requests.Response) -> bool:
        """Any success."""
        return answer.ok

    def notification(self, note: Notification) -> dict[str, Any]:
        """The notification as it lies in a queue."""
        change = {
            "NotificationLevel": "OrderLevel",
            "SellerId": self._seller_id,
            "AmazonOrderId": note.resource,
            "OrderChangeType": note.data.get("change", "OrderStatusChange"),
            "OrderChangeTrigger": {"TimeOfOrderChange": iso(note.received)},
            "Summary": {"OrderStatus": note.data.get("status", "")},
        }
        return {
            "NotificationVersion": "1.0",
            "NotificationType": note.topic,
            "PayloadVersion": "1.0",
            "EventTime": iso(note.received),
            "Payload": {"OrderChangeNotification": change},
            "NotificationMetadata": {"NotificationId": note.uid},
        }
