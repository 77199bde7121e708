"""Distribution of documents of interest (NFeDistribuicaoDFe).

Sources: NT 2014.002, MOC 7.0, 5.7. The national environment numbers, for each CNPJ, the
documents and events that name it without being its own (NSU), and gives them out in
order, 50 at a time, for three months.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from . import schema
from .access_key import STATE_CODES
from .cstat import classify
from .envelope import Unreadable
from .serializer import NAMESPACE

MAX_DOCUMENT_BYTES = 5_000_000
"""Ten times the largest NF-e (500 KB): what unpacks to more is a bomb, no document."""
MAX_DOCUMENTS = 50
"""Documents in an answer (XSD)."""

NOTHING_FOUND, FOUND, ABUSE = 137, 138, 656
CANCELLATION_EVENTS = frozenset({"110111", "110112"})

NOTE_SUMMARY, NOTE = "resNFe", "nfeProc"
EVENT_SUMMARY, EVENT = "resEvento", "procEventoNFe"

_FIRST_NSU = "0" * 15
_SITUATIONS = {"1": "authorised", "2": "denied", "3": "cancelled"}


@dataclass(frozen=True, kw_only=True)
class Received:
    """A docZip: ``content`` is empty when it could not be unpacked (``problem``)."""

    nsu: str
    schema: str
    content: bytes = field(repr=False)
    problem: str = ""  # broken, too_big


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """retDistDFeInt."""

    code: int
    reason: str
    last_nsu: str
    max_nsu: str
    documents: tuple[Received, ...]

    @property
    def is_end(self) -> bool:
        """True when there is nothing more for now: the next question waits an hour."""
        return self.code == NOTHING_FOUND or (
            self.code == FOUND and self.last_nsu >= self.max_nsu
        )


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a document says of itself; fields that its kind lacks are empty.

    ``kind`` is the name of the root: resNFe, nfeProc, resEvento, procEventoNFe, or
    another one, whose content is kept as it is. ``situation`` is authorised, denied,
    cancelled or empty.
    """

    kind: str
    key: str = ""
    issuer: str = ""  # CNPJ or CPF of the note's issuer, or of the event's author
    issuer_name: str = ""
    moment: datetime | None = None
    amount: Decimal | None = None
    situation: str = ""
    protocol_number: str = ""
    event_code: str = ""
    sequence: int = 0
    event_name: str = ""


def after(nsu: str, *, state: str, cnpj: str, environment: str) -> bytes:
    """distDFeInt: the documents after an NSU; "" for the first ones."""
    body = f"<distNSU><ultNSU>{nsu or _FIRST_NSU:0>15}</ultNSU></distNSU>"
    return _question(body, state, cnpj, environment)


def by_key(key: str, *, state: str, cnpj: str, environment: str) -> bytes:
    """distDFeInt: the note of a key; at most 20 questions an hour."""
    body = f"<consChNFe><chNFe>{key}</chNFe></consChNFe>"
    return _question(body, state, cnpj, environment)


def read(message: bytes) -> Distribution:
    """Read retDistDFeInt; raises ``Unreadable`` for another message.

    A document that cannot be unpacked does not cost the others.
    """
    try:
        root = schema.parse(message)
    except etree.XMLSyntaxError as error:
        raise Unreadable("retDistDFeInt expected, broken XML found") from error
    if etree.QName(root).localname != "retDistDFeInt":
        raise Unreadable(f"retDistDFeInt expected, {root.tag} found")
    code = root.findtext(f"{{{NAMESPACE}}}cStat", "")
    if not code.isdigit():
        raise Unreadable("retDistDFeInt without cStat")
    packed = list(root.iter(f"{{{NAMESPACE}}}docZip"))
    if len(packed) > MAX_DOCUMENTS:
        raise Unreadable(f"{len(packed)} documents in an answer")
    return Distribution(
        code=int(code),
        reason=root.findtext(f"{{{NAMESPACE}}}xMotivo", ""),
        last_nsu=root.findtext(f"{{{NAMESPACE}}}ultNSU", ""),
        max_nsu=root.findtext(f"{{{NAMESPACE}}}maxNSU", ""),
        documents=tuple(_received(element) for element in packed),
    )


def facts(content: bytes) -> Facts:
    """What a received document says; never raises for strange content."""
    try:
        root = schema.parse(content)
    except etree.XMLSyntaxError:
        return Facts(kind="")
    kind = etree.QName(root).localname
    if kind in (NOTE_SUMMARY, NOTE):
        return _note_facts(kind, root)
    if kind in (EVENT_SUMMARY, EVENT):
        return _event_facts(kind, root)
    return Facts(kind=kind)


def _question(body: str, state: str, cnpj: str, environment: str) -> bytes:
    message = (
        f'<distDFeInt xmlns="{NAMESPACE}" versao="1.01"><tpAmb>{environment}</tpAmb>'
        f"<cUFAutor>{STATE_CODES[state]}</cUFAutor><CNPJ>{cnpj}</CNPJ>{body}"
        "</distDFeInt>"
    ).encode()
    schema.require("distDFeInt", message)
    return message


def _received(element: etree._Element) -> Received:
    content, problem = _unpack(element.text or "")
    return Received(
        nsu=element.get("NSU", ""),
        schema=element.get("schema", ""),
        content=content,
        problem=problem,
    )


def _unpack(text: str) -> tuple[bytes, str]:
    """Content and problem of a docZip: Base64 of gzip, never more than the limit."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        packed = base64.b64decode(text, validate=False)
        content = unpacker.decompress(packed, MAX_DOCUMENT_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return b"", "broken"
    if unpacker.unconsumed_tail:
        return b"", "too_big"
    return (content, "") if unpacker.eof else (b"", "broken")


def _note_facts(kind: str, root: etree._Element) -> Facts:
    issuer = _first(root, "emit")
    issuer = root if issuer is None else issuer
    code = _text(root, "cStat")
    situation = _SITUATIONS.get(_text(root, "cSitNFe"), "")
    if not situation and code.isdigit():
        decided = classify(int(code), _text(root, "nProt")).value
        situation = decided if decided in _SITUATIONS.values() else ""
    return Facts(
        kind=kind,
        key=_text(root, "chNFe"),
        issuer=_text(issuer, "CNPJ") or _text(issuer, "CPF"),
        issuer_name=_text(issuer, "xNome"),
        moment=_moment(_text(root, "dhEmi")),
        amount=_amount(_text(root, "vNF")),
        situation=situation,
        protocol_number=_text(root, "nProt"),
    )


def _event_facts(kind: str, root: etree._Element) -> Facts:
    result = _first(root, "retEvento")
    answer = root if result is None else result
    sequence = _text(root, "nSeqEvento")
    return Facts(
        kind=kind,
        key=_text(root, "chNFe"),
        issuer=_text(root, "CNPJ") or _text(root, "CPF"),
        moment=_moment(_text(root, "dhEvento")),
        protocol_number=_text(answer, "nProt"),
        event_code=_text(root, "tpEvento"),
        sequence=int(sequence) if sequence.isdigit() else 0,
        event_name=_text(answer, "xEvento") or _text(root, "descEvento"),
    )


def _first(root: etree._Element, name: str) -> etree._Element | None:
    return next(root.iter(f"{{{NAMESPACE}}}{name}"), None)


def _text(root: etree._Element, name: str) -> str:
    found = _first(root, name)
    return "" if found is None else (found.text or "").strip()


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _amount(value: str) -> Decimal | None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
