"""Totals of a note: rules W of the MOC 7.0 anexo I and of NT 2025.002."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .document import Item, Note
from .tax_groups import contribution_value, icms_has, ipi_value
from .taxes import ZERO, Icms, Taxes

IBS_CBS_ADDED_FROM = 2027
"""Year of issue from which IBS, CBS and IS count in vItem and vNFTot. During 2026
they are informed but not added (NT 2025.002, rules VB01-10 and W60)."""


@dataclass(frozen=True, kw_only=True)
class IbsCbsTotals:
    """Group IBSCBSTot, plus vNFTot."""

    base: Decimal
    state: Decimal
    state_deferred: Decimal
    state_returned: Decimal
    city: Decimal
    city_deferred: Decimal
    city_returned: Decimal
    cbs: Decimal
    cbs_deferred: Decimal
    cbs_returned: Decimal
    note: Decimal  # vNFTot

    @property
    def ibs(self) -> Decimal:
        """vIBS."""
        return self.state + self.city


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Groups ICMSTot and ISTot. ``ibs_cbs`` and ``selective`` are None when no item
    has amounts of them."""

    base: Decimal
    icms: Decimal
    relief: Decimal
    fcp_destination: Decimal
    icms_destination: Decimal
    icms_sender: Decimal
    fcp: Decimal
    st_base: Decimal
    st: Decimal
    fcp_st: Decimal
    fcp_retained: Decimal
    goods: Decimal
    freight: Decimal
    insurance: Decimal
    discount: Decimal
    ipi: Decimal
    returned_ipi: Decimal
    pis: Decimal
    cofins: Decimal
    other: Decimal
    note: Decimal  # vNF
    approximate: Decimal
    selective: Decimal | None  # vIS
    ibs_cbs: IbsCbsTotals | None


def of(note: Note) -> Totals:
    """Sum the items of a note.

    vNF (W16-10): goods − discount − deducted relief + ST + FCP-ST + freight +
    insurance + other + IPI + returned IPI.
    """
    items = note.items
    taxes = [item.taxes for item in items]
    icms = [tax.icms for tax in taxes]
    shares = [tax.icms_uf_dest for tax in taxes if tax.icms_uf_dest]
    return Totals(
        base=_sum(tax.base for tax in _with(icms, "own")),
        icms=_sum(tax.value for tax in _with(icms, "own")),
        relief=_sum(tax.relief_value for tax in _with(icms, "relief")),
        fcp_destination=_sum(share.fcp_value for share in shares),
        icms_destination=_sum(share.value for share in shares),
        icms_sender=_sum(share.sender_value for share in shares),
        fcp=_sum(tax.fcp_value for tax in _with(icms, "fcp")),
        st_base=_sum(tax.st_base for tax in _with(icms, "st")),
        st=_sum(tax.st_value for tax in _with(icms, "st")),
        fcp_st=_sum(tax.fcp_st_value for tax in _with(icms, "st")),
        fcp_retained=_sum(_fcp_retained(tax) for tax in _with(icms, "retained")),
        goods=_sum(item.gross for item in items if item.in_total),
        freight=_sum(item.freight for item in items),
        insurance=_sum(item.insurance for item in items),
        discount=_sum(item.discount for item in items),
        ipi=_sum(ipi_value(tax.ipi) for tax in taxes),
        returned_ipi=_sum(tax.returned_ipi for tax in taxes),
        pis=_sum(contribution_value(tax.pis) for tax in taxes),
        cofins=_sum(contribution_value(tax.cofins) for tax in taxes),
        other=_sum(item.other for item in items),
        note=_sum(_item_value(item) for item in items),
        approximate=_sum(tax.approximate for tax in taxes),
        selective=_selective(taxes),
        ibs_cbs=_ibs_cbs(note),
    )


def item_value(item: Item, issue_year: int) -> Decimal:
    """vItem: the item's share of vNFTot."""
    value = _item_value(item)
    if issue_year < IBS_CBS_ADDED_FROM:
        return value
    taxes = item.taxes
    if taxes.selective is not None:
        value += taxes.selective.value
    added = taxes.ibs_cbs
    if added is not None and added.taxed_base is not None:
        value += added.state_value + added.city_value + added.cbs_value
    return value


def _item_value(item: Item) -> Decimal:
    taxes: Taxes = item.taxes
    icms = taxes.icms
    value = item.gross if item.in_total else ZERO
    value += item.freight + item.insurance + item.other - item.discount
    value += ipi_value(taxes.ipi) + taxes.returned_ipi
    if icms is not None and icms_has(icms, "st"):
        value += icms.st_value + icms.fcp_st_value
    if icms is not None and icms_has(icms, "relief") and icms.relief_deducted:
        value -= icms.relief_value
    return value


def _fcp_retained(icms: Icms) -> Decimal:
    """vFCPSTRet as written: it goes with vBCSTRet."""
    return ZERO if icms.retained_base is None else icms.fcp_retained_value


def _selective(taxes: Iterable[Taxes]) -> Decimal | None:
    rows = [tax.selective for tax in taxes if tax.selective and tax.selective.base]
    return _sum(row.value for row in rows) if rows else None


def _ibs_cbs(note: Note) -> IbsCbsTotals | None:
    taxes = [item.taxes.ibs_cbs for item in note.items]
    rows = [tax for tax in taxes if tax is not None and tax.taxed_base is not None]
    if not rows:
        return None
    year = note.header.issued_at.year
    return IbsCbsTotals(
        base=_sum(row.base or ZERO for row in rows),
        state=_sum(row.state_value for row in rows),
        state_deferred=_sum(row.state_deferred for row in rows),
        state_returned=_sum(row.state_returned for row in rows),
        city=_sum(row.city_value for row in rows),
        city_deferred=_sum(row.city_deferred for row in rows),
        city_returned=_sum(row.city_returned for row in rows),
        cbs=_sum(row.cbs_value for row in rows),
        cbs_deferred=_sum(row.cbs_deferred for row in rows),
        cbs_returned=_sum(row.cbs_returned for row in rows),
        note=_sum(item_value(item, year) for item in note.items),
    )


def _with(rows: Iterable[Icms | None], part: str) -> list[Icms]:
    return [row for row in rows if row is not None and icms_has(row, part)]


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, start=ZERO)
