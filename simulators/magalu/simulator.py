"""The simulator as an object: start it, drive it, stop it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.common.channel.engine import Credentials
from simulators.common.channel.simulator import ChannelSimulator
from simulators.common.clock import Clock

from .engine import Engine
from .records import CatalogItem, Seller


class MagaluSimulator(ChannelSimulator[Engine]):
    """Serves the Magalu Open API for one seller."""

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
    ) -> None:
        engine = Engine(
            state,
            clock,
            seller or Seller(),
            accept_homologation=accept_homologation,
            credentials=credentials,
            catalog=catalog,
        )
        super().__init__(engine, port=port, callback=callback)

    @property
    def seller(self) -> Seller:
        """The organisation that sells."""
        return self.engine.seller

    @property
    def client_id(self) -> str:
        """Id of the registered application."""
        return self.engine.oauth.credentials.client_id

    @property
    def client_secret(self) -> str:
        """Secret of the registered application."""
        return self.engine.oauth.credentials.client_secret

    def authorize(self, redirect_uri: str | None = None) -> str:
        """Return an authorization code, as after the login page."""
        return self.engine.oauth.authorize(redirect_uri)

    def order_payload(self, code: str) -> dict[str, Any]:
        """An order as ``GET /seller/v1/orders/{code}`` shows it now."""
        with self.engine.store.transaction():
            order = self.engine.lifecycle.order(code)
            if order is None:
                raise KeyError(code)
            return self.engine.order_payload(order)
