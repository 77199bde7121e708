"""Queues notifications inside the transaction of the change they announce."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from typing import Any

from simulators.common.clock import Clock

from .errors import ControlError
from .records import Notification
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
    """The next N events fail all tries and are only listed as missed."""
    lose: int = 0
    """The next N events vanish without a trace."""
    lose_every: int = 0
    """Each n-th event vanishes without a trace; 0 = none."""
    paused: bool = False
    timeout_ms: int = 3000
    """Real milliseconds the callback may take."""
    close_after: int = 0
    """A topic is switched off after so many refused tries in a row; 0 = never."""
    closed: list[str] = field(default_factory=list)
    """Topics that are switched off: their events are lost."""


class EventQueue:
    """Writes events; :mod:`notifier` delivers them."""

    def __init__(
        self, store: Store, clock: Clock, tries: int, defaults: dict[str, Any]
    ) -> None:
        self._store = store
        self._clock = clock
        self._tries = tries
        self._defaults = defaults

    @property
    def config(self) -> NotificationConfig:
        """The present settings, kept with the state."""
        return NotificationConfig(
            **{**self._defaults, **self._store.get_setting(_SETTING, {})}
        )

    def configure(self, changes: dict[str, Any]) -> NotificationConfig:
        """Change some settings and return all."""
        known = {entry.name for entry in fields(NotificationConfig)}
        unknown = set(changes) - known
        if unknown:
            raise ControlError(f"unknown notification settings: {sorted(unknown)}")
        with self._store.transaction():
            merged = {**asdict(self.config), **changes}
            config = NotificationConfig(**merged)
            if not 1 <= config.duplicates <= 5:
                raise ControlError("duplicates must be 1 to 5")
            if config.duplicate_every < 1:
                raise ControlError("duplicate_every must be 1 or more")
            self._store.set_setting(_SETTING, merged)
        return config

    def reset(self) -> None:
        """Back to the channel's own settings; the address stays."""
        self._store.set_setting(_SETTING, {"url": self.config.url})

    def add(
        self,
        topic: str,
        resource: str,
        data: dict[str, Any] | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Announce a change; ``silent``: nobody ever hears of it."""
        config = self.config
        now = self._clock.now()
        note = Notification(
            uid=str(uuid.uuid4()),
            topic=topic,
            resource=resource,
            received=now,
            due=now + timedelta(seconds=config.delay),
            data=data or {},
        )
        if silent or topic in config.closed or self._is_lost(config.lose_every):
            note.state = "lost"
        elif config.lose:
            note.state = "lost"
            self.configure({"lose": config.lose - 1})
        elif config.drop:
            note.state, note.attempts = "missed", self._tries
            self.configure({"drop": config.drop - 1})
        self._store.add_notification(note)

    def _is_lost(self, every: int) -> bool:
        return bool(every) and self._store.next_number("lose_every") % every == 0
