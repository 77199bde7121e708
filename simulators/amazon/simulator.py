"""The simulator as an object: start it, drive it, stop it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.common.channel.engine import Credentials
from simulators.common.channel.simulator import ChannelSimulator
from simulators.common.clock import Clock

from .engine import Engine
from .records import CatalogItem, Seller


class AmazonSimulator(ChannelSimulator[Engine]):
    """Serves the Selling Partner API (Amazon.com.br) for one seller."""

    def __init__(
        self,
        state: str = ":memory:",
        clock: Clock | None = None,
        seller: Seller | None = None,
        *,
        port: int = 0,
        credentials: Credentials | None = None,
        catalog: Sequence[CatalogItem] | None = None,
        callback: str | None = None,
    ) -> None:
        engine = Engine(
            state, clock, seller or Seller(), credentials=credentials, catalog=catalog
        )
        super().__init__(engine, port=port, callback=callback)

    @property
    def seller(self) -> Seller:
        """The account."""
        return self.engine.seller

    @property
    def client_id(self) -> str:
        """Id of the registered application at Login with Amazon."""
        return self.engine.credentials.client_id

    @property
    def client_secret(self) -> str:
        """Its secret."""
        return self.engine.credentials.client_secret

    @property
    def application_id(self) -> str:
        """Its id in Seller Central."""
        return self.engine.application_id

    def give_back(self, order_id: str, **args: Any) -> str:
        """The buyer of a shipped order sends goods back; the return's id."""
        with self.engine.store.transaction():
            return self.engine.lifecycle.give_back(order_id, args)
