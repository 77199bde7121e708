"""Delivers queued notifications from a background thread.

API page "receba notificações": the callback must answer 200 within 500 ms; an
event is tried 8 times within an hour and then only listed in ``/missed_feeds``.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import requests

from simulators.common.clock import Clock

from .const import (
    NOTIFICATION_RETRY_MINUTES,
    NOTIFICATION_TRIES,
)
from .events import EventQueue, NotificationConfig
from .lifecycle import Lifecycle
from .payloads_common import utc_date
from .records import Notification
from .store import Store

_PAUSE_SECONDS = 0.05
_BATCH = 200


class Notifier:
    """The delivery thread; it also lets timers run when nobody calls."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        events: EventQueue,
        lifecycle: Lifecycle,
        user_id: int,
        application_id: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._lifecycle = lifecycle
        self._user_id = user_id
        self._application_id = application_id
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._session = requests.Session()
        self._session.trust_env = False

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(
            target=self._run, name="ml-notifier", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop after the delivery under way."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        self._session.close()

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            with self._store.transaction():
                self._lifecycle.tick()
                config = self._events.config
                now = self._clock.now()
                batch = []
                if config.url and not config.paused:
                    batch = self._store.due_notifications(now, _BATCH)
            if config.reorder:
                batch.reverse()
            for row_id, note in batch:
                if self._stop.is_set():
                    return
                self._deliver(row_id, note, config)

    def _deliver(
        self, row_id: int, note: Notification, config: NotificationConfig
    ) -> None:
        note.attempts += 1
        tried_at = self._clock.now()
        accepted = False
        repeated = row_id % config.duplicate_every == 0
        for _ in range(config.duplicates if repeated else 1):
            accepted = self._post(note, config)
            if not accepted:
                break
            note.deliveries += 1
        if accepted:
            note.state = "sent"
        elif note.attempts >= NOTIFICATION_TRIES:
            note.state = "missed"
        else:
            wait = NOTIFICATION_RETRY_MINUTES[note.attempts - 1]
            note.due = tried_at + timedelta(minutes=wait)
        with self._store.transaction():
            self._store.update_notification(row_id, note)

    def _post(self, note: Notification, config: NotificationConfig) -> bool:
        started = time.monotonic()
        body = self.envelope(note)
        try:
            answer = self._session.post(
                str(config.url),
                json=body,
                timeout=config.timeout_ms / 1000,
                allow_redirects=False,
            )
            note.last_http_code = answer.status_code
        except requests.RequestException:
            note.last_http_code = 0
        note.last_request_ms = int((time.monotonic() - started) * 1000)
        return note.last_http_code == 200

    def envelope(self, note: Notification) -> dict[str, Any]:
        """The posted body; ``orders_v2`` comes without ``_id``."""
        body: dict[str, Any] = {
            "resource": note.resource,
            "user_id": self._user_id,
            "topic": note.topic,
            "application_id": self._application_id,
            "attempts": note.attempts,
            "sent": utc_date(self._clock.now()),
            "received": utc_date(note.received),
        }
        if note.topic != "orders_v2":
            body["_id"] = note.uid
        return body

    def missed_entry(self, note: Notification) -> dict[str, Any]:
        """One message of ``GET /missed_feeds``."""
        return {
            **self.envelope(note),
            "_id": note.uid,
            "sent": utc_date(note.due),
            "request": {"url": self._events.config.url, "headers": [], "data": None},
            "response": {
                "req_time": note.last_request_ms,
                "http_code": note.last_http_code,
                "headers": [],
                "body": None,
            },
        }
