"""A certificate chain, an e-CNPJ and a running SEFAZ at the time of the notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from odoo.addons.nfe_batch.domain import credentials, signer, transport

from simulators.common.certificates import CertificateAuthority
from simulators.common.clock import Clock
from simulators.sefaz import SefazSimulator

EMITTER = "11222333000181"
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=timezone.utc)
PASSWORD = "segredo"
VALIDITY = (
    datetime(2025, 1, 1, tzinfo=timezone.utc),
    datetime(2035, 1, 1, tzinfo=timezone.utc),
)


@pytest.fixture(scope="session")
def ca_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ca")
    CertificateAuthority.create(folder).server()
    return folder


@pytest.fixture(scope="session")
def authority(ca_dir: Path) -> CertificateAuthority:
    return CertificateAuthority.load(ca_dir)


@pytest.fixture(scope="session")
def pfx(authority: CertificateAuthority) -> bytes:
    return authority.client_pfx(EMITTER, "INDUSTRIA DE TESTE", PASSWORD, *VALIDITY)


@pytest.fixture(scope="session")
def opened(pfx: bytes) -> credentials.Credentials:
    return credentials.open_pfx(pfx, PASSWORD)


@pytest.fixture(scope="session")
def pen(opened: credentials.Credentials) -> signer.DirectSigner:
    return signer.DirectSigner(opened)


@pytest.fixture
def sefaz(ca_dir: Path) -> Iterator[SefazSimulator]:
    with SefazSimulator(ca_dir, clock=Clock(NOW)) as running:
        yield running


@pytest.fixture
def line(
    opened: credentials.Credentials, ca_dir: Path
) -> Iterator[transport.Transport]:
    """A transport that trusts the simulator and waits two seconds for an answer."""
    door = transport.Transport(
        opened, ca_file=str(ca_dir / "ca.pem"), timeouts=(2.0, 2.0)
    )
    yield door
    door.close()
