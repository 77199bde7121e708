"""The document matrix: one note per thing that an industry writes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.nfe_batch.domain import totals
from odoo.addons.nfe_batch.domain.access_key import check_digit, key_of
from odoo.addons.nfe_batch.domain.document import (
    ABROAD,
    ADJUSTMENT,
    COMPLEMENTARY,
    CREDIT,
    DEBIT,
    ENTRY,
    Address,
    Billing,
    Card,
    Contribution,
    Export,
    Icms,
    Installment,
    Ipi,
    Note,
    PaperReference,
    Party,
    Payment,
    Purchase,
    SelectiveTax,
    Taxes,
)

from .notes import (
    CONSUMER,
    ISSUED,
    ISSUER,
    MARKETPLACE,
    cents,
    item,
    paid,
    return_of,
    sale,
    simples_sale,
)

ALPHANUMERIC = "12ABC34501DE35"
UNPAID = (Payment(method="90", amount=Decimal("0.00")),)
CST = ("00", "10", "20", "30", "40", "41", "50", "51", "60", "70", "90")
CSOSN = ("101", "102", "103", "201", "202", "203", "300", "400", "500", "900")
CTE_BODY = "352611112223330001815700100000000110000001"

DISTRIBUTOR = Party(
    vat="34028316000103",
    name="DISTRIBUIDORA EXEMPLO SA",
    ie_indicator="1",
    state_registration="111222333444",
    email="compras@example.com",
    address=Address(
        street="Avenida do Distribuidor",
        number="S/N",
        district="Centro",
        city_code="3509502",
        city="Campinas",
        state="SP",
        zip_code="13010000",
    ),
)


def b2b(code: str = "00", number: int = 1, **changes: object) -> Note:
    """A sale to a distributor of the same state, who pays by bank slip."""
    row = item("PAL-001", "10", "89.90", cfop="5101", interstate=False)
    icms = _icms(code, row.taxes.icms)
    row = replace(
        row,
        cest="2804400",
        taxes=replace(row.taxes, icms=icms, approximate=cents(0 * row.gross)),
    )
    note = sale(number)
    header = replace(
        note.header,
        operation="Venda de produção do estabelecimento",
        destination="1",
        presence="0",
        final_consumer="0",
        intermediary_indicator="",
    )
    note = replace(
        note,
        header=header,
        recipient=DISTRIBUTOR,
        items=(row,),
        intermediary=None,
        **changes,
    )
    return _slip(note)


def _slip(note: Note) -> Note:
    total = totals.of(note).note
    return replace(note, payments=(Payment(method="15", amount=total, timing="0"),))


def _icms(code: str, icms: Icms) -> Icms:
    """All parts filled: the group of the code takes what it has."""
    deferred = cents(icms.value * Decimal("0.3"))
    return replace(
        icms,
        code=code,
        value=icms.value - deferred if code == "51" else icms.value,
        base_reduction=Decimal("33.33"),
        operation_value=icms.value,
        deferral_rate=Decimal(30),
        deferred_value=deferred,
        fcp_base=icms.base,
        fcp_rate=Decimal(2),
        fcp_value=cents(icms.base * 2 / 100),
        relief_value=Decimal("1.00"),
        relief_reason="9",
        relief_deducted=True,
        st_margin=Decimal(40),
        st_base=Decimal("100.00"),
        st_rate=Decimal(18),
        st_value=Decimal("18.00"),
        fcp_st_base=Decimal("100.00"),
        fcp_st_rate=Decimal(2),
        fcp_st_value=Decimal("2.00"),
        retained_base=Decimal("100.00"),
        retained_rate=Decimal(18),
        retained_value=Decimal("18.00"),
        fcp_retained_base=Decimal("100.00"),
        fcp_retained_rate=Decimal(2),
        fcp_retained_value=Decimal("2.00"),
        effective_reduction=Decimal(10),
        effective_base=Decimal("90.00"),
        effective_rate=Decimal(18),
        effective_value=Decimal("16.20"),
        credit_rate=Decimal("1.25"),
        credit_value=Decimal("1.12"),
    )


def simples(code: str) -> Note:
    """The same by a company in the Simples Nacional."""
    note = b2b()
    (row,) = note.items
    plain = Taxes(
        icms=_icms(code, row.taxes.icms),
        pis=Contribution(cst="49"),
        cofins=Contribution(cst="49"),
    )
    return _slip(
        replace(
            note,
            issuer=replace(ISSUER, tax_regime="1"),
            items=(replace(row, taxes=plain),),
        )
    )


def on_credit() -> Note:
    """30 and 60 days, with the buyer's order and a farmer's carrier."""
    note = b2b()
    total = totals.of(note).note
    half = cents(total / 2)
    days = [ISSUED.date() + timedelta(days=count) for count in (30, 60)]
    return replace(
        note,
        payments=(Payment(method="15", amount=total, timing="1"),),
        billing=Billing(
            number="000123",
            original=total,
            installments=(
                Installment(due=days[0], amount=half),
                Installment(due=days[1], amount=total - half),
            ),
        ),
        purchase=Purchase(order="PC-4711", contract="C-1"),
    )


def abroad() -> Note:
    """An export: no tax, no CPF, the place where the goods leave."""
    note = b2b()
    (row,) = note.items
    free = Taxes(
        icms=Icms(origin="0", code="41"),
        ipi=Ipi(cst="54", framework="002"),
        pis=Contribution(cst="08"),
        cofins=Contribution(cst="08"),
        ibs_cbs=replace(row.taxes.ibs_cbs, cst="410", classification="410001"),
    )
    buyer = Party(
        vat="",
        foreign_id="US-123456",
        name="IMPORTER INC",
        ie_indicator="9",
        address=Address(
            street="Main Street",
            number="1",
            district="Downtown",
            city_code="9999999",
            city="EXTERIOR",
            state=ABROAD,
            zip_code="",
            country_code="2496",
            country="ESTADOS UNIDOS",
        ),
    )
    header = replace(note.header, destination="3")
    return _slip(
        replace(
            note,
            header=header,
            recipient=buyer,
            items=(replace(row, cfop="7101", taxes=free),),
            export=Export(state="SP", place="Porto de Santos", dispatch="Santos"),
        )
    )


def complement() -> Note:
    """What was left out of another note."""
    note = b2b()
    header = replace(note.header, purpose=COMPLEMENTARY)
    return replace(note, header=header, references=(key_of(b2b(number=9)),))


def adjustment() -> Note:
    note = b2b()
    header = replace(note.header, purpose=ADJUSTMENT)
    return replace(note, header=header, payments=UNPAID)


def _reform_only(note: Note) -> Note:
    rows = tuple(
        replace(row, taxes=Taxes(ibs_cbs=row.taxes.ibs_cbs)) for row in note.items
    )
    return replace(note, items=rows, payments=UNPAID)


def credit_note() -> Note:
    """Nota de crédito: the price was lowered after the sale."""
    note = _reform_only(b2b())
    header = replace(note.header, purpose=CREDIT, credit_type="04")
    return replace(note, header=header, references=(key_of(b2b(number=9)),))


def refused_delivery() -> Note:
    """Nota de crédito of goods that came back undelivered, with all taxes."""
    note = return_of(key_of(sale()))
    header = replace(note.header, purpose=CREDIT, credit_type="03")
    return replace(note, header=header)


def debit_note() -> Note:
    note = _reform_only(b2b())
    return replace(note, header=replace(note.header, purpose=DEBIT, debit_type="04"))


def unpaid(cfop: str, operation: str, **changes: object) -> Note:
    """A note without a sale: remessa, retorno, transferência."""
    note = b2b()
    (row,) = note.items
    suspended = replace(row.taxes, icms=Icms(origin="0", code="50"))
    header = replace(note.header, operation=operation, **changes)
    return replace(
        note,
        header=header,
        items=(replace(row, cfop=cfop, taxes=suspended),),
        payments=UNPAID,
    )


def to_oneself() -> Note:
    """An own entry note: goods of ours that come home."""
    note = unpaid("1949", "Entrada de remessa", direction=ENTRY)
    registration = ISSUER.state_registration
    ourselves = Party(
        vat=ISSUER.vat,
        name=ISSUER.name,
        address=ISSUER.address,
        ie_indicator="1",
        state_registration=registration,
    )
    return replace(note, recipient=ourselves)


def reformed(**changes: object) -> Note:
    """Other treatments of IBS and CBS."""
    note = b2b()
    (row,) = note.items
    changed = replace(row.taxes, ibs_cbs=replace(row.taxes.ibs_cbs, **changes))
    return _slip(replace(note, items=(replace(row, taxes=changed),)))


def taxed(**changes: object) -> Note:
    note = b2b()
    (row,) = note.items
    return _slip(
        replace(note, items=(replace(row, taxes=replace(row.taxes, **changes)),))
    )


def paid_by(method: str, **card: str) -> Note:
    note = b2b()
    group = Card(**card) if card else None
    (payment,) = note.payments
    return replace(note, payments=(replace(payment, method=method, card=group),))


def _by_unit(cst: str) -> Contribution:
    return Contribution(
        cst=cst,
        quantity=Decimal(10),
        unit_rate=Decimal("0.1234"),
        value=Decimal("1.23"),
    )


def _together(notes: Iterable[Note]) -> Note:
    """One note of the items of many."""
    first, *others = notes
    rows = [row for note in (first, *others) for row in note.items]
    return _slip(replace(first, items=tuple(rows)))


def _notes() -> Iterator[tuple[str, Note]]:
    yield "every cst", _together(b2b(code) for code in CST)
    yield "cst 51 all deferred", taxed(icms=Icms(origin="0", code="51"))
    yield "every csosn", _together(simples(code) for code in CSOSN)
    yield "marketplace sale", sale()
    yield "simples consumer", simples_sale()
    yield "on credit", on_credit()
    yield "export", abroad()
    yield "complement", complement()
    yield "adjustment", adjustment()
    yield "return", return_of(key_of(sale()))
    yield "credit note", credit_note()
    yield "refused delivery", refused_delivery()
    yield "debit note", debit_note()
    yield "remessa", unpaid("5949", "Simples remessa")
    yield "retorno", unpaid("5916", "Retorno de conserto")
    yield "transferência", unpaid("5151", "Transferência de produção")
    yield "to oneself", to_oneself()
    yield (
        "ipi by unit",
        taxed(
            ipi=Ipi(
                cst="50",
                quantity=Decimal(10),
                unit_rate=Decimal("0.5"),
                value=Decimal("5.00"),
            )
        ),
    )
    yield "pis and cofins by unit", taxed(pis=_by_unit("03"), cofins=_by_unit("99"))
    yield (
        "reduced",
        reformed(
            cst="200",
            classification="200034",
            state_reduction=Decimal(60),
            cbs_reduction=Decimal(60),
        ),
    )
    yield (
        "deferred",
        reformed(
            cst="510",
            classification="510001",
            deferral_rate=Decimal(100),
            state_value=Decimal("0.00"),
            state_deferred=Decimal("0.90"),
            cbs_value=Decimal("0.00"),
            cbs_deferred=Decimal("8.09"),
        ),
    )
    yield "given back", reformed(cbs_returned=Decimal("1.00"))
    yield "exempt", reformed(cst="400", classification="400001")
    yield (
        "selective",
        taxed(
            selective=SelectiveTax(
                cst="000",
                classification="000001",
                base=Decimal("899.00"),
                rate=Decimal(1),
                value=Decimal("8.99"),
            )
        ),
    )
    yield (
        "pix",
        paid_by(
            "17", integration="1", acquirer_cnpj=MARKETPLACE, payee_cnpj=MARKETPLACE
        ),
    )
    yield "card", paid_by("03", brand="02", auth_code="A1", terminal="T-01")
    alphanumeric = replace(ISSUER, vat=ALPHANUMERIC)
    yield "alphanumeric issuer", b2b(issuer=alphanumeric)
    letters = b2b()
    letters = replace(letters, recipient=replace(DISTRIBUTOR, vat=ALPHANUMERIC))
    yield "alphanumeric recipient", letters
    paper = PaperReference(
        state="SP",
        issued=date(2026, 10, 5),
        vat=DISTRIBUTOR.vat,
        model="01",
        series=1,
        number=77,
    )
    farmer = replace(
        paper, vat=CONSUMER.vat, model="04", state_registration="111222333"
    )
    returned = return_of(key_of(b2b(issuer=alphanumeric)))
    cte = CTE_BODY + "1" + check_digit(CTE_BODY + "1")
    yield (
        "references",
        replace(
            returned,
            references=(*returned.references, cte),
            paper_references=(paper, farmer),
        ),
    )
    dated = replace(
        sale().header,
        exit_at=ISSUED + timedelta(hours=2),
        expected_delivery=date(2026, 11, 30),
    )
    yield "dates", paid(replace(sale(), header=dated))


MATRIX = dict(_notes())
