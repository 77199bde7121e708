"""The simulator as an object: start it, drive it, stop it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from simulators.common.channel.engine import Credentials
from simulators.common.channel.simulator import ChannelSimulator
from simulators.common.clock import Clock

from .engine import Engine
from .ordering import create_order
from .records import CatalogItem, Order, Seller


class MercadoLivreSimulator(ChannelSimulator[Engine]):
    """Serves the API of Mercado Livre (MLB) for one seller."""

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
        engine = Engine(
            state,
            clock,
            seller or Seller(),
            accept_homologation=accept_homologation,
            credentials=credentials,
            catalog=catalog,
        )
        engine.lifecycle.ready_delay = ready_delay
        super().__init__(engine, port=port, callback=callback)

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

    def cancel(
        self, order_id: int, group: str = "buyer", *, silent: bool = False
    ) -> None:
        """Cancel an order now."""
        self.advance(order_id, "cancel", group=group, silent=silent)

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
