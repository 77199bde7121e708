"""Problems of one item of a note; see ``preflight``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from stdnum import ean

from .document import OUTGOING, ZERO, Item, Note
from .problems import Code, Problem
from .tax_groups import (
    CONTRIBUTION_OTHER,
    CONTRIBUTION_RATED,
    CONTRIBUTION_UNTAXED,
    ICMS_GROUPS,
    IPI_TAXED,
    IPI_UNTAXED,
)

IBS_CBS_SINCE = date(2026, 8, 3)
"""First day on which the normal regime must inform IBS and CBS (NT 2025.002, 1115)."""

_CENT = Decimal("0.01")
_NO_GTIN = "SEM GTIN"
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_UNIT_LENGTH = 6
_NORMAL_REGIME = "3"
_SIMPLES_REGIMES = frozenset({"1", "4"})
_UNTAXED_ICMS = frozenset({"40", "41", "50", "60"})
_SUBSTITUTED = frozenset({"60", "500"})
_INTERSTATE_RATES = frozenset({Decimal(4), Decimal(7), Decimal(12)})
_ORIGINS = frozenset("012345678")


def check_item(note: Note, place: int, item: Item) -> Iterator[Problem]:
    """Problems of the item at ``place`` (from 1)."""
    params = {"line": place, "item": item.description or item.code}
    for code in (
        *_product(item),
        *_cfop(note, item),
        *_amounts(item),
        *_tax_codes(note, item),
        *_reform(note, item),
        *_difal(note, item),
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
    elif not item.cest and item.taxes.icms.code in _SUBSTITUTED:
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


def _tax_codes(note: Note, item: Item) -> Iterator[Code]:
    taxes = item.taxes
    icms = taxes.icms
    if icms.origin not in _ORIGINS:
        yield Code.ITEM_ICMS_ORIGIN
    if icms.code not in ICMS_GROUPS:
        yield Code.ITEM_ICMS_CODE
    elif (len(icms.code) == 3) != (note.issuer.tax_regime in _SIMPLES_REGIMES):
        yield Code.ITEM_ICMS_REGIME
    if icms.relief_value and not icms.relief_reason:
        yield Code.ITEM_ICMS_RELIEF_REASON
    if taxes.ipi and taxes.ipi.cst not in IPI_TAXED | IPI_UNTAXED:
        yield Code.ITEM_IPI_CODE
    known = CONTRIBUTION_RATED | CONTRIBUTION_UNTAXED | CONTRIBUTION_OTHER
    if not {taxes.pis.cst, taxes.cofins.cst} <= known:
        yield Code.ITEM_CONTRIBUTION_CODE


def _reform(note: Note, item: Item) -> Iterator[Code]:
    required = (
        note.issuer.tax_regime == _NORMAL_REGIME
        and note.header.issued_at.date() >= IBS_CBS_SINCE
    )
    tax = item.taxes.ibs_cbs
    if tax is None:
        if required:
            yield Code.ITEM_IBS_CBS_MISSING
    elif not re.fullmatch(r"\d{3}", tax.cst) or not re.fullmatch(
        r"\d{6}", tax.classification
    ):
        yield Code.ITEM_IBS_CBS_CODE


def _difal(note: Note, item: Item) -> Iterator[Code]:
    """EC 87/2015; the Simples does not owe it (ADI 5464)."""
    header = note.header
    interstate = header.destination == "2" and header.final_consumer == "1"
    concerned = interstate and note.recipient.ie_indicator == "9"
    share = item.taxes.icms_uf_dest
    if share is not None:
        if not concerned:
            yield Code.ITEM_DIFAL_UNDUE
        if share.interstate_rate not in _INTERSTATE_RATES:
            yield Code.ITEM_DIFAL_RATE
        return
    owed = (
        concerned
        and header.direction == OUTGOING
        and note.issuer.tax_regime not in _SIMPLES_REGIMES
        and item.taxes.icms.code not in _UNTAXED_ICMS
    )
    if owed:
        yield Code.ITEM_DIFAL_MISSING
