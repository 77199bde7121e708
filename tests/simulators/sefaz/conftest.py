"""A running simulator at a fixed time, a client and a pen for the emitter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from simulators.common.certificates import CertificateAuthority
from simulators.common.clock import Clock
from simulators.sefaz import SefazSimulator

from .builder import EMITTER, Pen
from .client import Client, write_pem

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=timezone.utc)
PASSWORD = "segredo"
STRANGER = "33444555000181"
VALID = (
    datetime(2025, 1, 1, tzinfo=timezone.utc),
    datetime(2035, 1, 1, tzinfo=timezone.utc),
)
"""Wide enough for the fixed time above and for the day the tests run."""


@pytest.fixture(scope="session")
def pfx(authority: CertificateAuthority) -> bytes:
    return authority.client_pfx(EMITTER, "INDUSTRIA DE TESTE", PASSWORD, *VALID)


@pytest.fixture(scope="session")
def pem(pfx: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return write_pem(pfx, PASSWORD, tmp_path_factory.mktemp("pem"))


@pytest.fixture(scope="session")
def pen(pfx: bytes) -> Pen:
    return Pen(pfx, PASSWORD)


@pytest.fixture
def simulator(ca_dir: Path) -> Iterator[SefazSimulator]:
    with SefazSimulator(ca_dir, clock=Clock(NOW)) as running:
        yield running


@pytest.fixture
def client(simulator: SefazSimulator, pem: tuple[str, str]) -> Client:
    return Client(simulator.url, simulator.ca_file, pem)


@pytest.fixture(scope="session")
def stranger_pfx(authority: CertificateAuthority) -> bytes:
    return authority.client_pfx(STRANGER, "OUTRA EMPRESA", PASSWORD, *VALID)


@pytest.fixture
def stranger(simulator: SefazSimulator, stranger_pfx: bytes, tmp_path: Path) -> Client:
    """A client of another company."""
    pem = write_pem(stranger_pfx, PASSWORD, tmp_path)
    return Client(simulator.url, simulator.ca_file, pem)


@pytest.fixture
def elsewhere(ca_dir: Path, pem: tuple[str, str]) -> Iterator[Client]:
    """A client of the SEFAZ of Minas Gerais."""
    with SefazSimulator(ca_dir, uf="31", clock=Clock(NOW)) as running:
        yield Client(running.url, running.ca_file, pem)


@pytest.fixture
def note(pen: Pen, simulator: SefazSimulator) -> Callable[..., str]:
    """Make a signed note, issued at the simulator's present."""

    def make(number: int, **options: object) -> str:
        issued = options.pop("issued", simulator.clock.now())
        return pen.note(number, issued, **options)

    return make
