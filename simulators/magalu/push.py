"""Notifications: what is posted, how often, and the history of all of them.

``{"topic", "tenant_id", "data": {"status", "resource", "params": {"id"}}}``, unsigned.
How often Magalu tries again is not documented; here it is three times.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import requests

from simulators.common.channel.records import Notification

from .routing import iso


class MagaluPush:
    """Posts unsigned envelopes."""

    waits = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
    defaults: dict[str, object] = {"timeout_ms": 5000}

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """The envelope; nothing is signed."""
        return json.dumps(self.envelope(note)).encode(), {}

    def accepted(self, answer: requests.Response) -> bool:
        """Any success counts."""
        return 200 <= answer.status_code < 300

    def envelope(self, note: Notification) -> dict[str, Any]:
        """The posted body, the same in the history."""
        return {
            "id": note.uid,
            "topic": note.topic,
            "tenant_id": self._tenant,
            "created_at": iso(note.received),
            "data": {
                "status": note.data.get("status"),
                "resource": note.resource,
                "params": {"id": note.data.get("id")},
            },
        }
