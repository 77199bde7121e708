"""Proof of delivery and failed delivery: events 110130 to 110193 of the issuer.

Sources: NT 2021.001 (comprovante de entrega), NT 2023.005 (insucesso na entrega), and
the annotations of their schemas. They serve deliveries without a CT-e; with one, the
carrier sends the events of the CT-e.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from lxml import etree

from . import endpoints, event, schema, text
from .access_key import AccessKey
from .builder import PROGRAM
from .serializer import NAMESPACE
from .signer import Signer

DELIVERED, DELIVERED_WITHDRAWN = "110130", "110131"
FAILED, FAILED_WITHDRAWN = "110192", "110193"
CODES = (DELIVERED, DELIVERED_WITHDRAWN, FAILED, FAILED_WITHDRAWN)

MAX_SEQUENCE = 20
"""Highest nSeqEvento (XSD)."""

OTHER_REASON = "4"
REASONS = ("1", "2", "3", OTHER_REASON)
"""tpMotivo: receiver not found, refused, address does not exist, other."""
EXPLANATION_MIN, EXPLANATION_MAX = 25, 250
"""Length of xJustMotivo (XSD)."""

_AN, _SVRS = "91", "92"
# NT 2021.001: national environment. NT 2023.005 v1.02: SVRS for all the country.
_ORGANS = {DELIVERED: _AN, DELIVERED_WITHDRAWN: _AN}
_NAMES = {
    DELIVERED: "Comprovante de Entrega da NF-e",
    DELIVERED_WITHDRAWN: "Cancelamento Comprovante de Entrega da NF-e",
    FAILED: "Insucesso na Entrega da NF-e",
    FAILED_WITHDRAWN: "Cancelamento Insucesso na Entrega da NF-e",
}
_WITH_AUTHOR = (DELIVERED, DELIVERED_WITHDRAWN)
"""Layouts that hold tpAutor."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What one event says; a type uses its own part of the fields.

    ``moment`` (dhEntrega, dhTentativaEntrega) and ``hashed_at`` are aware. ``position``
    is latitude and longitude in degrees. ``protocol_number`` is that of the event which
    a withdrawal takes back (nProtEvento).
    """

    code: str
    moment: datetime | None = None
    receiver_name: str = ""
    receiver_document: str = ""
    attempt: int = 0
    reason: str = ""
    explanation: str = ""
    position: tuple[Decimal, Decimal] | None = None
    image_hash: str = ""
    hashed_at: datetime | None = None
    protocol_number: str = ""


def image_hash(key: str, image: bytes) -> str:
    """hashComprovante: Base64 of the SHA-1 of key + Base64 of the image (XSD)."""
    content = key.encode() + base64.b64encode(image)
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def place(latitude: object, longitude: object) -> tuple[Decimal, Decimal]:
    """A position from numbers or texts, in degrees."""
    return Decimal(str(latitude)), Decimal(str(longitude))


def office(code: str) -> str:
    """Who registers the event (``endpoints``)."""
    return endpoints.AN if code in _ORGANS else endpoints.SVRS


def sign(
    facts: Facts,
    *,
    sequence: int,
    key: str,
    environment: str,
    at: datetime,
    signer: Signer,
) -> bytes:
    """The signed event; arguments as those of ``event.signed``.

    Raises ``ValueError`` for facts that contradict each other or a naive moment,
    ``SchemaInvalid`` for anything else that the layout refuses.
    """
    _check(facts)
    detail = f"<descEvento>{_NAMES[facts.code]}</descEvento>" + _elements(
        cOrgaoAutor=AccessKey(key).state_code,
        tpAutor="1" if facts.code in _WITH_AUTHOR else None,
        verAplic=PROGRAM,
        **_own_fields(facts),
    )
    organ = _ORGANS.get(facts.code, _SVRS)
    return event.signed(
        facts.code, sequence, detail, key, environment, at, signer, organ
    )


def read(content: bytes) -> Facts:
    """The facts of an event, ours or another program's (evento, procEventoNFe)."""
    root = schema.parse(content)
    latitude, longitude = _find(root, "latGPS"), _find(root, "longGPS")
    return Facts(
        code=_find(root, "tpEvento"),
        moment=_moment(_find(root, "dhEntrega") or _find(root, "dhTentativaEntrega")),
        receiver_name=_find(root, "xNome"),
        receiver_document=_find(root, "nDoc"),
        attempt=int(_find(root, "nTentativa") or 0),
        reason=_find(root, "tpMotivo"),
        explanation=_find(root, "xJustMotivo"),
        position=(Decimal(latitude), Decimal(longitude))
        if latitude and longitude
        else None,
        image_hash=_find(root, "hashComprovante")
        or _find(root, "hashTentativaEntrega"),
        hashed_at=_moment(
            _find(root, "dhHashComprovante") or _find(root, "dhHashTentativaEntrega")
        ),
        protocol_number=_find(root, "nProtEvento"),
    )


def _own_fields(facts: Facts) -> dict[str, str | None]:
    """The elements of a type, in the order of its layout."""
    if facts.code in (DELIVERED_WITHDRAWN, FAILED_WITHDRAWN):
        return {"nProtEvento": facts.protocol_number}
    hashed_at = text.moment(facts.hashed_at)
    if facts.code == DELIVERED:
        return {
            "dhEntrega": text.moment(facts.moment),
            "nDoc": text.clean(facts.receiver_document, 20),
            "xNome": text.clean(facts.receiver_name, 60),
            **_position(facts),
            "hashComprovante": facts.image_hash,
            "dhHashComprovante": hashed_at,
        }
    return {
        "dhTentativaEntrega": text.moment(facts.moment),
        "nTentativa": str(facts.attempt) if facts.attempt else None,
        "tpMotivo": facts.reason,
        "xJustMotivo": text.clean(facts.explanation, EXPLANATION_MAX),
        **_position(facts),
        "hashTentativaEntrega": facts.image_hash,
        "dhHashTentativaEntrega": hashed_at,
    }


def _position(facts: Facts) -> dict[str, str]:
    if facts.position is None:
        return {}
    latitude, longitude = facts.position
    return {"latGPS": f"{latitude:.6f}", "longGPS": f"{longitude:.6f}"}


def _check(facts: Facts) -> None:
    if facts.code not in _NAMES:
        raise ValueError(f"{facts.code} is no event of a delivery")
    for moment in (facts.moment, facts.hashed_at):
        if moment and moment.tzinfo is None:
            raise ValueError("The date of a delivery needs a time zone")
    if facts.code != FAILED:
        return
    explanation = text.clean(facts.explanation, EXPLANATION_MAX) or ""
    if facts.reason == OTHER_REASON and len(explanation) < EXPLANATION_MIN:
        raise ValueError(f"The explanation needs at least {EXPLANATION_MIN} characters")
    if facts.reason != OTHER_REASON and explanation:
        raise ValueError("Only the reason 4 (other) takes an explanation")


def _elements(**values: str | None) -> str:
    return "".join(
        f"<{name}>{escape(value)}</{name}>"
        for name, value in values.items()
        if value is not None
    )


def _find(root: etree._Element, name: str) -> str:
    return root.findtext(f".//{{{NAMESPACE}}}{name}", "")


def _moment(value: str) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
