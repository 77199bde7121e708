"""NFeStatusServico4 and NFeConsultaProtocolo4 (MOC 7.0 sections 5.4 and 5.5)."""

from __future__ import annotations

from . import abuse, answers, epec
from .call import Call
from .cstat import Rejection, text
from .keys import AccessKey
from .note import text as read
from .office import Office
from .store import Row, moment


def service_status(office: Office, call: Call) -> bytes:
    """Answer consStatServ; a pause was answered before."""
    if read(call.root, "tpAmb") != office.environment:
        raise Rejection(252)
    if read(call.root, "cUF") != office.uf:
        raise Rejection(289)
    call.raise_forced()
    call.cstat = 107
    return answers.status(office, 107, text(107))


def situation(office: Office, call: Call) -> bytes:
    """Answer consSitNFe: 100, 150, 101 or 151 with protocol and events."""
    key = AccessKey(read(call.root, "chNFe"))
    if read(call.root, "tpAmb") != office.environment:
        raise Rejection(252)
    if not key.is_valid:
        raise Rejection(236)
    if key.uf != office.uf:
        raise Rejection(226)
    abuse.count(office, call.cnpj, "consult", key.value)
    call.raise_forced()
    note = office.store.note(key.value)
    events = office.store.events(key.value)
    if office.knows(note):
        code, content = _code(note, events), protocol(office, note)
    elif note is None and epec.of_key(office, key.value):
        code, content = epec.AUTHORISED, b""
    else:
        raise _unknown(office, key, call.cnpj)
    call.cstat = call.results[key.value] = code
    content += b"".join(
        answers.processed_event(event["request"], event["answer"]) for event in events
    )
    return answers.situation(office, key.value, code, text(code), content)


def _unknown(office: Office, key: AccessKey, cnpj: str) -> Rejection:
    """217, or 562 / 613 when the number exists under another key (J04, J06).

    The existing key is told only to who shares the root of the CNPJ.
    """
    other = office.store.note_by_number(key.cnpj, key.model, key.series, key.number)
    if not office.knows(other):
        return Rejection(217)
    detail = f"chNFe:{other['key']}" if cnpj[:8] == key.cnpj[:8] else ""
    known = AccessKey(other["key"])
    only_random = key.value[:35] == known.value[:35]
    return Rejection(562 if only_random else 613, detail)


def _code(note: Row, events: list[Row]) -> int:
    if note["status"] == "authorized":
        return int(note["cstat"])
    late = any(event["cstat"] == 155 for event in events)
    return 151 if late else 101


def protocol(office: Office, note: Row) -> bytes:
    """protNFe of an authorised note, as it was given."""
    return answers.protocol(
        office,
        note["key"],
        note["cstat"],
        text(note["cstat"]),
        moment(note["received"]),
        number=note["protocol"],
        digest=note["digest"],
    )
