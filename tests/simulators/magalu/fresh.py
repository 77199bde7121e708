"""One server for many tests: to start and stop one takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from simulators.common.clock import Clock
from simulators.magalu import MagaluSimulator, Seller

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)


class Market:
    """A running simulator that can begin anew."""

    def __init__(self, simulator: MagaluSimulator) -> None:
        self._simulator = simulator
        self._settings = simulator.engine.settings()
        self._settings["tenants"] = list(self._settings["tenants"])

    def fresh(self) -> MagaluSimulator:
        """The simulator as it was at its start."""
        engine = self._simulator.engine
        engine.reset()
        engine.clock.set(NOW)
        for name, value in self._settings.items():
            engine.configure(name, value)
        return self._simulator


@contextmanager
def market(cnpj: str | None = None) -> Iterator[Market]:
    """Serve while the block runs; ``cnpj`` of the seller is checked in every NF-e."""
    with MagaluSimulator(clock=Clock(NOW), seller=Seller(cnpj=cnpj)) as simulator:
        yield Market(simulator)
