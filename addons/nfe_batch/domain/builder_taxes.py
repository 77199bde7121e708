"""Group imposto of an item: plain taxes to nfelib's dataclasses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nfelib.nfe.bindings.v4_0 import dfe_tipos_basicos_v1_00 as basic
from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from .binding import make, pick
from .document import Contribution, IbsCbs, Icms, IcmsUfDest, Ipi, Taxes
from .tax_groups import (
    CONTRIBUTION_RATED,
    CONTRIBUTION_UNTAXED,
    ICMS_GROUPS,
    IPI_TAXED,
)
from .text import money, rate

_Det = layout.Tnfe.InfNfe.Det
_Imposto = _Det.Imposto
_HUNDRED = Decimal(100)


def build_taxes(taxes: Taxes) -> _Imposto:
    """imposto; every item of goods has ICMS, PIS and COFINS."""
    group = make(
        _Imposto,
        vTotTrib=money(taxes.approximate) if taxes.approximate else None,
        ICMS=_icms(taxes.icms),
        IPI=_ipi(taxes.ipi),
        PIS=_contribution(_Imposto.Pis, "PIS", taxes.pis),
        COFINS=_contribution(_Imposto.Cofins, "COFINS", taxes.cofins),
        ICMSUFDest=_icms_uf_dest(taxes.icms_uf_dest),
        IBSCBS=_ibs_cbs(taxes.ibs_cbs),
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


def _icms(icms: Icms) -> _Imposto.Icms:
    element, parts = ICMS_GROUPS[icms.code]
    values: dict[str, Any] = {"orig": icms.origin}
    values["CST" if len(icms.code) == 2 else "CSOSN"] = icms.code
    for part in parts:
        values |= _ICMS_PARTS[part](icms)
    group = pick(_icms_class(element), values)
    built = make(_Imposto.Icms, **{element: group})
    assert built is not None
    return built


def _icms_class(element: str) -> type:
    """ICMS00 → Icms00, ICMSSN102 → Icmssn102."""
    return getattr(_Imposto.Icms, element.capitalize())


def _own(icms: Icms) -> dict[str, Any]:
    return {
        "modBC": icms.base_mode,
        "vBC": money(icms.base),
        "pICMS": rate(icms.rate),
        "vICMS": money(icms.value),
    }


def _reduction(icms: Icms) -> dict[str, Any]:
    """Compulsory in ICMS20, where zero is written too."""
    if not icms.base_reduction and icms.code != "20":
        return {}
    return {"pRedBC": rate(icms.base_reduction)}


def _fcp(icms: Icms) -> dict[str, Any]:
    if not icms.fcp_value:
        return {}
    return {
        "vBCFCP": money(icms.fcp_base),
        "pFCP": rate(icms.fcp_rate),
        "vFCP": money(icms.fcp_value),
    }


def _relief(icms: Icms) -> dict[str, Any]:
    if not icms.relief_value:
        return {}
    return {
        "vICMSDeson": money(icms.relief_value),
        "motDesICMS": icms.relief_reason,
        "indDeduzDeson": "1" if icms.relief_deducted else None,
    }


def _substitution(icms: Icms) -> dict[str, Any]:
    if not icms.st_base and not icms.st_value:
        return {}
    return {
        "modBCST": icms.st_base_mode,
        "pMVAST": rate(icms.st_margin) if icms.st_margin else None,
        "pRedBCST": rate(icms.st_base_reduction) if icms.st_base_reduction else None,
        "vBCST": money(icms.st_base),
        "pICMSST": rate(icms.st_rate),
        "vICMSST": money(icms.st_value),
    }


def _retained(icms: Icms) -> dict[str, Any]:
    if icms.retained_base is None:
        return {}
    return {
        "vBCSTRet": money(icms.retained_base),
        "pST": rate(icms.retained_rate),
        "vICMSSubstituto": money(icms.retained_substitute),
        "vICMSSTRet": money(icms.retained_value),
    }


def _credit(icms: Icms) -> dict[str, Any]:
    """Compulsory in ICMSSN101."""
    if not icms.credit_value and icms.code != "101":
        return {}
    return {
        "pCredSN": rate(icms.credit_rate),
        "vCredICMSSN": money(icms.credit_value),
    }


_ICMS_PARTS = {
    "own": _own,
    "reduction": _reduction,
    "fcp": _fcp,
    "relief": _relief,
    "st": _substitution,
    "retained": _retained,
    "credit": _credit,
}


def _ipi(ipi: Ipi | None) -> layout.Tipi | None:
    if ipi is None:
        return None
    if ipi.cst not in IPI_TAXED:
        untaxed = make(layout.Tipi.Ipint, CST=ipi.cst)
        return make(layout.Tipi, cEnq=ipi.framework, IPINT=untaxed)
    taxed = make(
        layout.Tipi.Ipitrib,
        CST=ipi.cst,
        vBC=money(ipi.base),
        pIPI=rate(ipi.rate),
        vIPI=money(ipi.value),
    )
    return make(layout.Tipi, cEnq=ipi.framework, IPITrib=taxed)


def _contribution(group: type, name: str, tax: Contribution) -> Any:
    """PIS or COFINS: ``name`` is also the suffix of pPIS and vPIS."""
    kind = name.capitalize()
    if tax.cst in CONTRIBUTION_UNTAXED:
        untaxed = make(getattr(group, f"{kind}nt"), CST=tax.cst)
        return make(group, **{f"{name}NT": untaxed})
    suffix = "Aliq" if tax.cst in CONTRIBUTION_RATED else "Outr"
    filled = make(
        getattr(group, f"{kind}{suffix.lower()}"),
        CST=tax.cst,
        vBC=money(tax.base),
        **{f"p{name}": rate(tax.rate), f"v{name}": money(tax.value)},
    )
    return make(group, **{f"{name}{suffix}": filled})


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


def _ibs_cbs(tax: IbsCbs | None) -> basic.TtribNfe | None:
    if tax is None:
        return None
    return make(
        basic.TtribNfe,
        CST=tax.cst,
        cClassTrib=tax.classification,
        gIBSCBS=None if tax.base is None else _ibs_cbs_amounts(tax, tax.base),
    )


def _ibs_cbs_amounts(tax: IbsCbs, base: Decimal) -> basic.TcibsNfe | None:
    group = basic.TcibsNfe
    return make(
        group,
        vBC=money(base),
        gIBSUF=make(
            group.GIbsuf,
            pIBSUF=rate(tax.state_rate),
            gRed=_reduced(tax.state_rate, tax.state_reduction),
            vIBSUF=money(tax.state_value),
        ),
        gIBSMun=make(
            group.GIbsmun,
            pIBSMun=rate(tax.city_rate),
            gRed=_reduced(tax.city_rate, tax.city_reduction),
            vIBSMun=money(tax.city_value),
        ),
        vIBS=money(tax.state_value + tax.city_value),
        gCBS=make(
            group.GCbs,
            pCBS=rate(tax.cbs_rate),
            gRed=_reduced(tax.cbs_rate, tax.cbs_reduction),
            vCBS=money(tax.cbs_value),
        ),
    )


def _reduced(full: Decimal, reduction: Decimal) -> basic.Tred | None:
    """gRed: reduction in percent, and the rate that is left."""
    if not reduction:
        return None
    left = full * (_HUNDRED - reduction) / _HUNDRED
    return make(basic.Tred, pRedAliq=rate(reduction), pAliqEfet=rate(left))
