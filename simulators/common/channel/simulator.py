"""A simulated channel as an object: start it, drive it, stop it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from simulators.common.clock import Clock
from simulators.common.server import WsgiServer

from .app import Application
from .control import PREFIX
from .engine import ChannelEngine

E = TypeVar("E", bound=ChannelEngine)


class ChannelSimulator(Generic[E]):
    """Serves one channel on 127.0.0.1 for one seller.

    With a ``state`` file, a second start goes on where the first ended. Usable as a
    context manager; ``url`` is the base address, ``control`` the control plane.
    """

    def __init__(
        self, engine: E, *, port: int = 0, callback: str | None = None
    ) -> None:
        self.engine = engine
        if callback:
            engine.events.configure({"url": callback})
        self._server = WsgiServer(Application(engine), port=port)

    @property
    def url(self) -> str:
        """Base address of the API."""
        return self._server.url

    @property
    def control(self) -> str:
        """Base address of the control plane."""
        return self.url + PREFIX.rstrip("/")

    @property
    def clock(self) -> Clock:
        """The channel's clock."""
        return self.engine.clock

    def start(self) -> Any:
        """Serve and deliver notifications."""
        self._server.start()
        self.engine.notifier.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the state."""
        self.engine.stopping.set()
        self._server.stop()
        self.engine.close()

    def __enter__(self) -> Any:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def place(self, **spec: Any) -> dict[str, Any]:
        """Create an order; its ids (see ``ChannelEngine.create_order``)."""
        with self.engine.store.transaction():
            return self.engine.create_order(spec)

    def advance(self, order_id: object, event: str, **args: Any) -> None:
        """Let something happen to an order (see ``ChannelEngine.advances``)."""
        with self.engine.store.transaction():
            self.engine.advance(str(order_id), event, args)

    def orders(self) -> list[dict[str, Any]]:
        """The channel's own truth about every order."""
        with self.engine.store.transaction():
            return self.engine.overview()

    def fault(self, kind: str, path: str = "/", **options: Any) -> None:
        """Let the next call(s) of a path fail (see ``faults.Fault``)."""
        self.engine.plan_fault({"kind": kind, "path": path, **options})

    def notifications(self, **settings: Any) -> None:
        """Configure the delivery of events (see ``events.NotificationConfig``)."""
        self.engine.events.configure(settings)

    def requests(self, method: str, text: str = "") -> int:
        """How many requests came whose path holds a text, cut ones included."""
        return sum(
            entry.method == method and text in entry.path
            for entry in list(self.engine.log)
        )
