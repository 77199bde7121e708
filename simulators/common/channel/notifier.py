"""Delivers queued notifications from a background thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import requests

from simulators.common.clock import Clock

from .events import EventQueue, NotificationConfig
from .records import Notification
from .store import Store

_PAUSE_SECONDS = 0.05
_BATCH = 200


class Push(Protocol):
    """How a channel posts its events, and what it takes for an answer."""

    waits: tuple[timedelta, ...]
    """Between the tries; their number plus one is the number of tries."""
    defaults: dict[str, object]
    """The channel's own ``NotificationConfig``."""

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers (signature, media type) of one delivery."""
        ...

    def accepted(self, answer: requests.Response) -> bool:
        """Whether this answer, given in time, is what the channel wants."""
        ...


class Notifier:
    """The delivery thread; it also lets timers run when nobody calls."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        events: EventQueue,
        push: Push,
        tick: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._push = push
        self._tick = tick
        self._refused: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._session = requests.Session()
        self._session.trust_env = False

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
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
                self._tick()
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
        elif note.attempts > len(self._push.waits):
            note.state = "missed"
        else:
            note.due = tried_at + self._push.waits[note.attempts - 1]
        with self._store.transaction():
            self._store.update_notification(row_id, note)
            self._count(note.topic, accepted)

    def _count(self, topic: str, accepted: bool) -> None:
        """Switch a topic off that was refused too often in a row."""
        refused = 0 if accepted else self._refused.get(topic, 0) + 1
        self._refused[topic] = refused
        config = self._events.config
        if 0 < config.close_after <= refused and topic not in config.closed:
            self._events.configure({"closed": [*config.closed, topic]})
            self._store.lose_notifications(topic)

    def _post(self, note: Notification, config: NotificationConfig) -> bool:
        started = time.monotonic()
        accepted = False
        url = str(config.url)
        body, headers = self._push.request(note, url)
        try:
            answer = self._session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=config.timeout_ms / 1000,
                allow_redirects=False,
            )
            note.last_http_code = answer.status_code
            accepted = self._push.accepted(answer)
        except requests.RequestException:
            note.last_http_code = 0
        note.last_request_ms = int((time.monotonic() - started) * 1000)
        return accepted and note.last_request_ms <= config.timeout_ms
