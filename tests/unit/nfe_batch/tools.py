"""Judges that are not ours: xmllint, xmlsec1 and their files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nfelib
from cryptography.hazmat.primitives.serialization import Encoding

from simulators.common.certificates import CertificateAuthority

SCHEMAS = Path(nfelib.__file__).parent


def xmllint(schema: str, content: bytes, folder: Path) -> str:
    """Validate with libxml2's own tool; returns what it complains about."""
    document = folder / "document.xml"
    document.write_bytes(content)
    done = _run("xmllint", "--noout", "--schema", SCHEMAS / schema, document)
    return "" if done.returncode == 0 else done.stderr


def xmlsec1(
    element: str, content: bytes, authority: CertificateAuthority, folder: Path
) -> str:
    """Verify a signature up to the root; ``element`` carries the Id."""
    document = folder / "signed.xml"
    document.write_bytes(content)
    root, issuer = folder / "root.pem", folder / "issuer.pem"
    root.write_bytes(authority.root.public_bytes(Encoding.PEM))
    issuer.write_bytes(authority.issuer.public_bytes(Encoding.PEM))
    done = _run(
        "xmlsec1",
        "--verify",
        "--id-attr:Id",
        f"http://www.portalfiscal.inf.br/nfe:{element}",
        "--trusted-pem",
        root,
        "--untrusted-pem",
        issuer,
        document,
    )
    return "" if done.returncode == 0 else done.stderr or "refused"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
