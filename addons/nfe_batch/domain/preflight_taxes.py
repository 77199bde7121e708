"""Problems of the taxes of one item of a note; see ``preflight``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .document import CREDIT, DEBIT, NORMAL, OUTGOING, RETURN, ZERO, Item, Note
from .problems import Code
from .tax_groups import (
    CONTRIBUTION_BY_UNIT,
    CONTRIBUTION_CODES,
    ICMS_GROUPS,
    IPI_TAXED,
    IPI_UNTAXED,
)
from .taxes import Contribution, Icms, IcmsUfDest

IBS_CBS_SINCE = date(2026, 8, 3)
"""First day on which the normal regime must inform IBS and CBS (NT 2025.002, 1115)."""

REFUSED_DELIVERY = frozenset({"03", "06"})
"""tpNFCredito of goods that come back: such a note tells the old taxes too."""

_CENT = Decimal("0.01")
_NORMAL_REGIME = "3"
_SIMPLES_REGIMES = frozenset({"1", "4"})
_UNTAXED_ICMS = frozenset({"40", "41", "50", "60"})
_PROPER_ICMS = frozenset({"00", "10", "20", "70"})
_INTERSTATE_RATES = frozenset({Decimal(4), Decimal(7), Decimal(12)})
_ORIGINS = frozenset("012345678")
_IMPORTED = frozenset("1238")
_SOUTH_SOUTHEAST = frozenset({"PR", "RS", "SC", "SP", "MG", "RJ"})


def check_taxes(note: Note, item: Item) -> Iterator[Code]:
    """Problems of the group imposto."""
    yield from _old_taxes(note, item)
    yield from _icms_value(note, item.taxes.icms)
    yield from _reform(note, item)
    yield from _difal(note, item)
    if item.taxes.returned_ipi and note.header.purpose != RETURN:
        yield Code.ITEM_RETURNED_IPI


def _old_taxes(note: Note, item: Item) -> Iterator[Code]:
    """A note of credit or debit speaks of IBS and CBS alone (B25-80)."""
    taxes, header = item.taxes, note.header
    if header.purpose in (CREDIT, DEBIT):
        told = taxes.icms or taxes.pis or taxes.cofins or taxes.ipi
        if told and header.credit_type not in REFUSED_DELIVERY:
            yield Code.ITEM_OLD_TAXES
        if not told:
            return
    yield from _icms_codes(note, taxes.icms)
    if taxes.ipi and taxes.ipi.cst not in IPI_TAXED | IPI_UNTAXED:
        yield Code.ITEM_IPI_CODE
    contributions = (taxes.pis, taxes.cofins)
    if not all(_is_told(one) for one in contributions):
        yield Code.ITEM_CONTRIBUTION_CODE


def _is_told(tax: Contribution | None) -> bool:
    """CST 03 is due by unit and by nothing else."""
    if tax is None or tax.cst not in CONTRIBUTION_CODES:
        return False
    return tax.cst != CONTRIBUTION_BY_UNIT or tax.quantity is not None


def _icms_codes(note: Note, icms: Icms | None) -> Iterator[Code]:
    if icms is None or icms.code not in ICMS_GROUPS:
        yield Code.ITEM_ICMS_CODE
    elif (len(icms.code) == 3) != (note.issuer.tax_regime in _SIMPLES_REGIMES):
        yield Code.ITEM_ICMS_REGIME
    if icms is None:
        return
    if icms.origin not in _ORIGINS:
        yield Code.ITEM_ICMS_ORIGIN
    if icms.relief_value and not icms.relief_reason:
        yield Code.ITEM_ICMS_RELIEF_REASON


def _icms_value(note: Note, icms: Icms | None) -> Iterator[Code]:
    """Rules N of an ordinary sale: value, interstate rate, place of the FCP."""
    header = note.header
    if icms is None or header.purpose != NORMAL or header.direction != OUTGOING:
        return
    due = icms.base * icms.rate / 100
    if icms.code in _PROPER_ICMS and abs(icms.value - due) > _CENT:
        yield Code.ITEM_ICMS_VALUE
    if icms.code == "51" and not _deferral_fits(icms):
        yield Code.ITEM_ICMS_DEFERRAL
    if header.destination != "2" or icms.code in _UNTAXED_ICMS:
        return
    national = icms.origin not in _IMPORTED
    if national and icms.rate > _interstate_rate(note):
        yield Code.ITEM_ICMS_RATE
    if icms.fcp_value and _is_for_consumer_elsewhere(note):
        yield Code.ITEM_FCP_PLACE


def _deferral_fits(icms: Icms) -> bool:
    """vICMSOp, vICMSDif and vICMS of CST 51, each within a cent."""
    operation = icms.base * icms.rate / 100
    deferred = icms.operation_value * icms.deferral_rate / 100
    left = icms.operation_value - icms.deferred_value
    pairs = (
        (icms.operation_value, operation),
        (icms.deferred_value, deferred),
        (icms.value, left),
    )
    return all(abs(told - due) <= _CENT for told, due in pairs)


def _interstate_rate(note: Note) -> Decimal:
    """7 % from South and Southeast to the rest and to ES (Resolução SF 22/1989)."""
    home, there = note.issuer.address.state, note.recipient.address.state
    reduced = home in _SOUTH_SOUTHEAST and there not in _SOUTH_SOUTHEAST
    return Decimal(7) if reduced else Decimal(12)


def _is_for_consumer_elsewhere(note: Note) -> bool:
    header = note.header
    interstate = header.destination == "2" and header.final_consumer == "1"
    return interstate and note.recipient.ie_indicator == "9"


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
    concerned = _is_for_consumer_elsewhere(note)
    share = item.taxes.icms_uf_dest
    if share is not None:
        if not concerned:
            yield Code.ITEM_DIFAL_UNDUE
        if share.interstate_rate not in _INTERSTATE_RATES:
            yield Code.ITEM_DIFAL_RATE
        elif _misses_difal(note, item, share):
            yield Code.ITEM_DIFAL_VALUE
        return
    icms = item.taxes.icms
    owed = (
        concerned
        and header.direction == OUTGOING
        and note.issuer.tax_regime not in _SIMPLES_REGIMES
        and (icms is not None and icms.code not in _UNTAXED_ICMS)
    )
    if owed:
        yield Code.ITEM_DIFAL_MISSING


def _misses_difal(note: Note, item: Item, share: IcmsUfDest) -> bool:
    """NA15-10: (vBCUFDest × pICMSUFDest) − (vBC × pICMSInter), never negative."""
    icms = item.taxes.icms
    outgoing = note.header.direction == OUTGOING
    if icms is None or icms.code != "00" or not outgoing:
        return False
    full = share.base * share.rate / 100
    origin = icms.base * share.interstate_rate / 100
    due = max(full - origin, ZERO).quantize(_CENT, ROUND_HALF_UP)
    return abs(share.value - due) > _CENT
