"""Push messages (guide "Push Mechanism"): signed, acknowledged with an empty body.

Three tries follow after 5, 30 and 180 minutes; then the message waits three days in
the lost queue.
"""

from __future__ import annotations

import json
from typing import Any

import requests

from simulators.common.channel.events import EventQueue
from simulators.common.channel.records import Notification

from .const import PUSH_TIMEOUT_MS, PUSH_WAITS
from .oauth import OAuth
from .records import Order, Return, Shop

ORDER_STATUS, TRACKING, DOCUMENT, RETURN, FULFILMENT = 3, 4, 15, 29, 30


def envelope(note: Notification, shop: Shop) -> dict[str, Any]:
    """The body of a message; the same at every try."""
    return {
        "data": note.data,
        "shop_id": shop.shop_id,
        "code": int(note.topic),
        "timestamp": int(note.received.timestamp()),
    }


class ShopeePush:
    """Signs over the registered address and the bytes."""

    waits = PUSH_WAITS
    defaults: dict[str, object] = {"timeout_ms": PUSH_TIMEOUT_MS}

    def __init__(self, oauth: OAuth, shop: Shop) -> None:
        self._oauth = oauth
        self._shop = shop

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """Body and ``Authorization``."""
        body = json.dumps(envelope(note, self._shop)).encode()
        sign = self._oauth.sign(f"{url}|".encode() + body)
        return body, {"Authorization": sign, "Content-Type": "application/json"}

    def accepted(self, answer: requests.Response) -> bool:
        """2xx with nothing in it."""
        return 200 <= answer.status_code < 300 and not answer.content


class Announcer:
    """Which codes a change is announced under."""

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue

    def order(self, order: Order, *, silent: bool = False) -> None:
        """The status of an order."""
        data = {
            "items": [],
            "ordersn": order.order_sn,
            "status": order.status,
            "completed_scenario": "",
            "update_time": int(order.updated_at.timestamp()),
        }
        self._add(ORDER_STATUS, order.order_sn, data, silent)

    def package(self, order: Order) -> None:
        """The progress of its parcel."""
        data = {
            "ordersn": order.order_sn,
            "package_number": order.package.number,
            "fulfillment_status": order.package.status,
            "update_time": int(order.updated_at.timestamp()),
        }
        self._add(FULFILMENT, order.package.number, data)

    def tracking(self, order: Order) -> None:
        """Its tracking number."""
        data = {
            "ordersn": order.order_sn,
            "forder_id": "5628",
            "package_number": order.package.number,
            "tracking_no": order.package.tracking,
        }
        self._add(TRACKING, order.package.number, data)

    def returned(self, entry: Return, old: str) -> None:
        """The status of a return."""
        change = {
            "update_field": "return_status",
            "old_value": old,
            "new_value": entry.status,
            "update_time": int(entry.updated_at.timestamp()),
        }
        data = {
            "return_sn": entry.return_sn,
            "order_sn": entry.order_sn,
            "updated_values": [change],
        }
        self._add(RETURN, entry.return_sn, data)

    def _add(
        self, code: int, ref: str, data: dict[str, Any], silent: bool = False
    ) -> None:
        self._queue.add(str(code), ref, data, silent=silent)
