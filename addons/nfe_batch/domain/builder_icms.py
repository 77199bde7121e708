"""Group ICMS of an item: plain taxes to nfelib's dataclasses."""

from __future__ import annotations

from typing import Any

from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from .binding import make, pick
from .tax_groups import ICMS_GROUPS, OPTIONAL_ST
from .taxes import Icms
from .text import money, rate

_Imposto = layout.Tnfe.InfNfe.Det.Imposto


def build_icms(icms: Icms | None) -> _Imposto.Icms | None:
    """The group that the CST or CSOSN names, with the parts that it has."""
    if icms is None:
        return None
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
    """Of 51 all of it may be left out: deferred without saying how much."""
    if icms.code == "51" and not icms.base:
        return {}
    return {
        "modBC": icms.base_mode,
        "vBC": money(icms.base),
        "pICMS": rate(icms.rate),
        "vICMS": money(icms.value),
    }


def _reduction(icms: Icms) -> dict[str, Any]:
    """Compulsory in ICMS20 and ICMS70, where zero is written too."""
    if not icms.base_reduction and icms.code not in ("20", "70"):
        return {}
    return {"pRedBC": rate(icms.base_reduction)}


def _deferral(icms: Icms) -> dict[str, Any]:
    if not icms.base:
        return {}
    return {
        "vICMSOp": money(icms.operation_value),
        "pDif": rate(icms.deferral_rate),
        "vICMSDif": money(icms.deferred_value),
    }


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
    """Compulsory in every group that has it but ICMS90 and ICMSSN900."""
    absent = not icms.st_base and not icms.st_value
    if absent and icms.code in OPTIONAL_ST:
        return {}
    return _fcp_st(icms) | {
        "modBCST": icms.st_base_mode,
        "pMVAST": rate(icms.st_margin) if icms.st_margin else None,
        "pRedBCST": rate(icms.st_base_reduction) if icms.st_base_reduction else None,
        "vBCST": money(icms.st_base),
        "pICMSST": rate(icms.st_rate),
        "vICMSST": money(icms.st_value),
    }


def _fcp_st(icms: Icms) -> dict[str, Any]:
    if not icms.fcp_st_value:
        return {}
    return {
        "vBCFCPST": money(icms.fcp_st_base),
        "pFCPST": rate(icms.fcp_st_rate),
        "vFCPST": money(icms.fcp_st_value),
    }


def _retained(icms: Icms) -> dict[str, Any]:
    if icms.retained_base is None:
        return {}
    return (
        _fcp_retained(icms)
        | _effective(icms)
        | {
            "vBCSTRet": money(icms.retained_base),
            "pST": rate(icms.retained_rate),
            "vICMSSubstituto": money(icms.retained_substitute),
            "vICMSSTRet": money(icms.retained_value),
        }
    )


def _fcp_retained(icms: Icms) -> dict[str, Any]:
    if not icms.fcp_retained_value:
        return {}
    return {
        "vBCFCPSTRet": money(icms.fcp_retained_base),
        "pFCPSTRet": rate(icms.fcp_retained_rate),
        "vFCPSTRet": money(icms.fcp_retained_value),
    }


def _effective(icms: Icms) -> dict[str, Any]:
    """What the sale to a consumer would bear, were it not substituted (some UF)."""
    if not icms.effective_base:
        return {}
    return {
        "pRedBCEfet": rate(icms.effective_reduction),
        "vBCEfet": money(icms.effective_base),
        "pICMSEfet": rate(icms.effective_rate),
        "vICMSEfet": money(icms.effective_value),
    }


def _credit(icms: Icms) -> dict[str, Any]:
    """Compulsory in ICMSSN101 and ICMSSN201."""
    if not icms.credit_value and icms.code not in ("101", "201"):
        return {}
    return {
        "pCredSN": rate(icms.credit_rate),
        "vCredICMSSN": money(icms.credit_value),
    }


_ICMS_PARTS = {
    "own": _own,
    "reduction": _reduction,
    "deferral": _deferral,
    "fcp": _fcp,
    "relief": _relief,
    "st": _substitution,
    "retained": _retained,
    "credit": _credit,
}
