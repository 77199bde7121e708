"""NFeDistribuicaoDFe (NT 2014.002; MOC 7.0 section 5.7) and its pool of documents.

Each CNPJ that a note names has a sequence of its own (NSU), without gaps. Its own
documents are not given to it; the recipient gets summaries, carriers and others named
in autXML the whole. After the end of the pool was told, an hour has to pass (656).
"""

from __future__ import annotations

import base64
import gzip
import re

from lxml import etree

from . import abuse, answers
from .call import Call
from .cstat import Rejection, text
from .keys import AccessKey
from .note import Note
from .note import text as read
from .office import Office
from .queries import protocol
from .schemas import NFE, parse
from .store import Row, moment, stamp

MAX_DOCUMENTS = 50
_KEY = re.compile(rb'<chNFe>(\w{44})<|Id="NFe(\w{44})"')


def distribute(office: Office, call: Call) -> bytes:
    """Answer distDFeInt by NSU, by one NSU or by key."""
    root = call.root
    cnpj = read(root, "CNPJ")
    if read(root, "tpAmb") != office.environment:
        raise Rejection(252)
    if cnpj[:8] != call.cnpj[:8]:
        raise Rejection(593)
    abuse.check_block(office, _counter(cnpj))
    call.raise_forced()
    _collect(office)
    highest = _highest(office, cnpj)
    if root.find(f"{{{NFE}}}distNSU") is not None:
        rows, last = _after(office, cnpj, int(read(root, "distNSU/ultNSU")), highest)
    else:
        abuse.count(office, _counter(cnpj), "search", "dfe")
        rows = _one(office, cnpj, root, highest)
        last = highest
    call.cstat = 138 if rows else 137
    documents = b"".join(_zip(row) for row in rows)
    return answers.distribution(
        office, call.cstat, text(call.cstat), last, highest, documents
    )


def share(office: Office, cnpj: str, schema: str, content: bytes) -> int:
    """Add a document to the pool of a CNPJ; returns its NSU."""
    nsu = _highest(office, cnpj) + 1
    found = _KEY.search(content)
    key = (found.group(1) or found.group(2)).decode() if found else ""
    office.store.insert(
        "dfe", cnpj=cnpj, nsu=nsu, schema=schema, key=key, content=content
    )
    return nsu


def _counter(cnpj: str) -> str:
    """The national environment counts apart from the state."""
    return f"{cnpj}/AN"


def _highest(office: Office, cnpj: str) -> int:
    row = office.store.row("SELECT max(nsu) AS nsu FROM dfe WHERE cnpj = ?", cnpj)
    return (row and row["nsu"]) or 0


def _after(
    office: Office, cnpj: str, given: int, highest: int
) -> tuple[list[Row], int]:
    if given > highest:
        raise Rejection(589)
    _require_hour(office, cnpj)
    rows = office.store.rows(
        "SELECT * FROM dfe WHERE cnpj = ? AND nsu > ? ORDER BY nsu LIMIT ?",
        *(cnpj, given, MAX_DOCUMENTS),
    )
    last = rows[-1]["nsu"] if rows else given
    if last == highest:
        office.store.insert(
            "usage", cnpj=_counter(cnpj), subject="end", at=stamp(office.now())
        )
    return rows, last


def _require_hour(office: Office, cnpj: str) -> None:
    told = office.store.row(
        "SELECT max(at) AS at FROM usage WHERE cnpj = ? AND subject = 'end'",
        _counter(cnpj),
    )
    if told and told["at"] and office.now() - moment(told["at"]) < abuse.WINDOW:
        abuse.block(office, _counter(cnpj))
        raise Rejection(656)


def _one(office: Office, cnpj: str, root: etree._Element, highest: int) -> list[Row]:
    """consNSU and consChNFe."""
    if root.find(f"{{{NFE}}}consNSU") is not None:
        nsu = int(read(root, "consNSU/NSU"))
        if nsu > highest:
            raise Rejection(589)
        query = "SELECT * FROM dfe WHERE cnpj = ? AND nsu = ?"
        return office.store.rows(query, cnpj, nsu)
    key = AccessKey(read(root, "consChNFe/chNFe"))
    if not key.is_valid:
        raise Rejection(236)
    if key.cnpj == cnpj:
        raise Rejection(641)
    rows = office.store.rows("SELECT * FROM dfe WHERE key = ? ORDER BY nsu", key.value)
    if not rows and office.store.note(key.value) is None:
        raise Rejection(217)
    own = [row for row in rows if row["cnpj"] == cnpj and "NFe_v" in row["schema"]]
    notes = [row for row in own if not row["schema"].startswith("procEvento")]
    if not notes:
        raise Rejection(640)
    note = office.store.note(key.value)
    if note and note["status"] == "cancelled":
        raise Rejection(653)
    return notes[:1]


def _zip(row: Row) -> bytes:
    packed = base64.b64encode(gzip.compress(row["content"], mtime=0))
    return b'<docZip NSU="%015d" schema="%s">%s</docZip>' % (
        row["nsu"],
        row["schema"].encode(),
        packed,
    )


# === THE POOL === #


def _collect(office: Office) -> None:
    """What was authorised and registered since the last question."""
    for row in office.store.rows(
        "SELECT * FROM note WHERE NOT EXISTS "
        "(SELECT 1 FROM shared WHERE source = note.key) ORDER BY protocol"
    ):
        office.store.insert("shared", source=row["key"])
        _share_note(office, row)
    for row in office.store.rows(
        "SELECT * FROM event WHERE NOT EXISTS "
        "(SELECT 1 FROM shared WHERE source = event.protocol) ORDER BY protocol"
    ):
        office.store.insert("shared", source=row["protocol"])
        _share_event(office, row)


def _parties(note: Note) -> tuple[str, set[str]]:
    """The recipient, and who gets the whole document; the issuer gets nothing."""
    nodes = [
        *note.info.findall(f"{{{NFE}}}autXML"),
        *note.info.findall(f"{{{NFE}}}transp/{{{NFE}}}transporta"),
    ]
    recipient = note.text("dest/CNPJ")
    others = {read(node, "CNPJ") for node in nodes} - {"", note.issuer, recipient}
    return ("" if recipient == note.issuer else recipient), others


def _share_note(office: Office, row: Row) -> None:
    note = Note.read(row["xml"])
    recipient, others = _parties(note)
    if recipient:
        share(office, recipient, "resNFe_v1.01.xsd", _note_summary(office, note, row))
    whole = (
        f'<nfeProc xmlns="{NFE}" versao="4.00">'.encode()
        + row["xml"]
        + protocol(office, row)
        + b"</nfeProc>"
    )
    for cnpj in sorted(others):
        share(office, cnpj, "procNFe_v4.00.xsd", whole)


def _share_event(office: Office, row: Row) -> None:
    known = office.store.note(row["key"])
    if known is None:
        return
    recipient, others = _parties(Note.read(known["xml"]))
    if recipient:
        content = _event_summary(office, row)
        share(office, recipient, "resEvento_v1.01.xsd", content)
    whole = answers.processed_event(row["request"], row["answer"])
    for cnpj in sorted(others):
        share(office, cnpj, "procEventoNFe_v1.00.xsd", whole)


def _note_summary(office: Office, note: Note, row: Row) -> bytes:
    body = answers.fields(
        chNFe=row["key"],
        CNPJ=note.issuer,
        xNome=note.text("emit/xNome"),
        IE=note.text("emit/IE"),
        dhEmi=note.text("ide/dhEmi"),
        tpNF=note.text("ide/tpNF"),
        vNF=note.text("total/ICMSTot/vNF"),
        digVal=row["digest"],
        dhRecbto=office.local(moment(row["received"])),
        nProt=row["protocol"],
        cSitNFe=1,
    )
    return f'<resNFe xmlns="{NFE}" versao="1.01">{body}</resNFe>'.encode()


def _event_summary(office: Office, row: Row) -> bytes:
    request, answer = parse(row["request"]), parse(row["answer"])
    body = answers.fields(
        cOrgao=read(answer, "infEvento/cOrgao"),
        CNPJ=read(request, "infEvento/CNPJ"),
        chNFe=row["key"],
        dhEvento=read(request, "infEvento/dhEvento"),
        tpEvento=row["type"],
        nSeqEvento=row["sequence"],
        xEvento=read(answer, "infEvento/xEvento"),
        dhRecbto=office.local(moment(row["registered"])),
        nProt=row["protocol"],
    )
    return f'<resEvento xmlns="{NFE}" versao="1.01">{body}</resEvento>'.encode()
