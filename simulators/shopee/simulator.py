"""The simulator as an object: start it, drive it, stop it."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.common.channel.engine import Credentials
from simulators.common.channel.simulator import ChannelSimulator
from simulators.common.clock import Clock

from .engine import Engine
from .records import CatalogItem, Shop


class ShopeeSimulator(ChannelSimulator[Engine]):
    """Serves the Open Platform v2 for one shop in Brazil."""

    def __init__(
        self,
        state: str = ":memory:",
        clock: Clock | None = None,
        shop: Shop | None = None,
        *,
        port: int = 0,
        credentials: Credentials | None = None,
        catalog: Sequence[CatalogItem] | None = None,
        callback: str | None = None,
    ) -> None:
        engine = Engine(
            state, clock, shop or Shop(), credentials=credentials, catalog=catalog
        )
        super().__init__(engine, port=port, callback=callback)

    @property
    def shop(self) -> Shop:
        """The account."""
        return self.engine.shop

    @property
    def client_id(self) -> str:
        """The partner id."""
        return self.engine.oauth.credentials.client_id

    @property
    def client_secret(self) -> str:
        """The partner key."""
        return self.engine.oauth.credentials.client_secret
