"""Rules on key, dates, environment and parties of a note.

MOC 7.0 anexo I, groups B, C and E, and the formation of the key (group G).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .cstat import Rejection
from .keys import check_digit, is_cnpj, is_cpf
from .note import Note
from .office import CONTINGENCY, Office

TEST_NAME = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
_CLOCK_TOLERANCE = timedelta(minutes=5)
_CONTINGENCY_LIMIT = timedelta(days=30)
_SEQUENCE = "01234567890123456789"
_TRIVIAL_CODES = {digit * 8 for digit in "0123456789"} | {
    _SEQUENCE[start : start + 8] for start in range(10)
}
"""cNF refused by rule B03-10 (NT 2019.001)."""


def check(note: Note, office: Office, received: datetime) -> None:
    """Apply the rules in the order of the manual."""
    _check_key(note)
    _check_office(note, office)
    _check_code(note)
    _check_dates(note, office, received)
    _check_contingency(note, office, received)
    _check_parties(note, office)


def is_late(note: Note, office: Office, received: datetime) -> bool:
    """B09-20: beyond 7 days the authorisation is 150 instead of 100."""
    return received - note.issued > timedelta(days=office.settings.late_days)


def _check_key(note: Note) -> None:
    """Id is the concatenation of the fields (502) with a right digit (253)."""
    read = note.text
    moment = note.issued
    body = (
        f"{read('ide/cUF')}{moment:%y%m}{note.issuer:0>14}{read('ide/mod')}"
        f"{int(read('ide/serie')):03d}{int(read('ide/nNF')):09d}"
        f"{read('ide/tpEmis')}{read('ide/cNF')}"
    )
    if note.key.value[:43] != body:
        raise Rejection(502)
    if not note.key.is_valid or read("ide/cDV") != check_digit(body):
        raise Rejection(253)


def _check_office(note: Note, office: Office) -> None:
    if not office.serves:
        raise Rejection(410)
    if note.text("ide/cUF") != office.uf:
        raise Rejection(226)
    if note.text("emit/enderEmit/UF") != office.state:
        raise Rejection(247)
    if note.text("ide/tpAmb") != office.environment:
        raise Rejection(252)
    if note.text("ide/mod") != "55":
        raise Rejection(450)


def _check_code(note: Note) -> None:
    """B03-10: a guessable numeric code is refused."""
    code = note.text("ide/cNF")
    if code in _TRIVIAL_CODES or int(code) == int(note.text("ide/nNF")):
        raise Rejection(897)


def _check_dates(note: Note, office: Office, received: datetime) -> None:
    """B09-10 and B09-20; contingency may arrive later than 30 days."""
    if note.issued > received + _CLOCK_TOLERANCE:
        raise Rejection(703)
    limit = timedelta(days=office.settings.reject_days)
    in_contingency = note.text("ide/tpEmis") in ("2", "4", "5", "9")
    if received - note.issued > limit and not in_contingency:
        raise Rejection(228)


def _check_contingency(note: Note, office: Office, received: datetime) -> None:
    """B22: form of emission against the office, and reason of the contingency."""
    kind = note.text("ide/tpEmis")
    if office.svc and kind != CONTINGENCY[office.role]:
        raise Rejection(713)
    if not office.svc and kind in ("3", "6", "7"):
        raise Rejection(570)
    if kind == "1" and note.text("ide/xJust"):
        raise Rejection(556)
    if kind == "1":
        return
    if not note.text("ide/xJust"):
        raise Rejection(557)
    since = datetime.fromisoformat(note.text("ide/dhCont"))
    if since > received + _CLOCK_TOLERANCE:
        raise Rejection(558)
    if received - since > _CONTINGENCY_LIMIT:
        raise Rejection(569)


def _check_parties(note: Note, office: Office) -> None:
    if note.text("emit/CNPJ") and not is_cnpj(note.text("emit/CNPJ")):
        raise Rejection(207)
    if note.text("dest/CNPJ") and not is_cnpj(note.text("dest/CNPJ")):
        raise Rejection(208)
    if note.text("dest/CPF") and not is_cpf(note.text("dest/CPF")):
        raise Rejection(237)
    if office.environment == "2" and note.text("dest/xNome") != TEST_NAME:
        raise Rejection(598)
