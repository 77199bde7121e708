"""Rules on the operation: destination, CFOP, intermediary, interstate consumer.

MOC 7.0 anexo I groups B, I, N and NA; NT 2020.006 (B25c, YB); NT 2015.003 and
NT 2021.001 (DIFAL); NT 2025.002 (IBS and CBS).
"""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from .cstat import Rejection
from .keys import is_cnpj
from .note import ZERO, Note, money, qualified, text
from .office import Office

CENT = Decimal("0.01")
_NOT_PRESENT = ("2", "3", "4", "9")
_SIMPLE_REGIMES = ("1", "4")
_UNTAXED = ("40", "41", "50", "60")
"""CST without tax to share with the state of destination."""
_IMPORTED = ("1", "2", "3", "8")
_SOUTH_SOUTHEAST = ("PR", "RS", "SC", "SP", "MG", "RJ")
IBSCBS_START = datetime(2026, 8, 3, 3, tzinfo=timezone.utc)
"""From this moment the regime "normal" must inform IBS and CBS."""


def check(note: Note, office: Office, received: datetime) -> None:
    """Apply the rules on the whole note, then on each item."""
    _check_destination(note)
    _check_intermediary(note)
    for item in note.items:
        _check_cfop(note, item)
        _check_value(item)
        _check_icms(note, item)
        _check_destination_tax(note, item)
        _check_ibscbs(note, office, received, item)


def _number(item: etree._Element) -> str:
    return f"nItem: {item.get('nItem')}"


def _check_destination(note: Note) -> None:
    """idDest against the states (772, 773) and the consumer (696)."""
    destination = note.text("ide/idDest")
    state, home = note.text("dest/enderDest/UF"), note.text("emit/enderEmit/UF")
    if destination == "2" and state == home:
        raise Rejection(772)
    away = note.text("ide/indPres") not in ("1", "5")
    if destination == "1" and state and state != home and away:
        raise Rejection(773)
    if (
        note.text("dest/indIEDest") == "9"
        and note.text("ide/indFinal") != "1"
        and destination != "3"
    ):
        raise Rejection(696)


def _check_intermediary(note: Note) -> None:
    """B25c-10, B25c-20, YB01-10, YB01-20 and YB02-10 of NT 2020.006."""
    mark = note.text("ide/indIntermed")
    group = note.info.find(qualified("infIntermed"))
    distant = note.text("ide/indPres") in _NOT_PRESENT
    if distant and note.is_sale and not mark:
        raise Rejection(434)
    if not distant and mark:
        raise Rejection(435)
    if mark == "1" and group is None:
        raise Rejection(438)
    if mark != "1" and group is not None:
        raise Rejection(439)
    if group is not None and not is_cnpj(text(group, "CNPJ")):
        raise Rejection(440)


def _check_cfop(note: Note, item: etree._Element) -> None:
    """I08: the first digit tells direction and destination."""
    first = text(item, "prod/CFOP")[0]
    if note.text("ide/tpNF") == "1" and first in "123":
        raise Rejection(518, _number(item))
    if note.text("ide/tpNF") == "0" and first in "567":
        raise Rejection(519, _number(item))
    destination = note.text("ide/idDest")
    if first in "26" and destination != "2":
        raise Rejection(732, _number(item))
    if first in "15" and destination != "1":
        raise Rejection(733, _number(item))


def _check_value(item: etree._Element) -> None:
    """I11-10 and I11-20: quantity times price, tolerance of a cent."""
    value = money(item, "prod/vProd")
    for code, quantity, price in ((629, "qCom", "vUnCom"), (630, "qTrib", "vUnTrib")):
        product = money(item, f"prod/{quantity}") * money(item, f"prod/{price}")
        if abs(value - product) > CENT:
            raise Rejection(code, _number(item))


def _icms(item: etree._Element) -> etree._Element | None:
    group = item.find(qualified("imposto/ICMS"))
    return None if group is None or not len(group) else group[0]


def _check_icms(note: Note, item: etree._Element) -> None:
    """N17-20, N17c-20 and N16-20: value, place of FCP and interstate rate."""
    icms = _icms(item)
    if icms is None or not note.is_sale:
        return
    due = money(icms, "vBC") * money(icms, "pICMS") / 100
    taxed = text(icms, "CST") in ("00", "10", "20", "70")
    if taxed and abs(money(icms, "vICMS") - due) > CENT:
        raise Rejection(528, _number(item))
    if note.to_consumer_elsewhere and money(icms, "vFCP"):
        raise Rejection(876, _number(item))
    national = text(icms, "orig") not in _IMPORTED
    interstate = note.text("ide/idDest") == "2"
    if interstate and national and money(icms, "pICMS") > _interstate_rate(note):
        raise Rejection(693, _number(item))


def _interstate_rate(note: Note) -> Decimal:
    """7 % from South and Southeast to the rest and to ES, 12 % otherwise."""
    home, state = note.text("emit/enderEmit/UF"), note.text("dest/enderDest/UF")
    reduced = home in _SOUTH_SOUTHEAST and state not in _SOUTH_SOUTHEAST
    return Decimal(7) if reduced else Decimal(12)


def _check_destination_tax(note: Note, item: etree._Element) -> None:
    """694 missing, 695 undue, 699 share, 815 amount of the destination's tax."""
    group = item.find(qualified("imposto/ICMSUFDest"))
    icms = _icms(item)
    if group is None:
        if icms is not None and _owes_destination_tax(note, icms):
            raise Rejection(694, _number(item))
        return
    if not note.to_consumer_elsewhere:
        raise Rejection(695, _number(item))
    if money(group, "pICMSInterPart") != 100:
        raise Rejection(699, _number(item))
    if icms is not None and text(icms, "CST") == "00":
        _check_destination_amount(note, item, icms, group)


def _owes_destination_tax(note: Note, icms: etree._Element) -> bool:
    """Simples Nacional is out (ADI 5464), and so is what bears no tax."""
    return (
        note.to_consumer_elsewhere
        and note.text("ide/tpNF") == "1"
        and note.text("emit/CRT") not in _SIMPLE_REGIMES
        and text(icms, "CST") not in _UNTAXED
    )


def _check_destination_amount(
    note: Note,
    item: etree._Element,
    icms: etree._Element,
    group: etree._Element,
) -> None:
    """NA15-10: (vBCUFDest × pICMSUFDest) − (vBC × pICMSInter), never negative."""
    if note.text("ide/tpNF") == "0":
        return
    full = money(group, "vBCUFDest") * money(group, "pICMSUFDest") / 100
    origin = money(icms, "vBC") * money(group, "pICMSInter") / 100
    due = max(full - origin, ZERO).quantize(CENT, ROUND_HALF_UP)
    stated = money(group, "vICMSUFDest")
    if abs(stated - due) > CENT:
        raise Rejection(
            815, f"{_number(item)}, Valor Informado: {stated}, Valor Calculado: {due}"
        )


def _check_ibscbs(
    note: Note, office: Office, received: datetime, item: etree._Element
) -> None:
    """1115: regime "normal" informs IBS and CBS in every item."""
    demanded = office.settings.require_ibscbs and received >= IBSCBS_START
    if not demanded or note.text("emit/CRT") != "3":
        return
    if item.find(qualified("imposto/IBSCBS")) is None:
        raise Rejection(1115, _number(item))
