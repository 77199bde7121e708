"""Events of a note: the cancellation 110111."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from . import schema, text
from .access_key import AccessKey
from .serializer import NAMESPACE
from .signer import Signer

CANCELLATION = "110111"

REASON_MIN, REASON_MAX = 15, 255
"""Length of xJust (XSD)."""


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
    if at.tzinfo is None:
        raise ValueError("The date of an event needs a time zone")
    parts = AccessKey(key)
    signed = signer.sign(
        (
            f'<evento xmlns="{NAMESPACE}" versao="1.00">'
            f'<infEvento Id="ID{CANCELLATION}{key}01">'
            f"<cOrgao>{parts.state_code}</cOrgao><tpAmb>{environment}</tpAmb>"
            f"<CNPJ>{parts.cnpj}</CNPJ><chNFe>{key}</chNFe>"
            f"<dhEvento>{text.moment(at)}</dhEvento>"
            f"<tpEvento>{CANCELLATION}</tpEvento><nSeqEvento>1</nSeqEvento>"
            '<verEvento>1.00</verEvento><detEvento versao="1.00">'
            f"<descEvento>Cancelamento</descEvento><nProt>{protocol_number}</nProt>"
            f"<xJust>{escape(justification)}</xJust>"
            "</detEvento></infEvento></evento>"
        ).encode()
    )
    # The published event schemas know only the numeric CNPJ.
    if key.isdigit():
        schema.require("evento110111", signed)
    return signed
