"""The exported documents, proved by programs that we did not write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nfelib
import pytest

from .conftest import LOCAL

PACKAGE = Path(nfelib.__file__).parent
PROC_NFE = PACKAGE / "nfe/schemas/v4_0/procNFe_v4.00.xsd"
PROC_CANCEL = PACKAGE / "nfe_evento_cancel/schemas/v1_0/procEventoCancNFe_v1.00.xsd"
END = "-----END CERTIFICATE-----"
NFE = "http://www.portalfiscal.inf.br/nfe"


def run(*command: str | Path) -> None:
    """The program must agree."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}\n{result.stderr[-2000:]}"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Root and issuer in a file each: xmlsec1 reads one certificate of a file."""
    text = (LOCAL / "base" / "ca" / "ca.pem").read_text()
    issuer, root = (part + END for part in text.split(END)[:2])
    folder = tmp_path_factory.mktemp("chain")
    (folder / "root.pem").write_text(root.lstrip() + "\n")
    (folder / "issuer.pem").write_text(issuer + "\n")
    return folder / "root.pem", folder / "issuer.pem"


def verify_signature(file: Path, element: str, chain: tuple[Path, Path]) -> None:
    """Digest, signature and the chain up to the root, by xmlsec1."""
    root, issuer = chain
    run(
        *("xmlsec1", "--verify", "--id-attr:Id", f"{NFE}:{element}"),
        *("--trusted-pem", root, "--untrusted-pem", issuer),
        file,
    )


@pytest.fixture(scope="module")
def notes(first_day, export_folder) -> list[Path]:
    files = sorted(export_folder.glob("*-procNFe.xml"))
    assert len(files) == first_day["authorised"]
    return files


@pytest.fixture(scope="module")
def events(first_day, export_folder) -> list[Path]:
    files = sorted(export_folder.glob("*-procEventoNFe-110111.xml"))
    assert len(files) == first_day["nfe_cancelled"]
    return files


def test_every_note_is_valid_against_the_official_schema(notes):
    run("xmllint", "--noout", "--schema", PROC_NFE, *notes)


def test_every_note_carries_its_signature(notes, chain):
    for note in notes:
        verify_signature(note, "infNFe", chain)


def test_every_cancellation_is_valid_and_signed(events, chain):
    run("xmllint", "--noout", "--schema", PROC_CANCEL, *events)
    for event in events:
        verify_signature(event, "infEvento", chain)


def test_every_label_shows_its_key(first_day, notes, export_folder):
    labels = sorted(export_folder.glob("*-danfe-etiqueta.pdf"))
    assert len(labels) == first_day["authorised"]
    for label in labels[:5]:
        text = subprocess.check_output(["pdftotext", str(label), "-"], text=True)
        assert label.name[:44] in "".join(filter(str.isdigit, text))


def test_every_parcel_has_a_transport_label(first_day, export_folder):
    labels = list(export_folder.glob("*-etiqueta-transporte.pdf"))
    assert len(labels) == first_day["labels"]
    assert all(label.read_bytes().startswith(b"%PDF") for label in labels)
