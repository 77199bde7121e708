"""What tests of simulators share: pure addons, one certificate chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators.common.certificates import CertificateAuthority
from tests.pure_addons import install

install()
pytest.register_assert_rewrite(
    "tests.simulators.contract_suite", "tests.simulators.contract_features"
)


@pytest.fixture(scope="session")
def ca_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh chain and a server certificate."""
    folder = tmp_path_factory.mktemp("ca")
    CertificateAuthority.create(folder).server()
    return folder


@pytest.fixture(scope="session")
def authority(ca_dir: Path) -> CertificateAuthority:
    """The chain in ``ca_dir``."""
    return CertificateAuthority.load(ca_dir)
