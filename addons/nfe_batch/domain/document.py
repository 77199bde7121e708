"""Plain data of one NF-e: the only input of the builder.

Every class is frozen and holds codes exactly as the layout 4.00 writes them (text,
with leading zeros) and money as ``Decimal`` in BRL with two places. The official
tag stands behind each field, so that "Anexo I" of the MOC 7.0 can be read beside it.
Numbers of persons (CPF, CNPJ) carry no punctuation; an alphanumeric CNPJ is upper
case. Empty text and ``None`` mean "the tag is left out".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

ZERO = Decimal("0.00")

OUTGOING = "1"
"""tpNF of a sale; ``"0"`` is an entry (own return note)."""
NORMAL, COMPLEMENTARY, ADJUSTMENT, RETURN = "1", "2", "3", "4"
"""finNFe."""
PRODUCTION, HOMOLOGATION = "1", "2"
"""tpAmb."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address of the groups enderEmit, enderDest and entrega."""

    street: str  # xLgr
    number: str  # nro, "S/N" when there is none
    district: str  # xBairro
    city_code: str  # cMun, 7 digits of the IBGE
    city: str  # xMun
    state: str  # UF, two letters
    zip_code: str  # CEP, 8 digits
    complement: str = ""  # xCpl
    country_code: str = "1058"  # cPais, table of the BACEN
    country: str = "BRASIL"  # xPais
    phone: str = ""  # fone, 6 to 14 digits


@dataclass(frozen=True, kw_only=True)
class Party:
    """Issuer (emit) or recipient (dest)."""

    vat: str = field(repr=False)  # CNPJ (14) or CPF (11)
    name: str  # xNome
    address: Address
    trade_name: str = ""  # xFant, issuer only
    state_registration: str = ""  # IE, digits; issuer may be "ISENTO"
    municipal_registration: str = ""  # IM, issuer only
    tax_regime: str = ""  # CRT, issuer only: 1, 2, 3 or 4
    ie_indicator: str = ""  # indIEDest, recipient only: 1, 2 or 9
    suframa: str = ""  # ISUF, recipient only
    email: str = ""  # recipient only


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Where the goods go when it is not the recipient's address (entrega)."""

    vat: str = field(repr=False)
    address: Address
    name: str = ""
    state_registration: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Header:
    """Group ide. The key is made from it: ``access_key.key_of(note)``."""

    number: int  # nNF
    random_code: str  # cNF, 8 digits, drawn once per number and kept
    issued_at: datetime  # dhEmi, aware, in the issuer's local offset
    operation: str  # natOp, up to 60 characters
    city_code: str  # cMunFG, IBGE code of where the operation happens
    environment: str  # tpAmb: PRODUCTION or HOMOLOGATION
    destination: str  # idDest: 1 same state, 2 other state, 3 abroad
    model: str = "55"  # mod
    series: int = 1  # serie
    exit_at: datetime | None = None  # dhSaiEnt, aware
    expected_delivery: date | None = None  # dPrevEntrega
    direction: str = OUTGOING  # tpNF
    danfe_format: str = "1"  # tpImp
    emission_type: str = "1"  # tpEmis: 1 normal, 6 SVC-AN, 7 SVC-RS
    purpose: str = NORMAL  # finNFe
    final_consumer: str = "1"  # indFinal
    presence: str = "2"  # indPres: 2 = internet
    intermediary_indicator: str = ""  # indIntermed: 0 own site, 1 marketplace
    contingency_at: datetime | None = None  # dhCont, only with tpEmis other than 1
    contingency_reason: str = ""  # xJust, 15 to 256 characters

    def __post_init__(self) -> None:
        for moment in (self.issued_at, self.exit_at, self.contingency_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("The dates of a note need a time zone")


@dataclass(frozen=True, kw_only=True)
class Icms:
    """ICMS of an item, own operation and substitution.

    ``code`` with two digits is a CST (normal regime: 00, 20, 40, 41, 50, 60, 90),
    with three a CSOSN (Simples: 101, 102, 103, 300, 400, 500, 900). Fields that the
    group of the code does not have are ignored.
    """

    origin: str  # orig, 0 to 8
    code: str  # CST or CSOSN
    base_mode: str = "3"  # modBC: 3 = value of the operation
    base: Decimal = ZERO  # vBC
    rate: Decimal = ZERO  # pICMS
    value: Decimal = ZERO  # vICMS
    base_reduction: Decimal = ZERO  # pRedBC
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
    retained_base: Decimal | None = None  # vBCSTRet (60, 500)
    retained_rate: Decimal = ZERO  # pST
    retained_substitute: Decimal = ZERO  # vICMSSubstituto
    retained_value: Decimal = ZERO  # vICMSSTRet
    credit_rate: Decimal = ZERO  # pCredSN (101, 900)
    credit_value: Decimal = ZERO  # vCredICMSSN


@dataclass(frozen=True, kw_only=True)
class Ipi:
    """IPI; CST 00, 49, 50 and 99 are taxed, the others are not."""

    cst: str
    framework: str = "999"  # cEnq
    base: Decimal = ZERO
    rate: Decimal = ZERO
    value: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """PIS or COFINS by percentage: CST 01, 02 / 04 to 09 / 49 to 99."""

    cst: str
    base: Decimal = ZERO
    rate: Decimal = ZERO
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
    """IBS and CBS (NT 2025.002). ``base=None`` leaves the amounts out (immune)."""

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


@dataclass(frozen=True, kw_only=True)
class Taxes:
    """Group imposto of an item."""

    icms: Icms
    pis: Contribution
    cofins: Contribution
    ipi: Ipi | None = None
    icms_uf_dest: IcmsUfDest | None = None
    ibs_cbs: IbsCbs | None = None
    approximate: Decimal = ZERO  # vTotTrib (Lei 12.741/2012)
    returned_share: Decimal = ZERO  # impostoDevol/pDevol
    returned_ipi: Decimal = ZERO  # impostoDevol/IPI/vIPIDevol


@dataclass(frozen=True, kw_only=True)
class Item:
    """Group det: one line of the note."""

    code: str  # cProd
    description: str  # xProd
    ncm: str  # 8 digits
    cfop: str
    unit: str  # uCom
    quantity: Decimal  # qCom, up to 4 places
    unit_price: Decimal  # vUnCom, up to 10 places
    gross: Decimal  # vProd = quantity × unit price, rounded
    taxes: Taxes
    gtin: str = ""  # cEAN; empty = "SEM GTIN"
    cest: str = ""
    ex_tipi: str = ""  # EXTIPI
    benefit_code: str = ""  # cBenef
    tax_unit: str = ""  # uTrib; empty = as uCom
    tax_quantity: Decimal | None = None  # qTrib
    tax_unit_price: Decimal | None = None  # vUnTrib
    tax_gtin: str = ""  # cEANTrib; empty = as cEAN
    freight: Decimal = ZERO  # vFrete
    insurance: Decimal = ZERO  # vSeg
    discount: Decimal = ZERO  # vDesc
    other: Decimal = ZERO  # vOutro
    in_total: bool = True  # indTot
    order_ref: str = ""  # xPed, up to 15 characters
    order_line: str = ""  # nItemPed, up to 6 digits
    info: str = ""  # infAdProd


@dataclass(frozen=True, kw_only=True)
class Card:
    """Group card: also used for PIX and wallets since NT 2020.006."""

    integration: str = "2"  # tpIntegra: 2 = not integrated (the channel charged)
    acquirer_cnpj: str = ""  # CNPJ of the payment institution
    brand: str = ""  # tBand
    auth_code: str = ""  # cAut


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Group detPag."""

    method: str  # tPag: 03 credit, 04 debit, 15 boleto, 17 PIX, 90 none, 99 other
    amount: Decimal  # vPag
    description: str = ""  # xPag, compulsory with 99
    timing: str = ""  # indPag: 0 at sight, 1 on credit
    card: Card | None = None


@dataclass(frozen=True, kw_only=True)
class Intermediary:
    """Group infIntermed: the marketplace."""

    cnpj: str
    seller_id: str  # idCadIntTran, 2 to 60 characters: our id in the channel


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Group transporta."""

    name: str
    vat: str = ""
    state_registration: str = ""
    street: str = ""  # xEnder
    city: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Volume:
    """Group vol: what the carrier takes, weights in kg with 3 places."""

    quantity: int = 1
    kind: str = "VOLUME"  # esp
    brand: str = ""  # marca
    numbering: str = ""  # nVol
    net_weight: Decimal | None = None
    gross_weight: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Transport:
    """Group transp."""

    freight_mode: str = "9"  # modFrete: 0 sender, 1 recipient, 2 third, 9 none
    carrier: Carrier | None = None
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Technician:
    """Group infRespTec; with a CSRT the builder adds its hash (NT 2018.005)."""

    cnpj: str
    contact: str
    email: str
    phone: str
    csrt_id: str = ""
    csrt: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Note:
    """One NF-e. Totals are not part of it: ``totals.of(note)`` sums the items."""

    header: Header
    issuer: Party
    recipient: Party
    items: tuple[Item, ...]
    payments: tuple[Payment, ...]
    delivery: Delivery | None = None
    intermediary: Intermediary | None = None
    transport: Transport = Transport()
    references: tuple[str, ...] = ()  # NFref/refNFe: keys of the returned notes
    info: str = ""  # infAdic/infCpl, for the consumer
    tax_info: str = ""  # infAdic/infAdFisco
    technician: Technician | None = None
    authorized: tuple[str, ...] = ()  # autXML: up to 10 CNPJ or CPF
    change: Decimal = ZERO  # pag/vTroco
