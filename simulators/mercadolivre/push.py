"""Notifications of Mercado Livre: the envelope, the tries, what is announced.

API page "receba notificações": the envelope carries a path, never the data; the
callback must answer 200 within 500 ms; an event is tried 8 times within an hour and
then only listed in ``/missed_feeds``.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import requests

from simulators.common.channel.events import EventQueue
from simulators.common.channel.records import Notification
from simulators.common.clock import Clock

from .const import NOTIFICATION_RETRY_MINUTES, NOTIFICATION_TIMEOUT_MS
from .payloads_common import utc_date
from .records import Order


class MlPush:
    """Posts unsigned envelopes."""

    waits = tuple(timedelta(minutes=wait) for wait in NOTIFICATION_RETRY_MINUTES)
    defaults: dict[str, object] = {"timeout_ms": NOTIFICATION_TIMEOUT_MS}

    def __init__(self, clock: Clock, user_id: int, application_id: int) -> None:
        self._clock = clock
        self._user_id = user_id
        self._application_id = application_id

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """The envelope; nothing is signed."""
        return json.dumps(self.envelope(note)).encode(), {}

    def accepted(self, answer: requests.Response) -> bool:
        """Nothing but 200 counts."""
        return answer.status_code == 200

    def envelope(self, note: Notification) -> dict[str, Any]:
        """The posted body; ``_id`` is missing in orders_v2 and ``id`` in a message."""
        body: dict[str, Any] = {
            "resource": note.resource,
            "user_id": self._user_id,
            "topic": note.topic,
            "application_id": self._application_id,
            "attempts": note.attempts,
            "sent": utc_date(self._clock.now()),
            "received": utc_date(note.received),
            **note.data,
        }
        if note.topic != "orders_v2":
            body["id" if note.topic == "messages" else "_id"] = note.uid
        return body

    def missed_entry(self, note: Notification, url: str | None) -> dict[str, Any]:
        """One message of ``GET /missed_feeds``."""
        return {
            **self.envelope(note),
            "_id": note.uid,
            "sent": utc_date(note.due),
            "request": {"url": url, "headers": [], "data": None},
            "response": {
                "req_time": note.last_request_ms,
                "http_code": note.last_http_code,
                "headers": [],
                "body": None,
            },
        }


class Announcer:
    """Which topics a change is announced under."""

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue

    def order(self, order: Order, *, silent: bool = False) -> None:
        """Announce a change of an order and of its payment."""
        self._queue.add("orders_v2", f"/orders/{order.id}", silent=silent)
        self._queue.add("payments", f"/collections/{order.payment.id}", silent=silent)

    def shipment(self, shipment_id: int, *, silent: bool = False) -> None:
        """Announce a change of a parcel."""
        self._queue.add("shipments", f"/shipments/{shipment_id}", silent=silent)

    def item(self, item_id: str) -> None:
        """Announce a change of a listing."""
        self._queue.add("items", f"/items/{item_id}")

    def stock(self, user_product_id: str) -> None:
        """Announce a change of a user product's stock."""
        self._queue.add("stock-locations", f"/user-products/{user_product_id}/stock")

    def question(self, question_id: int) -> None:
        """Announce a question."""
        self._queue.add("questions", f"/questions/{question_id}")

    def message(self, message_id: str) -> None:
        """Announce a message of a pack: its resource is a bare id."""
        self._queue.add("messages", message_id, {"actions": ["created"]})

    def claim(self, claim_id: int, action: str = "claims") -> None:
        """Announce a claim, or (``claims_actions``) what is to be done in it."""
        path = f"/post-purchase/v1/claims/{claim_id}"
        self._queue.add("post_purchase", path, {"actions": [action]})
