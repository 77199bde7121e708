"""NFeRecepcaoEvento4: events of the emitter (MOC 7.0 sections 5.8 to 5.10).

Cancellation (110111), correction letter (110110), delivery receipt (110130/1) and
failed delivery (110192/3). The state keeps request and answer byte by byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from . import abuse, answers, epec
from .call import Call
from .cstat import Rejection, text
from .keys import AccessKey
from .note import qualified
from .note import text as read
from .office import NATIONAL, Office
from .schemas import EVENT_TYPES, NFE, first_error, parse
from .store import Row, moment, stamp

CANCEL = "110111"
CORRECTION = "110110"
_TOLERANCE = timedelta(minutes=5)
_MAX_SEQUENCE = {CANCEL: 1, epec.TYPE: 1}
_DEFAULT_MAX_SEQUENCE = 20
_RESULT_NAMES = {
    CANCEL: "Cancelamento homologado",
    CORRECTION: "Carta de Correção registrada",
    "110130": "Comprovante de Entrega da NF-e",
    "110131": "Cancelamento Comprovante de Entrega da NF-e",
    "110192": "Insucesso na Entrega da NF-e",
    "110193": "Cancelamento Insucesso na Entrega da NF-e",
}
_ORGANS = {"110130": "91", "110131": "91", "110192": "92", "110193": "92"}
"""Registered for all the country: by the national environment (NT 2021.001), by the
SVRS (NT 2023.005 v1.02). This simulator stands in for all of them."""
_WITHDRAWN = {"110131": "110130", "110193": "110192"}
_LETTER_TOO_LATE = "Rejeição: NF-e autorizada há mais de 30 dias (720 horas)"
"""501 in the manual of the correction letter (GA02); that of the MOC is about
cancellations."""
_SLICE = re.compile(rb"<evento[\s>].*?</evento\s*>", re.DOTALL)


@dataclass(frozen=True)
class Event:
    """A read-only view of one event."""

    raw: bytes
    root: etree._Element

    @classmethod
    def open(cls, raw: bytes) -> Event:
        """Parse a slice; it must declare the namespace itself (587)."""
        root = parse(raw)
        if root.tag != f"{{{NFE}}}evento":
            raise Rejection(587)
        return cls(raw, root)

    @property
    def info(self) -> etree._Element:
        """infEvento."""
        return self.root.find(qualified("infEvento"))

    @property
    def type(self) -> str:
        return read(self.info, "tpEvento")

    @property
    def key(self) -> AccessKey:
        return AccessKey(read(self.info, "chNFe"))

    @property
    def sequence(self) -> int:
        return int(read(self.info, "nSeqEvento"))

    @property
    def author(self) -> str:
        return read(self.info, "CNPJ") or read(self.info, "CPF")

    @property
    def happened(self) -> datetime:
        return datetime.fromisoformat(read(self.info, "dhEvento"))


def register(office: Office, call: Call) -> bytes:
    """Answer envEvento: 128 with the result of each event."""
    call.raise_forced_lot()
    results = []
    for event in [Event.open(raw) for raw in _SLICE.findall(call.message)]:
        answer, code = _process(office, call, event)
        call.results[event.key.value] = code
        results.append(answer)
    call.cstat = 128
    return answers.events(office, read(call.root, "idLote"), 128, text(128), results)


def _process(office: Office, call: Call, event: Event) -> tuple[bytes, int]:
    abuse.count(office, call.cnpj, "event", event.info.get("Id"))
    try:
        call.raise_forced()
        _check_form(office, event)
        note = _check_note(office, event)
        code = _result_code(office, event, note)
    except Rejection as rejection:
        return _answer(office, event, rejection.code, rejection.reason), rejection.code
    number = office.next_protocol()
    answer = _answer(office, event, code, text(code), number)
    office.store.insert(
        "event",
        key=event.key.value,
        type=event.type,
        sequence=event.sequence,
        cstat=code,
        protocol=number,
        registered=stamp(office.now()),
        request=event.raw,
        answer=answer,
    )
    if event.type == CANCEL:
        office.store.execute(
            "UPDATE note SET status = 'cancelled' WHERE key = ?", event.key.value
        )
    return answer, code


def _check_form(office: Office, event: Event) -> None:
    """General rules of section 5.8.4: what needs no database."""
    signer = office.verifier.verify(event.root, office.now())
    signer.require_root(event.author)
    info = event.info
    if event.type not in _allowed(office):
        raise Rejection(491)
    if first_error(event.type, event.root):
        raise Rejection(493, first_error(event.type, event.root) or "")
    if read(info, "tpAmb") != office.environment:
        raise Rejection(252)
    if read(info, "cOrgao") != _ORGANS.get(event.type, office.code):
        raise Rejection(657)
    if info.get("Id") != f"ID{event.type}{event.key.value}{event.sequence:02d}":
        raise Rejection(572)
    _check_key(office, event)
    if event.happened > office.now() + _TOLERANCE:
        raise Rejection(578)
    limit = _MAX_SEQUENCE.get(event.type, _DEFAULT_MAX_SEQUENCE)
    if event.sequence > limit:
        raise Rejection(594)


def _allowed(office: Office) -> frozenset[str]:
    if office.role == NATIONAL:
        return frozenset({epec.TYPE})
    return frozenset({CANCEL}) if office.svc else EVENT_TYPES - {epec.TYPE}


def _check_key(office: Office, event: Event) -> None:
    if not event.key.is_valid:
        raise Rejection(236)
    if event.key.uf != office.uf:
        raise Rejection(249)
    if event.author != event.key.cnpj:
        raise Rejection(574)


def _check_note(office: Office, event: Event) -> Row | None:
    """Rules 2P and 3P; a repeated event is told as such before all else.

    The manual lists 573 last, which would answer 580 to a repeated cancellation;
    the offices answer 573, and that is what a client must recognise.
    """
    known = office.store.row(
        "SELECT protocol FROM event WHERE key = ? AND type = ? AND sequence = ?",
        *(event.key.value, event.type, event.sequence),
    )
    if known:
        raise Rejection(573, f"nProt:{known['protocol']}")
    if event.type == epec.TYPE:
        epec.check_event(office, event.key, event.info)
        return None
    note = office.store.note(event.key.value)
    if not office.knows(note):
        if office.settings.link_unknown and event.type != CANCEL:
            return None
        raise Rejection(494, f"chNFe:{event.key.value}")
    if note["status"] != "authorized":
        raise Rejection(580)
    if event.happened < moment(note["issued"]):
        raise Rejection(577)
    if event.happened < moment(note["received"]) - _TOLERANCE:
        raise Rejection(579)
    return note


def _result_code(office: Office, event: Event, note: Row | None) -> int:
    """135 or 136; cancellation and correction letter also have a deadline."""
    if note is None:
        return 136
    age = office.now() - moment(note["received"])
    settings = office.settings
    if event.type == CORRECTION and age > timedelta(hours=settings.correction_hours):
        raise Rejection(501, message=_LETTER_TOO_LATE)
    if event.type in _WITHDRAWN:
        _check_withdrawn(office, event)
    if event.type != CANCEL:
        return 135
    if read(event.info, "detEvento/nProt") != note["protocol"]:
        raise Rejection(222)
    if age <= timedelta(hours=settings.cancel_hours):
        return 135
    late = settings.late_cancel_hours
    if late is not None and age <= timedelta(hours=late):
        return 155
    raise Rejection(501)


def _check_withdrawn(office: Office, event: Event) -> None:
    """The event that is taken back exists on this note.

    The code of this rule differs between the notes; 222 is that of any protocol which
    is not the known one.
    """
    known = office.store.row(
        "SELECT 1 FROM event WHERE key = ? AND type = ? AND protocol = ?",
        *(event.key.value, _WITHDRAWN[event.type]),
        read(event.info, "detEvento/nProtEvento"),
    )
    if known is None:
        raise Rejection(222)


def _answer(
    office: Office, event: Event, code: int, reason: str, number: str | None = None
) -> bytes:
    return answers.event(
        office,
        code,
        reason,
        organ=_ORGANS.get(event.type, office.code),
        chNFe=event.key.value,
        tpEvento=event.type,
        xEvento=_RESULT_NAMES.get(event.type) if number else None,
        nSeqEvento=event.sequence,
        nProt=number,
    )
