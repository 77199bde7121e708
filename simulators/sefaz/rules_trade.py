"""Rules on references, invoice, transport, export and who may fetch the XML.

MOC 7.0 anexo I, groups B, BA, E, GA, I, N, UA, X, Y and ZA; NT 2025.001 (853);
NT 2025.002 (1001).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from lxml import etree

from .cstat import Rejection
from .keys import is_cnpj, is_cpf
from .note import ZERO, Note, money, qualified, text

CENT = Decimal("0.01")
_ABROAD = "EX"
_BRAZIL = "1058"
_CITY_ABROAD = "9999999"
_OLD_TAXES = ("ICMS", "IPI", "II", "ISSQN", "PIS", "COFINS")
_GOODS_COME_BACK = ("03", "06")
"""tpNFCredito of a refused delivery, which may tell the old taxes (B25-80)."""


def check(note: Note) -> None:
    """Apply the rules group by group, in the order of the manual."""
    _check_exit(note)
    _check_references(note)
    _check_recipient(note)
    _check_authorized(note)
    for item in note.items:
        _check_taxes(note, item)
    _check_carrier(note)
    _check_billing(note)
    _check_export(note)


def _check_exit(note: Note) -> None:
    leaves = note.text("ide/dhSaiEnt")
    if leaves and datetime.fromisoformat(leaves) < note.issued:
        raise Rejection(506)


def _check_references(note: Note) -> None:
    """BA: one note for a complement (254, 255), none twice (680)."""
    references = note.info.findall(qualified("ide/NFref"))
    if note.text("ide/finNFe") == "2":
        if not references:
            raise Rejection(254)
        if len(references) > 1:
            raise Rejection(255)
    keys = [text(one, "refNFe") for one in references]
    keys = [key for key in keys if key]
    if len(set(keys)) < len(keys):
        raise Rejection(680)


def _check_recipient(note: Note) -> None:
    """E: who is abroad has no CNPJ, no IE and an address abroad."""
    indicator, registration = note.text("dest/indIEDest"), note.text("dest/IE")
    if indicator == "2" and registration:
        raise Rejection(791)
    if note.text("ide/idDest") != "3":
        if note.text("dest/enderDest/cPais") not in ("", _BRAZIL):
            raise Rejection(511)
        return
    address = {
        name: note.text(f"dest/enderDest/{name}") for name in ("UF", "cMun", "cPais")
    }
    wrong = {
        507: bool(note.text("dest/CNPJ")),
        720: note.info.find(qualified("dest/idEstrangeiro")) is None,
        509: address["cMun"] != _CITY_ABROAD,
        727: address["UF"] != _ABROAD,
        510: address["cPais"] in ("", _BRAZIL),
        790: indicator != "9",
        792: bool(registration),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise Rejection(code)


def _check_authorized(note: Note) -> None:
    """GA: valid numbers (323, 325), not the recipient's (324, 326)."""
    for row in note.info.findall(qualified("autXML")):
        company, person = text(row, "CNPJ"), text(row, "CPF")
        if company and not is_cnpj(company):
            raise Rejection(323)
        if company and company == note.text("dest/CNPJ"):
            raise Rejection(324)
        if person and not is_cpf(person):
            raise Rejection(325)
        if person and person == note.text("dest/CPF"):
            raise Rejection(326)


def _check_taxes(note: Note, item: etree._Element) -> None:
    where = f"nItem: {item.get('nItem')}"
    purpose = note.text("ide/finNFe")
    old = any(
        item.find(qualified(f"imposto/{name}")) is not None for name in _OLD_TAXES
    )
    if purpose in ("5", "6"):
        if old and note.text("ide/tpNFCredito") not in _GOODS_COME_BACK:
            raise Rejection(1001, where)
    else:
        for code, name in ((745, "PIS"), (748, "COFINS")):
            if item.find(qualified(f"imposto/{name}")) is None:
                raise Rejection(code, where)
    if purpose != "4" and item.find(qualified("impostoDevol")) is not None:
        raise Rejection(354, where)
    _check_deferral(item, where)


def _check_deferral(item: etree._Element, where: str) -> None:
    """N: CST 51 that tells how much is deferred (351, 352, 353)."""
    icms = item.find(qualified("imposto/ICMS/ICMS51"))
    if icms is None or not text(icms, "vICMSOp"):
        return
    operation, deferred = money(icms, "vICMSOp"), money(icms, "vICMSDif")
    due = {
        351: operation - money(icms, "vBC") * money(icms, "pICMS") / 100,
        352: deferred - operation * money(icms, "pDif") / 100,
        353: money(icms, "vICMS") - (operation - deferred),
    }
    for code, difference in due.items():
        if abs(difference) > CENT:
            raise Rejection(code, where)


def _check_carrier(note: Note) -> None:
    """X: numbers of the carrier, and the state of his IE."""
    company, person = (note.text(f"transp/transporta/{n}") for n in ("CNPJ", "CPF"))
    if company and not is_cnpj(company):
        raise Rejection(542)
    if person and not is_cpf(person):
        raise Rejection(543)
    if note.text("transp/transporta/IE") and not note.text("transp/transporta/UF"):
        raise Rejection(559)


def _check_billing(note: Note) -> None:
    """Y: instalments 001, 002 …, not past, adding up, never of a sale at sight."""
    rows = note.info.findall(qualified("cobr/dup"))
    if not rows:
        return
    numbers = [text(row, "nDup") for row in rows]
    if numbers != [f"{place:03d}" for place in range(1, len(rows) + 1)]:
        raise Rejection(852)
    summed = sum((money(row, "vDup") for row in rows), start=ZERO)
    if summed != money(note.info, "cobr/fat/vLiq"):
        raise Rejection(851)
    payments = note.info.findall(qualified("pag/detPag"))
    if all(text(payment, "indPag") == "0" for payment in payments):
        raise Rejection(853)
    for row in rows:
        due = text(row, "dVenc")
        if not due or date.fromisoformat(due) < note.issued.date():
            raise Rejection(898)


def _check_export(note: Note) -> None:
    """ZA: the place of exit of an export, and of nothing else."""
    told = note.info.find(qualified("exporta")) is not None
    exported = note.text("ide/idDest") == "3" and note.text("ide/tpNF") == "1"
    if exported and not told:
        raise Rejection(355)
    if told and not exported:
        raise Rejection(356)
