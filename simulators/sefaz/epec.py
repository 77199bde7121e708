"""EPEC, event 110140 at the national office, and what it means for its note.

NT 2014.001 (EPEC of the NF-e), sections 3 to 5. An EPEC keeps its number: the state's
office takes only the note of the same key and the same data, and while one waits for
its note for longer than 168 hours the national office takes no further ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from lxml import etree

from .cstat import Rejection
from .keys import AccessKey
from .note import Note
from .note import text as read
from .office import Office
from .schemas import parse
from .store import Row, moment

TYPE = "110140"
AUTHORISED = 124
"""Situation of a key that has an EPEC and no note yet."""

_COMPARED = {
    "IE": "emit/IE",
    "dhEmi": "ide/dhEmi",
    "tpNF": "ide/tpNF",
    "dest/UF": "dest/enderDest/UF",
    "dest/CNPJ": "dest/CNPJ",
    "dest/CPF": "dest/CPF",
    "dest/idEstrangeiro": "dest/idEstrangeiro",
    "dest/IE": "dest/IE",
}
_TOTALS = {"dest/vNF": "vNF", "dest/vICMS": "vICMS", "dest/vST": "vST"}


def of_key(office: Office, key: str) -> Row | None:
    """The EPEC of a key."""
    return office.store.row("SELECT * FROM event WHERE type = ? AND key = ?", TYPE, key)


def of_number(office: Office, key: AccessKey) -> Row | None:
    """The EPEC of a number, under whatever key."""
    return office.store.row(
        "SELECT * FROM event WHERE type = ? AND substr(key, 7, 28) = ?",
        *(TYPE, key.value[6:34]),
    )


def in_range(  # noqa: PLR0913
    office: Office, cnpj: str, model: str, series: int, first: int, last: int
) -> bool:
    """Whether an EPEC took a number of a range: it cannot be voided (241)."""
    found = office.store.row(
        "SELECT 1 FROM event WHERE type = ? AND substr(key, 7, 19) = ? "
        "AND CAST(substr(key, 26, 9) AS INTEGER) BETWEEN ? AND ?",
        *(TYPE, f"{cnpj:0>14}{model}{series:03d}", first, last),
    )
    return found is not None


def check_event(office: Office, key: AccessKey, info: etree._Element) -> None:
    """Rules of an EPEC; its key, form and signature are right already."""
    if read(info, "detEvento/cOrgaoAutor") != key.uf:
        raise Rejection(455)
    if key.value[34] != "4":
        raise Rejection(484)
    issued = datetime.fromisoformat(read(info, "detEvento/dhEmi"))
    if f"{issued:%y%m}" != key.year_month:
        raise Rejection(659)
    if _overdue(office, key.cnpj):
        raise Rejection(142)
    if of_number(office, key):
        raise Rejection(485)
    number = (key.cnpj, key.model, key.series, key.number)
    if office.store.note_by_number(*number):
        raise Rejection(661)
    if office.store.voided(*number, key.number):
        raise Rejection(662)


def check_note(office: Office, note: Note) -> None:
    """Rules 2AB08 of the authorisation: an EPEC binds the note of its number."""
    known = of_number(office, note.key)
    contingent = note.text("ide/tpEmis") == "4"
    if known is None:
        if contingent:
            raise Rejection(468)
        return
    if not contingent:
        raise Rejection(692, f"Chave EPEC: {known['key']}")
    if known["key"] != note.key.value:
        raise Rejection(691, f"Chave EPEC: {known['key']}")
    tag = _difference(note, parse(known["request"]))
    if tag:
        raise Rejection(467, f"tag: {tag}")


def _difference(note: Note, event: etree._Element) -> str:
    """The first tag of the EPEC that the note has otherwise, or empty text."""
    for ours, theirs in _COMPARED.items():
        if read(event, f"infEvento/detEvento/{ours}") != note.text(theirs):
            return ours
    for ours, theirs in _TOTALS.items():
        value = Decimal(read(event, f"infEvento/detEvento/{ours}"))
        if value != note.total(theirs):
            return ours
    return ""


def _overdue(office: Office, cnpj: str) -> bool:
    """True while an EPEC of the issuer waits for its note for too long."""
    limit = office.now() - timedelta(hours=office.settings.epec_hours)
    waiting = office.store.rows(
        "SELECT event.registered FROM event LEFT JOIN note ON note.key = event.key "
        "WHERE event.type = ? AND substr(event.key, 7, 14) = ? AND note.key IS NULL",
        *(TYPE, cnpj),
    )
    return any(moment(row["registered"]) < limit for row in waiting)
