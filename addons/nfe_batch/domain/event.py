"""Events of a note's issuer: cancellation 110111, correction letter 110110, and EPEC
110140, which goes before its note."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from lxml import etree
from nfelib.nfe_evento_cce.bindings.v1_0.e110110_v1_00 import (
    DetEventoDescEvento,
    DetEventoXCondUso,
)

from . import schema, text
from .access_key import AccessKey
from .serializer import NAMESPACE
from .signer import Signer

CANCELLATION = "110111"
CORRECTION = "110110"
EPEC = "110140"

NATIONAL_OFFICE = "91"
"""cOrgao of the national office (AN)."""

REASON_MIN, REASON_MAX = 15, 255
"""Length of xJust (XSD)."""

CORRECTION_MIN, CORRECTION_MAX = 15, 1000
"""Length of xCorrecao (XSD)."""

MAX_CORRECTIONS = 20
"""Highest nSeqEvento of a correction letter (XSD; beyond it 594)."""

CORRECTION_LIMIT = timedelta(hours=720)
"""How long after the authorisation a letter is accepted (501, rule GA02 of the MOC, to
which Ajuste SINIEF 07/05, cl. 14-A, leaves the time)."""

# The schema knows the law's text with accents, which comes first, and without them.
CONDITIONS_OF_USE = next(iter(DetEventoXCondUso)).value
"""xCondUso, word by word (Convênio S/N of 15/12/1970, art. 7, § 1-A)."""
_EPEC_EMISSION = "4"
_CORRECTION_NAME = next(iter(DetEventoDescEvento)).value


def cancellation(
    *,
    key: str,
    protocol_number: str,
    reason: str,
    environment: str,
    at: datetime,
    signer: Signer,
) -> bytes:
    """The signed event of cancellation.

    ``at`` is aware, in the issuer's local offset (577, 578 compare it with the
    authorisation and the office's clock). Raises ``ValueError`` for a reason of the
    wrong length or a naive ``at``, ``SchemaInvalid`` for anything else.
    """
    justification = text.clean(reason, REASON_MAX) or ""
    if len(justification) < REASON_MIN:
        raise ValueError(f"The reason needs at least {REASON_MIN} characters")
    detail = (
        f"<descEvento>Cancelamento</descEvento><nProt>{protocol_number}</nProt>"
        f"<xJust>{escape(justification)}</xJust>"
    )
    return signed(CANCELLATION, 1, detail, key, environment, at, signer)


def correction(
    *,
    key: str,
    sequence: int,
    wording: str,
    environment: str,
    at: datetime,
    signer: Signer,
) -> bytes:
    """The signed correction letter (CC-e).

    ``sequence`` counts the letters of the note from 1 to 20. The last one stands
    alone: ``wording`` holds everything that is still to be corrected (Ajuste SINIEF
    07/05, cl. 14-A, § 4). ``at`` as for a cancellation. Raises ``ValueError`` for a
    wording or sequence out of bounds or a naive ``at``, ``SchemaInvalid`` for anything
    else.
    """
    if not 1 <= sequence <= MAX_CORRECTIONS:
        raise ValueError(f"A note takes at most {MAX_CORRECTIONS} correction letters")
    detail = (
        f"<descEvento>{_CORRECTION_NAME}</descEvento>"
        f"<xCorrecao>{escape(correction_wording(wording))}</xCorrecao>"
        f"<xCondUso>{escape(CONDITIONS_OF_USE)}</xCondUso>"
    )
    return signed(CORRECTION, sequence, detail, key, environment, at, signer)


def correction_wording(wording: str) -> str:
    """The wording as the layout takes it: Latin-1, single spaces, no line breaks.

    Raises ``ValueError`` outside of 15 to 1000 characters. It is never cut, because
    what is missing would not be corrected.
    """
    # Replacing a character may take three: the length is judged afterwards.
    clean = text.clean(wording, 3 * len(wording or "")) or ""
    if not CORRECTION_MIN <= len(clean) <= CORRECTION_MAX:
        raise ValueError(
            f"The correction needs {CORRECTION_MIN} to {CORRECTION_MAX} characters, "
            f"not {len(clean)}"
        )
    return clean


def epec(*, note: bytes, version: str, at: datetime, signer: Signer) -> bytes:
    """The signed event that lets the goods of a note leave (EPEC).

    Every value is read from the signed note, which must follow word by word (467).
    ``version`` names this program (verAplic, 20 characters at most); ``at`` as for a
    cancellation. Raises ``ValueError`` for a note with another form of emission (484)
    or a naive ``at``, ``SchemaInvalid`` for anything else, such as an issuer without
    state registration.
    """
    info = schema.parse(note).find(f"{{{NAMESPACE}}}infNFe")
    key = AccessKey(info.get("Id", "").removeprefix("NFe"))
    if key.emission_type != _EPEC_EMISSION:
        raise ValueError("An EPEC goes before a note with tpEmis 4")
    recipient = _copied(info, "dest", ("CNPJ", "CPF", "idEstrangeiro"))
    detail = (
        f"<descEvento>EPEC</descEvento><cOrgaoAutor>{key.state_code}</cOrgaoAutor>"
        f"<tpAutor>1</tpAutor><verAplic>{escape(version)}</verAplic>"
        f"{_copied(info, 'ide', ('dhEmi', 'tpNF'))}{_copied(info, 'emit', ('IE',))}"
        f"<dest>{_copied(info, 'dest/enderDest', ('UF',))}{recipient}"
        f"{_copied(info, 'dest', ('IE',))}"
        f"{_copied(info, 'total/ICMSTot', ('vNF', 'vICMS', 'vST'))}</dest>"
    )
    environment = info.findtext(f"{{{NAMESPACE}}}ide/{{{NAMESPACE}}}tpAmb", "")
    return signed(
        EPEC, 1, detail, key.value, environment, at, signer, office=NATIONAL_OFFICE
    )


def _copied(info: etree._Element, group: str, names: tuple[str, ...]) -> str:
    """Those of some elements that a group of the note has, in the given order."""
    steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in group.split("/"))
    values = ((name, info.findtext(f"{steps}/{{{NAMESPACE}}}{name}")) for name in names)
    return "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in values if value
    )


def wording_of(content: bytes) -> str:
    """What the issuer wrote in an event: xJust or xCorrecao, or empty text."""
    root = schema.parse(content)
    for name in ("xJust", "xCorrecao"):
        found = root.find(f".//{{{NAMESPACE}}}{name}")
        if found is not None:
            return found.text or ""
    return ""


def signed(
    event_type: str,
    sequence: int,
    detail: str,
    key: str,
    environment: str,
    at: datetime,
    signer: Signer,
    office: str = "",
) -> bytes:
    """Frame, sign and validate an event of the note's issuer.

    ``office`` is cOrgao, the issuer's state when empty.
    """
    if at.tzinfo is None:
        raise ValueError("The date of an event needs a time zone")
    parts = AccessKey(key)
    content = signer.sign(
        (
            f'<evento xmlns="{NAMESPACE}" versao="1.00">'
            f'<infEvento Id="ID{event_type}{key}{sequence:02d}">'
            f"<cOrgao>{office or parts.state_code}</cOrgao><tpAmb>{environment}</tpAmb>"
            f"<CNPJ>{parts.cnpj}</CNPJ><chNFe>{key}</chNFe>"
            f"<dhEvento>{text.moment(at)}</dhEvento>"
            f"<tpEvento>{event_type}</tpEvento><nSeqEvento>{sequence}</nSeqEvento>"
            '<verEvento>1.00</verEvento><detEvento versao="1.00">'
            f"{detail}</detEvento></infEvento></evento>"
        ).encode()
    )
    # The published event schemas know only the numeric CNPJ.
    if key.isdigit():
        schema.require(f"evento{event_type}", content)
    return content
