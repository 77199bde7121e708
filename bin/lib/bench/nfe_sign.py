"""Build and sign one note: ours, the peers as their manuals show them, the limit.

All of them get the same notes and the same certificate, in this process; PyNFe, whose
requirements do not fit ours, in a process and an environment of its own.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..day.processes import ROOT

# Peers take up to a hundred times our CPU: their mean needs fewer notes.
PEER_NOTES = 10
RSA_ROUNDS = 300
# The least of so many rounds: what else runs on the machine can only add to the CPU.
ROUNDS = 3
PYNFE = ("pynfe==0.6.5", "signxml==4.5.1", "cryptography==45.0.7", "pyOpenSSL==25.3.0")
PYNFE += ("lxml==5.4.0", "requests", "suds-community==1.2.0")


def figures(notes: list[Any], pfx: bytes, password: str, local: Path) -> dict[str, Any]:
    """Milliseconds of CPU for a note, each way.

    :param notes: ``nfe_batch.domain.document.Note``, with number and code
    :return: ``build_sign_ms``, ``rsa_limit_ms``, ``peers`` and, for a peer without a
        figure, ``peers_missing``: why
    """
    from odoo.addons.nfe_batch.domain.credentials import open_pfx

    # "Outside Odoo": the garbage collector shall not walk this process's registry.
    gc.freeze()
    credentials = open_pfx(pfx, password)
    few = notes[:PEER_NOTES]
    pynfe, missing = pynfe_ms(few, pfx, password, local)
    found = {
        "build_sign_ms": round(mean_ms(ours(credentials), notes), 2),
        "rsa_limit_ms": round(mean_ms(rsa(credentials), range(RSA_ROUNDS)), 2),
        "peers": {
            "nfelib_ms": round(mean_ms(nfelib_way(pfx, password), few), 1),
            "pynfe_ms": pynfe,
            "erpbrasil_ms": round(mean_ms(erpbrasil_way(pfx, password), few), 1),
        },
        **({"peers_missing": {"pynfe": missing}} if missing else {}),
    }
    gc.unfreeze()
    return found


def mean_ms(work: Callable[[Any], Any], inputs: Iterable[Any]) -> float:
    """CPU of one call; the first pays for the caches and does not count."""
    inputs = list(inputs)
    work(inputs[0])
    rounds = []
    for _round in range(ROUNDS):
        start = time.process_time()
        for one in inputs:
            work(one)
        rounds.append(time.process_time() - start)
    return min(rounds) * 1000 / len(inputs)


def ours(credentials: Any) -> Callable[[Any], Any]:
    """Build, serialise, sign and validate, as the jobs do."""
    from odoo.addons.nfe_batch.domain.prepare import prepare
    from odoo.addons.nfe_batch.domain.signer import DirectSigner

    signer = DirectSigner(credentials)
    return lambda note: prepare(note, signer)


def rsa(credentials: Any) -> Callable[[Any], Any]:
    """One RSA signature of a digest: what nobody can save."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, utils

    # The layout of the NF-e knows SHA-1 only.
    how = (padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # nosec B303
    return lambda _round: credentials.key.sign(bytes(20), *how)


def nfelib_way(pfx: bytes, password: str) -> Callable[[Any], Any]:
    """``to_xml`` with the certificate, then ``schema_validation``, as documented."""
    from odoo.addons.nfe_batch.domain.builder import build

    def work(note: Any) -> None:
        nfe = build(note)
        signed = nfe.to_xml(
            pkcs12_data=pfx, pkcs12_password=password, doc_id=nfe.infNFe.Id
        )
        _require_valid(nfe.schema_validation(signed))

    return work


def erpbrasil_way(pfx: bytes, password: str) -> Callable[[Any], Any]:
    """erpbrasil.assinatura at its best: certificate, serializer and schema kept."""
    import nfelib
    from erpbrasil.assinatura.assinatura import Assinatura
    from erpbrasil.assinatura.certificado import Certificado
    from lxml import etree
    from xsdata.formats.dataclass.serializers import XmlSerializer

    from odoo.addons.nfe_batch.domain.builder import build
    from odoo.addons.nfe_batch.domain.serializer import NAMESPACE

    pen = Assinatura(Certificado(nfelib.CommonMixin.normalize_pkcs12(pfx), password))
    writer = XmlSerializer()
    xsd = Path(nfelib.__file__).parent / "nfe/schemas/v4_0/nfe_v4.00.xsd"
    schema = etree.XMLSchema(file=str(xsd))

    def work(note: Any) -> None:
        nfe = build(note)
        text = writer.render(nfe, ns_map={None: NAMESPACE})
        signed = pen.assina_xml2(etree.fromstring(text.encode()), nfe.infNFe.Id)
        schema.validate(etree.fromstring(signed.encode()))
        _require_valid(schema.error_log)

    return work


def _require_valid(errors: Any) -> None:
    if len(errors):
        raise ValueError(f"A peer's note does not fit the layout: {errors}")


def pynfe_ms(
    notes: list[Any], pfx: bytes, password: str, local: Path
) -> tuple[float | None, str]:
    """The figure of PyNFe, or None and the reason why there is none."""
    try:
        python = pynfe_environment(local / "bench-pynfe")
        with tempfile.NamedTemporaryFile(suffix=".pfx") as certificate:
            certificate.write(pfx)
            certificate.flush()
            given = {
                "certificate": certificate.name,
                "password": password,
                "rounds": ROUNDS,
                "notes": [dataclasses.asdict(note) for note in notes],
            }
            output = _run(
                [python, str(ROOT / "bin/lib/bench/pynfe_peer.py")],
                json.dumps(given, default=str),
            )
        return json.loads(output.splitlines()[-1])["ms"], ""
    except (OSError, subprocess.SubprocessError) as error:
        text = (getattr(error, "stderr", "") or str(error)).strip()
        return None, text.splitlines()[-1]


def pynfe_environment(folder: Path) -> str:
    """The Python of a virtual environment with PyNFe, made at the first call."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PYNFE])
        ready.touch()
    return str(python)


def _run(command: list[str], given: str = "") -> str:
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=True, timeout=600
    ).stdout
