"""Plain taxes of one item of an NF-e: the input of ``builder_taxes``.

Same conventions as ``document``: codes as the layout writes them, money as
``Decimal`` in BRL with two places, rates in percent. The official tag stands behind
each field. A group that the code of the tax does not have is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")

REFORM_UNTAXED = frozenset({"400", "410"})
"""CST of IBS and CBS that name no amounts: exempt, immune and not taxed (table
cClassTrib of NT 2025.002, column ind_gIBSCBS)."""


@dataclass(frozen=True, kw_only=True)
class Icms:
    """ICMS of an item, own operation and substitution.

    ``code`` with two digits is a CST (normal regime: 00, 10, 20, 30, 40, 41, 50, 51,
    60, 70, 90), with three a CSOSN (Simples: 101 to 103, 201 to 203, 300, 400, 500,
    900). Fields that the group of the code does not have are ignored.
    """

    origin: str  # orig, 0 to 8
    code: str  # CST or CSOSN
    base_mode: str = "3"  # modBC: 3 = value of the operation
    base: Decimal = ZERO  # vBC
    rate: Decimal = ZERO  # pICMS
    value: Decimal = ZERO  # vICMS
    base_reduction: Decimal = ZERO  # pRedBC
    operation_value: Decimal = ZERO  # vICMSOp (51): as if nothing were deferred
    deferral_rate: Decimal = ZERO  # pDif
    deferred_value: Decimal = ZERO  # vICMSDif
    fcp_base: Decimal = ZERO  # vBCFCP
    fcp_rate: Decimal = ZERO  # pFCP
    fcp_value: Decimal = ZERO  # vFCP
    relief_value: Decimal = ZERO  # vICMSDeson
    relief_reason: str = ""  # motDesICMS
    relief_deducted: bool = False  # indDeduzDeson: the relief lowers vNF
    st_base_mode: str = "4"  # modBCST
    st_margin: Decimal = ZERO  # pMVAST
    st_base_reduction: Decimal = ZERO  # pRedBCST
    st_base: Decimal = ZERO  # vBCST
    st_rate: Decimal = ZERO  # pICMSST
    st_value: Decimal = ZERO  # vICMSST
    fcp_st_base: Decimal = ZERO  # vBCFCPST
    fcp_st_rate: Decimal = ZERO  # pFCPST
    fcp_st_value: Decimal = ZERO  # vFCPST
    retained_base: Decimal | None = None  # vBCSTRet (60, 500)
    retained_rate: Decimal = ZERO  # pST
    retained_substitute: Decimal = ZERO  # vICMSSubstituto
    retained_value: Decimal = ZERO  # vICMSSTRet
    fcp_retained_base: Decimal = ZERO  # vBCFCPSTRet
    fcp_retained_rate: Decimal = ZERO  # pFCPSTRet
    fcp_retained_value: Decimal = ZERO  # vFCPSTRet
    effective_reduction: Decimal = ZERO  # pRedBCEfet
    effective_base: Decimal = ZERO  # vBCEfet
    effective_rate: Decimal = ZERO  # pICMSEfet
    effective_value: Decimal = ZERO  # vICMSEfet
    credit_rate: Decimal = ZERO  # pCredSN (101, 201, 900)
    credit_value: Decimal = ZERO  # vCredICMSSN


@dataclass(frozen=True, kw_only=True)
class Ipi:
    """IPI; CST 00, 49, 50 and 99 are taxed, the others are not.

    With ``quantity`` it is due by unit, else ``rate`` percent of ``base``.
    """

    cst: str
    framework: str = "999"  # cEnq
    base: Decimal = ZERO  # vBC
    rate: Decimal = ZERO  # pIPI
    quantity: Decimal | None = None  # qUnid
    unit_rate: Decimal = ZERO  # vUnid, BRL per unit
    value: Decimal = ZERO  # vIPI


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """PIS or COFINS: CST 01, 02 by percentage / 03 by unit / 04 to 09 untaxed / 49 to
    99 either; with ``quantity`` it is due by unit."""

    cst: str
    base: Decimal = ZERO  # vBC
    rate: Decimal = ZERO  # pPIS, pCOFINS
    quantity: Decimal | None = None  # qBCProd
    unit_rate: Decimal = ZERO  # vAliqProd, BRL per unit
    value: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class IcmsUfDest:
    """DIFAL of an interstate sale to a final consumer without IE (EC 87/2015)."""

    base: Decimal  # vBCUFDest
    rate: Decimal  # pICMSUFDest, internal rate of the destination
    interstate_rate: Decimal  # pICMSInter: 4, 7 or 12
    value: Decimal  # vICMSUFDest
    fcp_base: Decimal = ZERO  # vBCFCPUFDest
    fcp_rate: Decimal = ZERO  # pFCPUFDest
    fcp_value: Decimal = ZERO  # vFCPUFDest
    sender_value: Decimal = ZERO  # vICMSUFRemet, 0 since 2019


@dataclass(frozen=True, kw_only=True)
class IbsCbs:
    """IBS and CBS (NT 2025.002). ``base=None`` leaves the amounts out (immune).

    The values are what is due, after reduction, deferral and return.
    """

    cst: str
    classification: str  # cClassTrib, 6 digits
    base: Decimal | None = None  # vBC
    state_rate: Decimal = ZERO  # pIBSUF
    state_value: Decimal = ZERO  # vIBSUF
    city_rate: Decimal = ZERO  # pIBSMun
    city_value: Decimal = ZERO  # vIBSMun
    cbs_rate: Decimal = ZERO  # pCBS
    cbs_value: Decimal = ZERO  # vCBS
    state_reduction: Decimal = ZERO  # gRed/pRedAliq of each part
    city_reduction: Decimal = ZERO
    cbs_reduction: Decimal = ZERO
    deferral_rate: Decimal = ZERO  # gDif/pDif, the same for each part
    state_deferred: Decimal = ZERO  # gDif/vDif of each part
    city_deferred: Decimal = ZERO
    cbs_deferred: Decimal = ZERO
    state_returned: Decimal = ZERO  # gDevTrib/vDevTrib of each part
    city_returned: Decimal = ZERO
    cbs_returned: Decimal = ZERO

    @property
    def taxed_base(self) -> Decimal | None:
        """vBC, or None when gIBSCBS is left out."""
        return None if self.cst in REFORM_UNTAXED else self.base


@dataclass(frozen=True, kw_only=True)
class SelectiveTax:
    """Imposto Seletivo (LC 214/2025, art. 409): group IS, by percentage."""

    cst: str  # CSTIS, 3 digits
    classification: str  # cClassTribIS, 6 digits
    base: Decimal = ZERO  # vBCIS
    rate: Decimal = ZERO  # pIS
    value: Decimal = ZERO  # vIS


@dataclass(frozen=True, kw_only=True)
class Taxes:
    """Group imposto of an item.

    A note of credit or debit tells IBS and CBS alone: it has no ICMS, PIS, COFINS
    (NT 2025.002, B25-80, rejection 1001); every other item has all three.
    """

    icms: Icms | None = None
    pis: Contribution | None = None
    cofins: Contribution | None = None
    ipi: Ipi | None = None
    icms_uf_dest: IcmsUfDest | None = None
    ibs_cbs: IbsCbs | None = None
    selective: SelectiveTax | None = None
    approximate: Decimal = ZERO  # vTotTrib (Lei 12.741/2012)
    returned_share: Decimal = ZERO  # impostoDevol/pDevol
    returned_ipi: Decimal = ZERO  # impostoDevol/IPI/vIPIDevol
