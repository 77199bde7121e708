"""Queues notifications inside the transaction of the change they announce.

API page "receba notificações": the envelope carries a path, never the data.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from simulators.common.clock import Clock

from .const import NOTIFICATION_TIMEOUT_MS, NOTIFICATION_TRIES
from .errors import bad_request
from .records import Notification, Order
from .store import Store

_SETTING = "notifications"


@dataclass
class NotificationConfig:
    """How events travel to the callback; times are seconds on the clock."""

    url: str | None = None
    duplicates: int = 1
    """How often an event is delivered, 1 to 5."""
    duplicate_every: int = 1
    """Only each n-th event is delivered more than once."""
    reorder: bool = False
    """Deliver each batch backwards."""
    delay: float = 0
    drop: int = 0
    """The next N events fail all 8 tries and end in ``/missed_feeds``."""
    lose: int = 0
    """The next N events vanish without a trace."""
    paused: bool = False
    timeout_ms: int = NOTIFICATION_TIMEOUT_MS
    """Real milliseconds the callback may take."""


class EventQueue:
    """Writes events; :mod:`notifier` delivers them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @property
    def config(self) -> NotificationConfig:
        """The present settings, kept with the state."""
        return NotificationConfig(**self._store.get_setting(_SETTING, {}))

    def configure(self, changes: dict[str, Any]) -> NotificationConfig:
        """Change some settings and return all."""
        known = {entry.name for entry in fields(NotificationConfig)}
        unknown = set(changes) - known
        if unknown:
            raise bad_request(f"unknown notification settings: {sorted(unknown)}")
        with self._store.transaction():
            merged = {**asdict(self.config), **changes}
            config = NotificationConfig(**merged)
            if not 1 <= config.duplicates <= 5:
                raise bad_request("duplicates must be 1 to 5")
            if config.duplicate_every < 1:
                raise bad_request("duplicate_every must be 1 or more")
            self._store.set_setting(_SETTING, merged)
        return config

    def order(self, order: Order, *, silent: bool = False) -> None:
        """Announce a change of an order and of its payment."""
        self._add("orders_v2", f"/orders/{order.id}", silent)
        self._add("payments", f"/collections/{order.payment.id}", silent)

    def shipment(self, shipment_id: int, *, silent: bool = False) -> None:
        """Announce a change of a parcel."""
        self._add("shipments", f"/shipments/{shipment_id}", silent)

    def _add(self, topic: str, resource: str, silent: bool) -> None:
        config = self.config
        now = self._clock.now()
        state = "queued"
        if silent:
            state = "lost"
        elif config.lose:
            state = "lost"
            self.configure({"lose": config.lose - 1})
        elif config.drop:
            state = "missed"
            self.configure({"drop": config.drop - 1})
        note = Notification(
            uid=str(uuid.uuid4()),
            topic=topic,
            resource=resource,
            received=now,
            due=now + timedelta(seconds=config.delay),
            state=state,
            attempts=NOTIFICATION_TRIES if state == "missed" else 0,
        )
        self._store.add_notification(note)
