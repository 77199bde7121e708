"""What a simulated channel consists of; each channel derives its own."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from werkzeug.wrappers import Request

from simulators.common.clock import Clock

from .errors import ApiError, ControlError
from .events import EventQueue
from .faults import Fault, FaultBook, spoil
from .notifier import Notifier, Push
from .routing import Answer, Route
from .store import Store

_LOG_SIZE = 50_000


@dataclass(frozen=True)
class LogEntry:
    """One request; ``status`` 0 means the line was cut."""

    at: str
    method: str
    path: str
    query: str
    status: int
    fault: str | None


@dataclass(frozen=True)
class Credentials:
    """The registered application."""

    client_id: str
    client_secret: str


class ChannelEngine:
    """Holds the parts together; application and control plane call into it.

    A channel's ``__init__`` calls this one, makes its parts and calls ``connect``.
    """

    routes: ClassVar[Sequence[Route]] = ()
    """Operations of the API."""
    controls: ClassVar[Sequence[Route]] = ()
    """Operations of the control plane beyond the common ones."""
    common_params: ClassVar[frozenset[str]] = frozenset()
    """Query parameters that every operation takes (signature, token, …)."""
    own_faults: ClassVar[frozenset[str]] = frozenset()
    """Kinds of faults beyond the common ones; ``spoil`` knows what they do."""
    store_class: ClassVar[type[Store]] = Store

    advances: Mapping[str, Callable[[str, dict[str, Any]], None]]
    """What a person or carrier can do to an order: ``{name: f(order id, arguments)}``.

    Names all channels share: pay, cancel, ship, deliver, fraud.
    """

    def __init__(self, state: str, clock: Clock | None) -> None:
        self.store = self.store_class(state)
        self._own_clock = clock is None
        self.clock = clock or _stored_clock(self.store)
        self.faults = FaultBook()
        self.log: deque[LogEntry] = deque(maxlen=_LOG_SIZE)
        self.latency = timedelta(0)
        """Real time every answer takes."""
        self.stopping = threading.Event()
        """Set on shutdown, so that no silent fault keeps a thread."""
        self.advances = {}

    def connect(self, push: Push) -> None:
        """Make event queue and notifier of the channel's way to push."""
        tries = len(push.waits) + 1
        self.events = EventQueue(self.store, self.clock, tries, dict(push.defaults))
        self.notifier = Notifier(self.store, self.clock, self.events, push, self.tick)

    # -- what a channel fills in

    def tick(self) -> None:
        """Do what has become due on the clock; runs before every request."""

    def authenticate(self, request: Request) -> None:
        """Refuse a request without a valid token or signature (ApiError)."""
        raise NotImplementedError

    def bad_request(self, message: str) -> ApiError:
        """The channel's error for a parameter that is wrong, missing or unknown."""
        raise NotImplementedError

    def unknown_route(self, request: Request, status: int) -> ApiError:
        """The channel's 404 (no such path) or 405."""
        raise NotImplementedError

    def rate_limited(self) -> ApiError:
        """The channel's answer to too many calls."""
        raise NotImplementedError

    def planned_error(self, fault: Fault) -> ApiError:
        """An error in the channel's shape, from ``fault.status`` and ``.error``."""
        raise NotImplementedError

    def spoil(self, fault: Fault, answer: Answer) -> Answer:
        """The answer as a fault of the kind AFTER leaves it."""
        return spoil(fault, answer)

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The seller agrees: what the call-back to the application carries."""
        raise NotImplementedError

    def kill_grant(self) -> None:
        """The seller revokes the application."""
        self.store.kill_tokens()

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Create and announce an order; its ids, ``order_id`` among them.

        Every key may be left out. Those that all channels know: ``lines``
        ``[{seller_sku, quantity, price}]``, ``uf``, ``paid`` (False = the buyer
        has yet to pay), ``notify``.
        """
        raise NotImplementedError

    def overview(self) -> list[dict[str, Any]]:
        """The channel's own truth, one row per order, for comparing.

        Every channel has ``order_id, status, cancelled_at, invoice_accepted,
        fiscal_key, label_fetched, shipped, delivered_at, total_paid`` (text) and
        ``lines`` ``[{seller_sku, quantity}]``.
        """
        raise NotImplementedError

    def health(self) -> dict[str, Any]:
        """What the channel adds to ``GET health``."""
        return {}

    def counters(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """What the channel adds to ``GET counters``; ``rows``: its overview."""
        return {}

    def settings(self) -> dict[str, Any]:
        """Values that ``POST settings`` can change."""
        return {"latency_ms": self.latency / timedelta(milliseconds=1)}

    def configure(self, name: str, value: Any) -> None:
        """Change one of the settings."""
        if name != "latency_ms":
            raise ControlError(f"unknown setting {name}: {sorted(self.settings())}")
        self.latency = timedelta(milliseconds=value)

    # -- what they share

    def plan_fault(self, spec: dict[str, Any]) -> None:
        """Plan a fault (see ``faults.Fault``)."""
        self.faults.add(Fault.from_spec(spec, self.own_faults))

    def advance(self, order_id: str, event: str, args: dict[str, Any]) -> None:
        """Let something happen to an order."""
        if event not in self.advances:
            raise ControlError(f"event must be one of {sorted(self.advances)}")
        self.advances[event](order_id, args)

    def stored_credentials(self) -> Credentials:
        """The application's id and secret, made up once and kept in the state."""
        with self.store.transaction():
            known = self.store.get_setting("credentials")
            if known is None:
                client_id = str(7_000_000_000_000_000 + secrets.randbelow(10**15))
                known = [client_id, secrets.token_urlsafe(24)]
                self.store.set_setting("credentials", known)
        return Credentials(*known)

    def save_clock(self) -> None:
        """Remember a moved clock for the next start with the same state."""
        if self._own_clock:
            offset = self.clock.now() - datetime.now(timezone.utc)
            self.store.set_setting("clock_offset", offset.total_seconds())

    def reset(self) -> None:
        """Forget orders, tokens, faults and the log; keep credentials and URL."""
        with self.store.transaction():
            self.store.clear()
            self.events.reset()
        self.faults.clear()
        self.log.clear()

    def close(self) -> None:
        """Stop delivering and close the state."""
        self.notifier.stop()
        self.save_clock()
        self.store.close()


def _stored_clock(store: Store) -> Clock:
    offset = timedelta(seconds=store.get_setting("clock_offset", 0))
    return Clock(datetime.now(timezone.utc) + offset)
