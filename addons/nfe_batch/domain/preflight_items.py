"""Problems of one item of a note; see ``preflight``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from stdnum import ean

from .document import OUTGOING, ZERO, Item, Note
from .preflight_taxes import check_taxes
from .problems import Code, Problem
from .tax_groups import icms_requires_cest

_CENT = Decimal("0.01")
_NO_GTIN = "SEM GTIN"
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_UNIT_LENGTH = 6


def check_item(note: Note, place: int, item: Item) -> Iterator[Problem]:
    """Problems of the item at ``place`` (from 1)."""
    params = {"line": place, "item": item.description or item.code}
    for code in (
        *_product(item),
        *_cfop(note, item),
        *_amounts(item),
        *check_taxes(note, item),
    ):
        yield Problem(code, params)


def is_valid_gtin(code: str) -> bool:
    """GTIN-8, 12, 13 or 14 with a right check digit."""
    return code.isdigit() and len(code) in _GTIN_LENGTHS and ean.is_valid(code)


def _product(item: Item) -> Iterator[Code]:
    if not item.code.strip():
        yield Code.ITEM_CODE
    if not item.description.strip():
        yield Code.ITEM_DESCRIPTION
    if not re.fullmatch(r"\d{8}", item.ncm):
        yield Code.ITEM_NCM
    if item.cest and not re.fullmatch(r"\d{7}", item.cest):
        yield Code.ITEM_CEST
    elif not item.cest and icms_requires_cest(item.taxes.icms):
        yield Code.ITEM_CEST
    if not all(
        0 < len(unit.strip()) <= _UNIT_LENGTH
        for unit in (item.unit, item.tax_unit or item.unit)
    ):
        yield Code.ITEM_UNIT
    for gtin in {item.gtin, item.tax_gtin} - {"", _NO_GTIN}:
        if not is_valid_gtin(gtin):
            yield Code.ITEM_GTIN


def _cfop(note: Note, item: Item) -> Iterator[Code]:
    """The first digit tells direction and destination."""
    if not re.fullmatch(r"[123567]\d{3}", item.cfop):
        yield Code.ITEM_CFOP
        return
    outgoing = item.cfop[0] in "567"
    if outgoing != (note.header.direction == OUTGOING):
        yield Code.ITEM_CFOP_DIRECTION
    destination = {"1": "1", "5": "1", "2": "2", "6": "2", "3": "3", "7": "3"}
    if destination[item.cfop[0]] != note.header.destination:
        yield Code.ITEM_CFOP_DESTINATION


def _amounts(item: Item) -> Iterator[Code]:
    extras = (item.gross, item.freight, item.insurance, item.discount, item.other)
    if any(amount < ZERO for amount in extras):
        yield Code.ITEM_NEGATIVE
    if item.quantity <= ZERO:
        yield Code.ITEM_QUANTITY
    if item.unit_price < ZERO:
        yield Code.ITEM_PRICE
    if abs(item.quantity * item.unit_price - item.gross) > _CENT:
        yield Code.ITEM_GROSS
    tax_quantity = item.quantity if item.tax_quantity is None else item.tax_quantity
    tax_price = item.unit_price if item.tax_unit_price is None else item.tax_unit_price
    if abs(tax_quantity * tax_price - item.gross) > _CENT:
        yield Code.ITEM_TAX_GROSS
