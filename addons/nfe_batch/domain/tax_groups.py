"""Which parts of a tax an item's code writes: shared by totals and builder.

A total must be the sum of what stands in the items (rules W of the MOC), so the
decision "does CST 40 have a base?" is made once, here.
"""

from __future__ import annotations

from decimal import Decimal

from .taxes import ZERO, Contribution, Icms, Ipi

ICMS_GROUPS: dict[str, tuple[str, frozenset[str]]] = {
    "00": ("ICMS00", frozenset({"own", "fcp"})),
    "10": ("ICMS10", frozenset({"own", "fcp", "st"})),
    "20": ("ICMS20", frozenset({"own", "reduction", "fcp", "relief"})),
    "30": ("ICMS30", frozenset({"st", "relief"})),
    "40": ("ICMS40", frozenset({"relief"})),
    "41": ("ICMS40", frozenset({"relief"})),
    "50": ("ICMS40", frozenset({"relief"})),
    "51": ("ICMS51", frozenset({"own", "reduction", "deferral", "fcp"})),
    "60": ("ICMS60", frozenset({"retained"})),
    "70": ("ICMS70", frozenset({"own", "reduction", "fcp", "relief", "st"})),
    "90": ("ICMS90", frozenset({"own", "reduction", "fcp", "relief", "st"})),
    "101": ("ICMSSN101", frozenset({"credit"})),
    "102": ("ICMSSN102", frozenset()),
    "103": ("ICMSSN102", frozenset()),
    "201": ("ICMSSN201", frozenset({"st", "credit"})),
    "202": ("ICMSSN202", frozenset({"st"})),
    "203": ("ICMSSN202", frozenset({"st"})),
    "300": ("ICMSSN102", frozenset()),
    "400": ("ICMSSN102", frozenset()),
    "500": ("ICMSSN500", frozenset({"retained"})),
    "900": ("ICMSSN900", frozenset({"own", "reduction", "st", "credit"})),
}
"""CST or CSOSN: element, and the parts of ``Icms`` that stand in it."""

IPI_TAXED = frozenset({"00", "49", "50", "99"})
IPI_UNTAXED = frozenset({"01", "02", "03", "04", "05", "51", "52", "53", "54", "55"})

SUBSTITUTED = frozenset({"60", "500"}) | {
    code for code, (_element, parts) in ICMS_GROUPS.items() if "st" in parts
}
"""Codes of goods under substitution, now or before."""

OPTIONAL_ST = frozenset({"90", "900"})
"""Codes whose group may stand without its part of substitution."""

CONTRIBUTION_RATED = frozenset({"01", "02"})
CONTRIBUTION_BY_UNIT = "03"
CONTRIBUTION_UNTAXED = frozenset({"04", "05", "06", "07", "08", "09"})
CONTRIBUTION_OTHER = frozenset(
    {"49", "50", "51", "52", "53", "54", "55", "56", "60", "61", "62", "63", "64"}
    | {"65", "66", "67", "70", "71", "72", "73", "74", "75", "98", "99"}
)


CONTRIBUTION_CODES = (
    CONTRIBUTION_RATED
    | CONTRIBUTION_UNTAXED
    | CONTRIBUTION_OTHER
    | {CONTRIBUTION_BY_UNIT}
)


def icms_has(icms: Icms | None, part: str) -> bool:
    """True when the element of this code holds ``part``."""
    return icms is not None and part in ICMS_GROUPS[icms.code][1]


def icms_requires_cest(icms: Icms | None) -> bool:
    """Goods under substitution name their CEST (806)."""
    if icms is None:
        return False
    compulsory = SUBSTITUTED - OPTIONAL_ST
    return icms.code in compulsory or (icms.code in OPTIONAL_ST and icms.st_value > 0)


def ipi_value(ipi: Ipi | None) -> Decimal:
    """vIPI as written: an untaxed IPI has none."""
    return ipi.value if ipi is not None and ipi.cst in IPI_TAXED else ZERO


def contribution_value(contribution: Contribution | None) -> Decimal:
    """vPIS or vCOFINS as written."""
    if contribution is None:
        return ZERO
    untaxed = contribution.cst in CONTRIBUTION_UNTAXED
    return ZERO if untaxed else contribution.value
