"""Voiding (inutilização) of numbers that were never used: inutNFe."""

from __future__ import annotations

from xml.sax.saxutils import escape

from . import schema, text
from .access_key import STATE_CODES
from .serializer import NAMESPACE
from .signer import Signer

REASON_MIN, REASON_MAX = 15, 255
"""Length of xJust (XSD)."""

_MODEL = "55"


def justification_of(reason: str) -> str:
    """xJust as it is sent: the reason in Latin-1, single spaces, 255 at most."""
    return text.clean(reason, REASON_MAX) or ""


def voiding(
    *,
    state: str,
    cnpj: str,
    year: int,
    series: int,
    first: int,
    last: int,
    reason: str,
    environment: str,
    signer: Signer,
) -> bytes:
    """The signed request for a range of numbers of one series and year.

    It is the whole message of NFeInutilizacao4, due by the 10th of the next month
    (Ajuste SINIEF 07/05, cl. 14). The same range gives the same identity, which the
    SEFAZ voids once: a second request gets 563 and the first one's protocol.
    Raises ``ValueError`` for a reason or range that cannot be, ``SchemaInvalid`` for
    anything else.
    """
    justification = justification_of(reason)
    if len(justification) < REASON_MIN:
        raise ValueError(f"The reason needs at least {REASON_MIN} characters")
    if not 1 <= first <= last:
        raise ValueError("The range of numbers is empty")
    state_code, short_year = STATE_CODES[state], f"{year % 100:02d}"
    identity = (
        f"ID{state_code}{short_year}{cnpj}{_MODEL}{series:03d}{first:09d}{last:09d}"
    )
    signed = signer.sign(
        (
            f'<inutNFe xmlns="{NAMESPACE}" versao="4.00"><infInut Id="{identity}">'
            f"<tpAmb>{environment}</tpAmb><xServ>INUTILIZAR</xServ>"
            f"<cUF>{state_code}</cUF><ano>{short_year}</ano><CNPJ>{cnpj}</CNPJ>"
            f"<mod>{_MODEL}</mod><serie>{series}</serie>"
            f"<nNFIni>{first}</nNFIni><nNFFin>{last}</nNFFin>"
            f"<xJust>{escape(justification)}</xJust></infInut></inutNFe>"
        ).encode()
    )
    schema.require("inutNFe", signed)
    return signed
