"""Group total: sums to nfelib's dataclasses."""

from __future__ import annotations

from nfelib.nfe.bindings.v4_0 import dfe_tipos_basicos_v1_00 as basic
from nfelib.nfe.bindings.v4_0 import leiaute_nfe_v4_00 as layout

from .binding import make
from .document import ZERO
from .text import money
from .totals import IbsCbsTotals, Totals

_Total = layout.Tnfe.InfNfe.Total
_ZERO = money(ZERO)


def build_total(totals: Totals) -> _Total:
    """total; the amounts of the reform only when an item has them."""
    reform, selective = totals.ibs_cbs, totals.selective
    group = make(
        _Total,
        ICMSTot=_icms_tot(totals),
        ISTot=None if selective is None else make(basic.Tistot, vIS=money(selective)),
        IBSCBSTot=_ibs_cbs_tot(reform) if reform else None,
        vNFTot=money(reform.note) if reform else None,
    )
    assert group is not None
    return group


def _icms_tot(totals: Totals) -> _Total.Icmstot | None:
    return make(
        _Total.Icmstot,
        vBC=money(totals.base),
        vICMS=money(totals.icms),
        vICMSDeson=money(totals.relief),
        vFCPUFDest=money(totals.fcp_destination),
        vICMSUFDest=money(totals.icms_destination),
        vICMSUFRemet=money(totals.icms_sender),
        vFCP=money(totals.fcp),
        vBCST=money(totals.st_base),
        vST=money(totals.st),
        vFCPST=money(totals.fcp_st),
        vFCPSTRet=money(totals.fcp_retained),
        vProd=money(totals.goods),
        vFrete=money(totals.freight),
        vSeg=money(totals.insurance),
        vDesc=money(totals.discount),
        vII=_ZERO,
        vIPI=money(totals.ipi),
        vIPIDevol=money(totals.returned_ipi),
        vPIS=money(totals.pis),
        vCOFINS=money(totals.cofins),
        vOutro=money(totals.other),
        vNF=money(totals.note),
        vTotTrib=money(totals.approximate) if totals.approximate else None,
    )


def _ibs_cbs_tot(reform: IbsCbsTotals) -> basic.TibscbsmonoTot | None:
    group = basic.TibscbsmonoTot
    return make(
        group,
        vBCIBSCBS=money(reform.base),
        gIBS=make(
            group.GIbs,
            gIBSUF=make(
                group.GIbs.GIbsuf,
                vDif=money(reform.state_deferred),
                vDevTrib=money(reform.state_returned),
                vIBSUF=money(reform.state),
            ),
            gIBSMun=make(
                group.GIbs.GIbsmun,
                vDif=money(reform.city_deferred),
                vDevTrib=money(reform.city_returned),
                vIBSMun=money(reform.city),
            ),
            vIBS=money(reform.ibs),
            vCredPres=_ZERO,
            vCredPresCondSus=_ZERO,
        ),
        gCBS=make(
            group.GCbs,
            vDif=money(reform.cbs_deferred),
            vDevTrib=money(reform.cbs_returned),
            vCBS=money(reform.cbs),
            vCredPres=_ZERO,
            vCredPresCondSus=_ZERO,
        ),
    )
