"""NFeInutilizacao4: numbers that will never be used (MOC 7.0 section 5.3)."""

from __future__ import annotations

from lxml import etree

from . import abuse, answers, epec
from .call import Call
from .cstat import Rejection, text
from .note import qualified
from .note import text as read
from .office import Office
from .store import stamp

MAX_RANGE = 10_000


def void(office: Office, call: Call) -> bytes:
    """Answer inutNFe: 102, or the rejection with the fields of the range."""
    info = call.root.find(qualified("infInut"))
    try:
        call.raise_forced()
        _check(office, call, info)
        number = _register(office, info)
    except Rejection as rejection:
        call.cstat = rejection.code
        number = _existing(office, info) if rejection.code == 563 else None
        return _answer(office, info, rejection.code, rejection.reason, number)
    call.cstat = 102
    return _answer(office, info, 102, text(102), number)


def _check(office: Office, call: Call, info: etree._Element) -> None:
    """I01 to I08 of table 5-12, in their order."""
    signer = office.verifier.verify(call.root, office.now())
    signer.require_root(read(info, "CNPJ"))
    abuse.count(office, call.cnpj, "voiding", info.get("Id"))
    if read(info, "tpAmb") != office.environment:
        raise Rejection(252)
    if read(info, "cUF") != office.uf:
        raise Rejection(250)
    _check_fields(office, info)
    cnpj, model, series, first, last = _range(info)
    for known in office.store.voided(cnpj, model, series, first, last):
        same = (known["first"], known["last"]) == (first, last)
        raise Rejection(563 if same else 256)
    used = office.store.row(
        "SELECT 1 FROM note WHERE cnpj = ? AND model = ? AND series = ? "
        "AND number BETWEEN ? AND ?",
        *(cnpj, model, series, first, last),
    )
    if used or epec.in_range(office, cnpj, model, series, first, last):
        raise Rejection(241)


def _check_fields(office: Office, info: etree._Element) -> None:
    year = 2000 + int(read(info, "ano"))
    if year > office.now().year:
        raise Rejection(453)
    if year < 2006:
        raise Rejection(454)
    cnpj, model, series, first, last = _range(info)
    if first > last:
        raise Rejection(224)
    if last - first >= MAX_RANGE:
        raise Rejection(201)
    identity = (
        f"ID{read(info, 'cUF')}{read(info, 'ano')}{cnpj}{model}"
        f"{series:03d}{first:09d}{last:09d}"
    )
    if info.get("Id") != identity:
        raise Rejection(502)


def _range(info: etree._Element) -> tuple[str, str, int, int, int]:
    return (
        read(info, "CNPJ"),
        read(info, "mod"),
        int(read(info, "serie")),
        int(read(info, "nNFIni")),
        int(read(info, "nNFFin")),
    )


def _register(office: Office, info: etree._Element) -> str:
    cnpj, model, series, first, last = _range(info)
    number = office.next_protocol()
    office.store.insert(
        "voided",
        cnpj=cnpj,
        model=model,
        series=series,
        first=first,
        last=last,
        protocol=number,
        registered=stamp(office.now()),
    )
    return number


def _existing(office: Office, info: etree._Element) -> str | None:
    """563 repeats the protocol of the earlier request (NT 2015.002)."""
    known = office.store.voided(*_range(info))
    return known[0]["protocol"] if known else None


def _answer(
    office: Office, info: etree._Element, code: int, reason: str, number: str | None
) -> bytes:
    names = ("ano", "CNPJ", "mod", "serie", "nNFIni", "nNFFin")
    repeated = {name: read(info, name) for name in names}
    return answers.voiding(office, code, reason, **repeated, nProt=number)
