"""Rules W of the MOC 7.0 anexo I: totals against the sum of the items."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from .cstat import Rejection
from .note import ZERO, Note, money, qualified, text

_ICMS = "imposto/ICMS/*"
_SUMS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("vBC", 531, (f"{_ICMS}/vBC",)),
    ("vICMS", 532, (f"{_ICMS}/vICMS",)),
    ("vICMSDeson", 795, (f"{_ICMS}/vICMSDeson",)),
    ("vFCP", 861, (f"{_ICMS}/vFCP",)),
    ("vFCPUFDest", 798, ("imposto/ICMSUFDest/vFCPUFDest",)),
    ("vICMSUFDest", 799, ("imposto/ICMSUFDest/vICMSUFDest",)),
    ("vICMSUFRemet", 800, ("imposto/ICMSUFDest/vICMSUFRemet",)),
    ("vBCST", 533, (f"{_ICMS}/vBCST",)),
    ("vST", 534, (f"{_ICMS}/vICMSST",)),
    ("vFCPST", 862, (f"{_ICMS}/vFCPST",)),
    ("vFrete", 535, ("prod/vFrete",)),
    ("vSeg", 536, ("prod/vSeg",)),
    ("vDesc", 537, ("prod/vDesc",)),
    ("vII", 601, ("imposto/II/vII",)),
    ("vIPI", 538, ("imposto/IPI/IPITrib/vIPI",)),
    ("vIPIDevol", 863, ("impostoDevol/IPI/vIPIDevol",)),
    ("vPIS", 602, ("imposto/PIS/*/vPIS",)),
    ("vCOFINS", 603, ("imposto/COFINS/*/vCOFINS",)),
    ("vOutro", 604, ("prod/vOutro",)),
    ("vTotTrib", 685, ("imposto/vTotTrib",)),
)
"""Field of ICMSTot, code, and where its parts are in an item."""

_ADDED = ("vST", "vFCPST", "vFrete", "vSeg", "vOutro", "vII", "vIPI", "vIPIDevol")


def check(note: Note) -> None:
    """Every total equals the sum of its items, and vNF the sum of its parts."""
    goods = [item for item in note.items if _is_goods(item)]
    summed = sum(
        (money(item, "prod/vProd") for item in goods if _counts(item)), start=ZERO
    )
    if note.total("vProd") != summed:
        raise Rejection(564)
    for field, code, paths in _SUMS:
        if note.total(field) != _sum(note.items, paths):
            raise Rejection(code)
    _check_value(note)


def _is_goods(item: etree._Element) -> bool:
    return item.find(qualified("imposto/ISSQN")) is None


def _counts(item: etree._Element) -> bool:
    return text(item, "prod/indTot") == "1"


def _sum(items: list[etree._Element], paths: tuple[str, ...]) -> Decimal:
    return sum((money(item, path) for item in items for path in paths), start=ZERO)


def _check_value(note: Note) -> None:
    """W16-10 with its exception 3; imports (CFOP 3) are exempt."""
    if any(text(item, "prod/CFOP").startswith("3") for item in note.items):
        return
    services = money(note.info, "total/ISSQNtot/vServ")
    value = note.total("vProd") - note.total("vDesc") + services
    value += sum((note.total(field) for field in _ADDED), start=ZERO)
    value += _added_contributions(note)
    if note.total("vNF") not in (value, value - note.total("vICMSDeson")):
        raise Rejection(610)


def _added_contributions(note: Note) -> Decimal:
    """PIS and COFINS by substitution that the item says to add."""
    value = ZERO
    for item in note.items:
        if text(item, "imposto/PISST/indSomaPISST") == "1":
            value += money(item, "imposto/PISST/vPIS")
        if text(item, "imposto/COFINSST/indSomaCOFINSST") == "1":
            value += money(item, "imposto/COFINSST/vCOFINS")
    return value
