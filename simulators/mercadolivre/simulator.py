"""The simulator as an object: start it, drive it, stop it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from simulators.common.clock import Clock
from simulators.common.server import WsgiServer

from .app import Application
from .const import CONTROL_PREFIX
from .engine import Engine
from .faults import Fault
from .oauth import Credentials
from .ordering import create_order
from .records import CatalogItem, Order, Seller


class MercadoLivreSimulator:
    """Serves the API of Mercado Livre (MLB) for one seller on 127.0.0.1.

    With a ``state`` file, a second start goes on where the first ended. Usable as
    a context manager; ``url`` is the base address, ``control`` the control plane.
    """

    def __init__(
        self,
        state: str = ":memory:",
        clock: Clock | None = None,
        seller: Seller | None = None,
        accept_homologation: bool = False,
        *,
        port: int = 0,
        credentials: Credentials | None = None,
        catalog: Sequence[CatalogItem] | None = None,
        callback: str | None = None,
        ready_delay: timedelta = timedelta(0),
    ) -> None:
        self.engine = Engine(
            state,
            clock,
            seller or Seller(),
            accept_homologation=accept_homologation,
            credentials=credentials,
            catalog=catalog,
        )
        self.engine.lifecycle.ready_delay = ready_delay
        if callback:
            self.engine.events.configure({"url": callback})
        self._app = Application(self.engine)
        self._server = WsgiServer(self._app, port=port)

    @property
    def url(self) -> str:
        """Base address of the API."""
        return self._server.url

    @property
    def control(self) -> str:
        """Base address of the control plane."""
        return self.url + CONTROL_PREFIX.rstrip("/")

    @property
    def clock(self) -> Clock:
        """The market's clock."""
        return self.engine.clock

    @property
    def seller(self) -> Seller:
        """The account."""
        return self.engine.seller

    @property
    def client_id(self) -> str:
        """Id of the registered application."""
        return self.engine.oauth.credentials.client_id

    @property
    def client_secret(self) -> str:
        """Secret of the registered application."""
        return self.engine.oauth.credentials.client_secret

    def start(self) -> MercadoLivreSimulator:
        """Serve and deliver notifications."""
        self._server.start()
        self.engine.notifier.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the state."""
        self._app.stopping.set()
        self._server.stop()
        self.engine.close()

    def __enter__(self) -> MercadoLivreSimulator:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def generate(
        self,
        n: int,
        seed: int | str,
        *,
        catalog: Sequence[CatalogItem] | None = None,
        start: datetime | None = None,
        cancel_plan: dict[str, int] | None = None,
        cancel_delay_seconds: int = 0,
        packs: int = 0,
        notify: bool = True,
    ) -> list[int]:
        """Create ``n`` reproducible orders and return their ids."""
        return self.engine.generate(
            n,
            seed,
            catalog=catalog,
            start=start,
            cancel_plan=cancel_plan,
            cancel_delay_seconds=cancel_delay_seconds,
            packs=packs,
            notify=notify,
        )

    def order(self, **spec: Any) -> Order:
        """Create one order from a partial specification (see ``ordering``)."""
        return create_order(self.engine, spec)

    def orders(self) -> list[dict[str, Any]]:
        """State, plan and history of every order."""
        with self.engine.store.transaction():
            return self.engine.overview()

    def fault(self, kind: str, path: str = "/", **options: Any) -> None:
        """Let the next call(s) of a path fail (see ``faults.Fault``)."""
        self.engine.faults.add(Fault.from_spec({"kind": kind, "path": path, **options}))

    def cancel(
        self, order_id: int, group: str = "buyer", *, silent: bool = False
    ) -> None:
        """Cancel an order now."""
        with self.engine.store.transaction():
            order = self.engine.store.get_order(order_id)
            if order is None:
                raise KeyError(order_id)
            self.engine.lifecycle.cancel(order, group, silent=silent)

    def notifications(self, **settings: Any) -> None:
        """Configure the delivery of events (see ``events.NotificationConfig``)."""
        self.engine.events.configure(settings)

    def authorize(self, redirect_uri: str | None = None) -> str:
        """Return an authorization code, as after the consent page."""
        return self.engine.oauth.authorize(redirect_uri)

    def token(self) -> dict[str, Any]:
        """Return a fresh token pair without a detour over HTTP."""
        with self.engine.store.transaction():
            return self.engine.oauth.exchange(
                {
                    "grant_type": "authorization_code",
                    "client_id": self.client_id,
                    "client_secret": self.client_secret,
                    "code": self.authorize(),
                    "redirect_uri": "https://seller.example/callback",
                }
            )
