"""Answers of the SEFAZ, read by local name into plain data.

What must be archived (protNFe, retEvento) is kept as the exact slice of bytes; only
an office that writes prefixes gets its piece re-written without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from .cstat import Kind, classify
from .envelope import Unreadable
from .schema import parse
from .serializer import NAMESPACE

_KEY_IN_TEXT = re.compile(r"\[?chNFe\s*:\s*(\d{6}[0-9A-Z]{12}\d{26})\]?")
_RECEIPT_IN_TEXT = re.compile(r"\[?nRec\s*:\s*(\d+)\]?")
_PROTOCOL_IN_TEXT = re.compile(r"nProt\s*:\s*(\d{15,17})")
_VOIDED_NOW, _VOIDED_BEFORE = 102, 563


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """protNFe: the decision on one note."""

    code: int
    reason: str
    key: str
    number: str  # nProt, empty for a rejection
    digest: str  # digVal
    received_at: datetime | None
    environment: str
    content: bytes = field(repr=False)

    @property
    def kind(self) -> Kind:
        """What the code means for us."""
        return classify(self.code, self.number)

    @property
    def other_key(self) -> str:
        """The key that 539 names, or empty text."""
        return key_in(self.reason)


@dataclass(frozen=True, kw_only=True)
class EventResult:
    """retEvento: the decision on one event; ``request`` is set in a consult."""

    code: int
    reason: str
    key: str
    event_type: str
    sequence: int
    number: str
    registered_at: datetime | None
    content: bytes = field(repr=False)
    request: bytes = field(default=b"", repr=False)

    @property
    def kind(self) -> Kind:
        """What the code means for us."""
        return classify(self.code, self.number)


@dataclass(frozen=True, kw_only=True)
class LotAnswer:
    """retEnviNFe: either ``protocol`` (one note) or ``receipt`` (a lot)."""

    code: int
    reason: str
    receipt: str
    wait_seconds: int
    protocol: Protocol | None

    @property
    def kind(self) -> Kind:
        """What the code of the message itself means."""
        return classify(self.code)


@dataclass(frozen=True, kw_only=True)
class LotResult:
    """retConsReciNFe."""

    code: int
    reason: str
    receipt: str
    protocols: tuple[Protocol, ...]

    @property
    def kind(self) -> Kind:
        """What the code of the message itself means."""
        return classify(self.code)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """retConsSitNFe."""

    code: int
    reason: str
    key: str
    protocol: Protocol | None
    events: tuple[EventResult, ...]

    @property
    def kind(self) -> Kind:
        """What the code means; a denial is recognised by the note's protocol."""
        return classify(self.code, self.protocol.number if self.protocol else "")


@dataclass(frozen=True, kw_only=True)
class EventAnswer:
    """retEnvEvento."""

    code: int
    reason: str
    results: tuple[EventResult, ...]

    @property
    def kind(self) -> Kind:
        """What the code of the message itself means."""
        return classify(self.code)


@dataclass(frozen=True, kw_only=True)
class StatusAnswer:
    """retConsStatServ."""

    code: int
    reason: str
    wait_seconds: int
    returns_at: datetime | None
    note: str

    @property
    def kind(self) -> Kind:
        """SERVICE_UP or SERVICE_DOWN, or why the question was refused."""
        return classify(self.code)


@dataclass(frozen=True, kw_only=True)
class VoidingAnswer:
    """retInutNFe; ``content`` is its exact slice of bytes, kept beside the request.

    ``series``, ``first`` and ``last`` repeat the request; 0 where a refusal left them
    out.
    """

    code: int
    reason: str
    number: str  # nProt, empty for a rejection
    series: int
    first: int
    last: int
    received_at: datetime | None
    content: bytes = field(repr=False)

    @property
    def kind(self) -> Kind:
        """VOIDED, or why not."""
        return classify(self.code)

    @property
    def stands(self) -> bool:
        """True when exactly this range is voided and its protocol is known.

        102, or 563: the same range was voided before, most likely by a request whose
        answer was lost, and the protocol of then is repeated (NT 2015.002).
        """
        return bool(self.number) and self.code in (_VOIDED_NOW, _VOIDED_BEFORE)

    @property
    def is_new(self) -> bool:
        """True for 102: ``received_at`` is the moment of the voiding itself."""
        return self.code == _VOIDED_NOW


def read_lot(message: bytes) -> LotAnswer:
    """Read retEnviNFe; every reader raises ``Unreadable`` for another message."""
    root = _root(message, "retEnviNFe")
    protocols = _protocols(message, root)
    return LotAnswer(
        code=_code(root),
        reason=_text(root, "xMotivo"),
        receipt=_deep(root, "nRec"),
        wait_seconds=_number(_deep(root, "tMed")),
        protocol=protocols[0] if protocols else None,
    )


def read_lot_result(message: bytes) -> LotResult:
    """Read retConsReciNFe."""
    root = _root(message, "retConsReciNFe")
    return LotResult(
        code=_code(root),
        reason=_text(root, "xMotivo"),
        receipt=_text(root, "nRec"),
        protocols=_protocols(message, root),
    )


def read_situation(message: bytes) -> Situation:
    """Read retConsSitNFe, with the note's protocol and its events."""
    root = _root(message, "retConsSitNFe")
    protocols = _protocols(message, root)
    return Situation(
        code=_code(root),
        reason=_text(root, "xMotivo"),
        key=_text(root, "chNFe"),
        protocol=protocols[0] if protocols else None,
        events=_events(message, root),
    )


def read_events(message: bytes) -> EventAnswer:
    """Read retEnvEvento."""
    root = _root(message, "retEnvEvento")
    return EventAnswer(
        code=_code(root),
        reason=_text(root, "xMotivo"),
        results=_events(message, root),
    )


def read_event(message: bytes) -> EventResult | EventAnswer:
    """Read retEnvEvento of one event: the word on it, or the refusal of the message."""
    answer = read_events(message)
    return answer.results[0] if answer.results else answer


def read_status(message: bytes) -> StatusAnswer:
    """Read retConsStatServ."""
    root = _root(message, "retConsStatServ")
    return StatusAnswer(
        code=_code(root),
        reason=_text(root, "xMotivo"),
        wait_seconds=_number(_text(root, "tMed")),
        returns_at=_moment(_text(root, "dhRetorno")),
        note=_text(root, "xObs"),
    )


def read_voiding(message: bytes) -> VoidingAnswer:
    """Read retInutNFe."""
    root = _root(message, "retInutNFe")
    code, reason = _number(_deep(root, "cStat")), _deep(root, "xMotivo")
    if not code:
        raise Unreadable("retInutNFe without cStat")
    (content,) = _slices(message, "retInutNFe", [root])
    return VoidingAnswer(
        code=code,
        reason=reason,
        number=_deep(root, "nProt") or protocol_in(reason),
        series=_number(_deep(root, "serie")),
        first=_number(_deep(root, "nNFIni")),
        last=_number(_deep(root, "nNFFin")),
        received_at=_moment(_deep(root, "dhRecbto")),
        content=content,
    )


def key_in(reason: str) -> str:
    """The key in "… [chNFe: 3526…]", or empty text (539, 204)."""
    found = _KEY_IN_TEXT.search(reason)
    return found.group(1) if found else ""


def receipt_in(reason: str) -> str:
    """The receipt in "… [nRec: 35…]", or empty text (204)."""
    found = _RECEIPT_IN_TEXT.search(reason)
    return found.group(1) if found else ""


def protocol_in(reason: str) -> str:
    """The protocol in "… [nProt: 1352…]", or empty text (563, 573)."""
    found = _PROTOCOL_IN_TEXT.search(reason)
    return found.group(1) if found else ""


def _root(message: bytes, name: str) -> etree._Element:
    try:
        root = parse(message)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"{name} expected, broken XML found") from error
    for element in root.iter(etree.Element):
        if _local(element) == name:
            return element
    raise Unreadable(f"{name} expected, {_local(root)} found")


def _protocols(message: bytes, root: etree._Element) -> tuple[Protocol, ...]:
    elements = _all(root, "protNFe")
    return tuple(
        _protocol(element, content)
        for element, content in zip(
            elements, _slices(message, "protNFe", elements), strict=True
        )
    )


def _protocol(element: etree._Element, content: bytes) -> Protocol:
    return Protocol(
        code=_number(_deep(element, "cStat")),
        reason=_deep(element, "xMotivo"),
        key=_deep(element, "chNFe"),
        number=_deep(element, "nProt"),
        digest=_deep(element, "digVal"),
        received_at=_moment(_deep(element, "dhRecbto")),
        environment=_deep(element, "tpAmb"),
        content=content,
    )


def _events(message: bytes, root: etree._Element) -> tuple[EventResult, ...]:
    elements = _all(root, "retEvento")
    contents = _slices(message, "retEvento", elements)
    requests = _slices(message, "evento", _all(root, "evento"))
    if len(requests) != len(contents):
        requests = [b""] * len(contents)
    return tuple(
        _event(element, content, request)
        for element, content, request in zip(elements, contents, requests, strict=True)
    )


def _event(element: etree._Element, content: bytes, request: bytes) -> EventResult:
    return EventResult(
        code=_number(_deep(element, "cStat")),
        reason=_deep(element, "xMotivo"),
        key=_deep(element, "chNFe"),
        event_type=_deep(element, "tpEvento"),
        sequence=_number(_deep(element, "nSeqEvento")),
        number=_deep(element, "nProt"),
        registered_at=_moment(_deep(element, "dhRegEvento")),
        content=content,
        request=request,
    )


def _slices(message: bytes, name: str, elements: list[etree._Element]) -> list[bytes]:
    """The bytes of elements that do not nest, in document order."""
    tag = name.encode()
    found = re.findall(rb"<%s[\s>].*?</%s\s*>" % (tag, tag), message, re.DOTALL)
    if len(found) == len(elements):
        return found
    return [_rewritten(element) for element in elements]


def _rewritten(element: etree._Element) -> bytes:
    """A piece without its prefixes, in the default namespace."""
    clean = etree.fromstring(etree.tostring(element, with_tail=False))
    bare = etree.Element(f"{{{NAMESPACE}}}{_local(clean)}", nsmap={None: NAMESPACE})
    bare.attrib.update(clean.attrib)
    bare.extend(list(clean))
    etree.cleanup_namespaces(bare)
    return etree.tostring(bare)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _all(root: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in root.iter(etree.Element) if _local(node) == name]


def _text(element: etree._Element, name: str) -> str:
    """Text of a direct child."""
    for child in element.iterchildren(etree.Element):
        if _local(child) == name:
            return (child.text or "").strip()
    return ""


def _deep(element: etree._Element, name: str) -> str:
    """Text of the first descendant of a name."""
    found = _all(element, name)
    return (found[0].text or "").strip() if found else ""


def _code(root: etree._Element) -> int:
    code = _number(_text(root, "cStat"))
    if not code:
        raise Unreadable(f"{_local(root)} without cStat")
    return code


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
