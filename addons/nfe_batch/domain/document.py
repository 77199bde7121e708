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

from .taxes import (
    ZERO,
    Contribution,
    IbsCbs,
    Icms,
    IcmsUfDest,
    Ipi,
    SelectiveTax,
    Taxes,
)

__all__ = [
    "ABROAD",
    "ADJUSTMENT",
    "COMPLEMENTARY",
    "CREDIT",
    "DEBIT",
    "ENTRY",
    "HOMOLOGATION",
    "NORMAL",
    "OUTGOING",
    "PRODUCTION",
    "RETURN",
    "ZERO",
    "Address",
    "Billing",
    "Card",
    "Carrier",
    "Contribution",
    "Delivery",
    "Export",
    "Header",
    "IbsCbs",
    "Icms",
    "IcmsUfDest",
    "Installment",
    "Intermediary",
    "Ipi",
    "Item",
    "Note",
    "PaperReference",
    "Party",
    "Payment",
    "Purchase",
    "SelectiveTax",
    "Taxes",
    "Technician",
    "Transport",
    "Volume",
]

OUTGOING, ENTRY = "1", "0"
"""tpNF: a sale, and an entry (own return note)."""
NORMAL, COMPLEMENTARY, ADJUSTMENT, RETURN, CREDIT, DEBIT = "1", "2", "3", "4", "5", "6"
"""finNFe; notes of credit and debit since NT 2025.002."""
ABROAD = "EX"
"""UF of an address outside Brazil (cMun 9999999)."""
PRODUCTION, HOMOLOGATION = "1", "2"
"""tpAmb."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address of the groups enderEmit, enderDest and entrega.

    Abroad: state ``ABROAD``, city_code "9999999", no ZIP code of eight digits.
    """

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

    vat: str = field(repr=False)  # CNPJ (14) or CPF (11); empty abroad
    name: str  # xNome
    address: Address
    foreign_id: str = field(default="", repr=False)  # idEstrangeiro, 5 to 20 or empty
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
    credit_type: str = ""  # tpNFCredito, only with CREDIT
    debit_type: str = ""  # tpNFDebito, only with DEBIT
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
    payee_cnpj: str = ""  # CNPJReceb, who receives the money
    terminal: str = ""  # idTermPag


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
class Installment:
    """Group dup; nDup is its place, 001 first."""

    due: date  # dVenc
    amount: Decimal  # vDup


@dataclass(frozen=True, kw_only=True)
class Billing:
    """Group cobr: the invoice and what falls due of it.

    ``installments`` in the order of their dates, none for a sale at sight (853).
    """

    number: str  # nFat
    original: Decimal  # vOrig
    discount: Decimal = ZERO  # vDesc
    installments: tuple[Installment, ...] = ()

    @property
    def net(self) -> Decimal:
        """vLiq."""
        return self.original - self.discount


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """Group compra: what the buyer calls the order."""

    order: str = ""  # xPed
    contract: str = ""  # xCont
    commitment: str = ""  # xNEmp, of a public buyer


@dataclass(frozen=True, kw_only=True)
class Export:
    """Group exporta: where the goods leave Brazil."""

    state: str  # UFSaidaPais
    place: str  # xLocExporta
    dispatch: str = ""  # xLocDespacho


@dataclass(frozen=True, kw_only=True)
class PaperReference:
    """A note on paper: refNF (model 01, 02) or, with an IE, refNFP of a farmer (04)."""

    state: str
    issued: date  # AAMM
    vat: str = field(repr=False)
    model: str
    series: int
    number: int
    state_registration: str = ""


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
    billing: Billing | None = None
    purchase: Purchase | None = None
    export: Export | None = None
    references: tuple[str, ...] = ()  # NFref: keys of notes (refNFe) and CT-e (refCTe)
    paper_references: tuple[PaperReference, ...] = ()
    info: str = ""  # infAdic/infCpl, for the consumer
    tax_info: str = ""  # infAdic/infAdFisco
    technician: Technician | None = None
    authorized: tuple[str, ...] = ()  # autXML: up to 10 CNPJ or CPF
    change: Decimal = ZERO  # pag/vTroco
