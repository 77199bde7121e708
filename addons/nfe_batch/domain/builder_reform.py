"""Groups IS and IBSCBS of an item (NT 2025.002): plain taxes to dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from nfelib.nfe.bindings.v4_0 import dfe_tipos_basicos_v1_00 as basic

from .binding import make
from .taxes import IbsCbs, SelectiveTax
from .text import money, rate

_HUNDRED = Decimal(100)
_Amounts = basic.TcibsNfe
Part = TypeVar("Part")


@dataclass(frozen=True, kw_only=True)
class _Share:
    """The part of the state, the city or the union, with the names of its tags."""

    suffix: str  # IBSUF, IBSMun or CBS
    full: Decimal
    value: Decimal
    reduction: Decimal
    deferral: Decimal
    deferred: Decimal
    returned: Decimal


def build_selective(tax: SelectiveTax | None) -> basic.Tis | None:
    """IS; without a base only its codes stand."""
    if tax is None:
        return None
    codes = {"CSTIS": tax.cst, "cClassTribIS": tax.classification}
    if not tax.base:
        return make(basic.Tis, **codes)
    return make(
        basic.Tis,
        **codes,
        vBCIS=money(tax.base),
        pIS=rate(tax.rate),
        vIS=money(tax.value),
    )


def build_ibs_cbs(tax: IbsCbs | None) -> basic.TtribNfe | None:
    """IBSCBS; gIBSCBS only for a CST that has amounts."""
    if tax is None:
        return None
    base = tax.taxed_base
    return make(
        basic.TtribNfe,
        CST=tax.cst,
        cClassTrib=tax.classification,
        gIBSCBS=None if base is None else _amounts(tax, base),
    )


def _amounts(tax: IbsCbs, base: Decimal) -> basic.TcibsNfe | None:
    state, city, union = _shares(tax)
    return make(
        _Amounts,
        vBC=money(base),
        gIBSUF=_part(_Amounts.GIbsuf, state),
        gIBSMun=_part(_Amounts.GIbsmun, city),
        vIBS=money(tax.state_value + tax.city_value),
        gCBS=_part(_Amounts.GCbs, union),
    )


def _shares(tax: IbsCbs) -> tuple[_Share, _Share, _Share]:
    names = (("state", "IBSUF"), ("city", "IBSMun"), ("cbs", "CBS"))
    state, city, union = (
        _Share(
            suffix=suffix,
            full=getattr(tax, f"{name}_rate"),
            value=getattr(tax, f"{name}_value"),
            reduction=getattr(tax, f"{name}_reduction"),
            deferral=tax.deferral_rate,
            deferred=getattr(tax, f"{name}_deferred"),
            returned=getattr(tax, f"{name}_returned"),
        )
        for name, suffix in names
    )
    return state, city, union


def _part(cls: type[Part], share: _Share) -> Part | None:
    """pX, vX and, between them, what lowers the full rate."""
    deferred = make(basic.Tdif, pDif=rate(share.deferral), vDif=money(share.deferred))
    returned = make(basic.TdevTrib, vDevTrib=money(share.returned))
    return make(
        cls,
        **{f"p{share.suffix}": rate(share.full)},
        gDif=deferred if share.deferral else None,
        gDevTrib=returned if share.returned else None,
        gRed=_reduced(share.full, share.reduction),
        **{f"v{share.suffix}": money(share.value)},
    )


def _reduced(full: Decimal, reduction: Decimal) -> basic.Tred | None:
    """gRed: reduction in percent, and the rate that is left."""
    if not reduction:
        return None
    left = full * (_HUNDRED - reduction) / _HUNDRED
    return make(basic.Tred, pRedAliq=rate(reduction), pAliqEfet=rate(left))
