"""The bench's peers do the same work as we do: build, sign, fit the layout."""

import subprocess

import pytest

from bin.lib.bench import nfe_sign

from .conftest import PASSWORD
from .notes import sale


@pytest.fixture
def short(monkeypatch):
    """One round of one note."""
    monkeypatch.setattr(nfe_sign, "PEER_NOTES", 1)
    monkeypatch.setattr(nfe_sign, "RSA_ROUNDS", 1)
    monkeypatch.setattr(nfe_sign, "ROUNDS", 1)


def test_each_way_has_a_figure(short, monkeypatch, pfx, tmp_path):
    monkeypatch.setattr(nfe_sign, "pynfe_ms", lambda *_given: (3.0, ""))
    found = nfe_sign.figures([sale()], pfx, PASSWORD, tmp_path)
    assert found.keys() == {"build_sign_ms", "rsa_limit_ms", "peers"}
    assert found["peers"].keys() == {"nfelib_ms", "pynfe_ms", "erpbrasil_ms"}
    assert min(found["build_sign_ms"], *found["peers"].values()) > 0


def test_peer_that_cannot_be_installed_has_a_reason(short, monkeypatch, pfx, tmp_path):
    def offline(command, given=""):
        error = "looking\nERROR: no network\n"
        raise subprocess.CalledProcessError(1, command, stderr=error)

    monkeypatch.setattr(nfe_sign, "_run", offline)
    found = nfe_sign.figures([sale()], pfx, PASSWORD, tmp_path)
    assert found["peers"]["pynfe_ms"] is None
    assert found["peers_missing"] == {"pynfe": "ERROR: no network"}


def test_peer_whose_note_does_not_fit_is_no_peer():
    with pytest.raises(ValueError, match="layout"):
        nfe_sign._require_valid(["Element 'vNF': missing"])
