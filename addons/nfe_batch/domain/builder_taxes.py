"""Group imposto of an item: plain taxes to nfelib's dataclasses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from .binding import make
from .builder_icms import build_icms
from .builder_reform import build_ibs_cbs, build_selective
from .tax_groups import (
    CONTRIBUTION_BY_UNIT,
    CONTRIBUTION_RATED,
    CONTRIBUTION_UNTAXED,
    IPI_TAXED,
)
from .taxes import Contribution, IcmsUfDest, Ipi, Taxes
from .text import money, quantity, rate

_Det = layout.Tnfe.InfNfe.Det
_Imposto = _Det.Imposto
_HUNDRED = Decimal(100)
_CONTRIBUTION_SUFFIXES = {
    **dict.fromkeys(CONTRIBUTION_RATED, "Aliq"),
    CONTRIBUTION_BY_UNIT: "Qtde",
}


def build_taxes(taxes: Taxes) -> _Imposto:
    """imposto, with the groups that the item has."""
    group = make(
        _Imposto,
        vTotTrib=money(taxes.approximate) if taxes.approximate else None,
        ICMS=build_icms(taxes.icms),
        IPI=_ipi(taxes.ipi),
        PIS=_contribution(_Imposto.Pis, "PIS", taxes.pis),
        COFINS=_contribution(_Imposto.Cofins, "COFINS", taxes.cofins),
        ICMSUFDest=_icms_uf_dest(taxes.icms_uf_dest),
        IS=build_selective(taxes.selective),
        IBSCBS=build_ibs_cbs(taxes.ibs_cbs),
    )
    assert group is not None
    return group


def build_returned_ipi(taxes: Taxes) -> _Det.ImpostoDevol | None:
    """impostoDevol, for a return by somebody who does not owe IPI."""
    if not taxes.returned_ipi:
        return None
    return make(
        _Det.ImpostoDevol,
        pDevol=money(taxes.returned_share),
        IPI=make(_Det.ImpostoDevol.Ipi, vIPIDevol=money(taxes.returned_ipi)),
    )


def _ipi(ipi: Ipi | None) -> layout.Tipi | None:
    if ipi is None:
        return None
    if ipi.cst not in IPI_TAXED:
        untaxed = make(layout.Tipi.Ipint, CST=ipi.cst)
        return make(layout.Tipi, cEnq=ipi.framework, IPINT=untaxed)
    taxed = make(
        layout.Tipi.Ipitrib,
        CST=ipi.cst,
        **_ipi_due(ipi),
        vIPI=money(ipi.value),
    )
    return make(layout.Tipi, cEnq=ipi.framework, IPITrib=taxed)


def _ipi_due(ipi: Ipi) -> dict[str, str]:
    """By percentage, or by unit."""
    if ipi.quantity is None:
        return {"vBC": money(ipi.base), "pIPI": rate(ipi.rate)}
    return {"qUnid": quantity(ipi.quantity), "vUnid": rate(ipi.unit_rate)}


def _contribution(group: type, name: str, tax: Contribution | None) -> Any:
    """PIS or COFINS: ``name`` is also the suffix of pPIS and vPIS."""
    if tax is None:
        return None
    kind = name.capitalize()
    if tax.cst in CONTRIBUTION_UNTAXED:
        untaxed = make(getattr(group, f"{kind}nt"), CST=tax.cst)
        return make(group, **{f"{name}NT": untaxed})
    suffix = _CONTRIBUTION_SUFFIXES.get(tax.cst, "Outr")
    filled = make(
        getattr(group, f"{kind}{suffix.lower()}"),
        CST=tax.cst,
        **_contribution_due(name, tax),
        **{f"v{name}": money(tax.value)},
    )
    return make(group, **{f"{name}{suffix}": filled})


def _contribution_due(name: str, tax: Contribution) -> dict[str, str]:
    """By percentage, or by unit."""
    if tax.quantity is None:
        return {"vBC": money(tax.base), f"p{name}": rate(tax.rate)}
    return {"qBCProd": quantity(tax.quantity), "vAliqProd": rate(tax.unit_rate)}


def _icms_uf_dest(share: IcmsUfDest | None) -> _Imposto.Icmsufdest | None:
    """The whole difference belongs to the destination: pICMSInterPart 100."""
    if share is None:
        return None
    return make(
        _Imposto.Icmsufdest,
        vBCUFDest=money(share.base),
        vBCFCPUFDest=money(share.fcp_base),
        pFCPUFDest=rate(share.fcp_rate),
        pICMSUFDest=rate(share.rate),
        pICMSInter=money(share.interstate_rate),
        pICMSInterPart=rate(_HUNDRED),
        vFCPUFDest=money(share.fcp_value),
        vICMSUFDest=money(share.value),
        vICMSUFRemet=money(share.sender_value),
    )
