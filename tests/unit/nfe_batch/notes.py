"""Given notes: an industry's consumer sale, a Simples sale and a return.

Persons and companies are made up; their numbers only have right check digits.
"""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo.addons.nfe_batch.domain import totals
from odoo.addons.nfe_batch.domain.document import (
    HOMOLOGATION,
    RETURN,
    Address,
    Card,
    Carrier,
    Contribution,
    Header,
    IbsCbs,
    Icms,
    IcmsUfDest,
    Intermediary,
    Ipi,
    Item,
    Note,
    Party,
    Payment,
    Taxes,
    Technician,
    Transport,
    Volume,
)

BRASILIA = timezone(timedelta(hours=-3))
ISSUED = datetime(2026, 11, 23, 9, 58, tzinfo=BRASILIA)
EMITTER = "11222333000181"
MARKETPLACE = "03007331000141"
CENT = Decimal("0.01")

ISSUER = Party(
    vat=EMITTER,
    name="INDUSTRIA DE PALLETS TESTE LTDA",
    trade_name="PALLETS TESTE",
    state_registration="111111111111",
    tax_regime="3",
    address=Address(
        street="Rua das Indústrias",
        number="100",
        district="Distrito Industrial",
        city_code="3550308",
        city="São Paulo",
        state="SP",
        zip_code="01001000",
        phone="(11) 3333-4444",
    ),
)

CONSUMER = Party(
    vat="52998224725",
    name="Consumidora “Teste” da Silva – Ação & Cia",
    ie_indicator="9",
    email="consumidora@example.com",
    address=Address(
        street="Rua do Consumidor",
        number="12",
        complement="Apto 34",
        district="Centro",
        city_code="3106200",
        city="Belo Horizonte",
        state="MG",
        zip_code="30110000",
        phone="31999990000",
    ),
)


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT)


def taxes(base: Decimal, *, interstate: bool = True) -> Taxes:
    """Normal regime: CST 00, IPI 0, PIS/COFINS, DIFAL with FCP, IBS and CBS."""
    rate = Decimal(12) if interstate else Decimal(18)
    share = IcmsUfDest(
        base=base,
        rate=Decimal(18),
        interstate_rate=Decimal(12),
        value=cents(base * 18 / 100) - cents(base * 12 / 100),
        fcp_base=base,
        fcp_rate=Decimal(2),
        fcp_value=cents(base * 2 / 100),
    )
    return Taxes(
        icms=Icms(
            origin="0", code="00", base=base, rate=rate, value=cents(base * rate / 100)
        ),
        ipi=Ipi(cst="50", base=base, rate=Decimal("3.25"), value=cents(base * 0)),
        pis=Contribution(
            cst="01",
            base=base,
            rate=Decimal("0.65"),
            value=cents(base * Decimal("0.0065")),
        ),
        cofins=Contribution(
            cst="01", base=base, rate=Decimal(3), value=cents(base * Decimal("0.03"))
        ),
        icms_uf_dest=share if interstate else None,
        ibs_cbs=IbsCbs(
            cst="000",
            classification="000001",
            base=base,
            state_rate=Decimal("0.1"),
            state_value=cents(base / 1000),
            cbs_rate=Decimal("0.9"),
            cbs_value=cents(base * 9 / 1000),
        ),
        approximate=Decimal("10.00"),
    )


def item(
    code: str,
    quantity: str,
    price: str,
    *,
    freight: str = "0.00",
    cfop: str = "6107",
    interstate: bool = True,
    item_taxes: Taxes | None = None,
) -> Item:
    gross = cents(Decimal(quantity) * Decimal(price))
    base = gross + Decimal(freight)
    return Item(
        code=code,
        description=f"CAIXA ORGANIZADORA DE MADEIRA {code}",
        ncm="44152000",
        cfop=cfop,
        unit="UN",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        gross=gross,
        freight=Decimal(freight),
        gtin="7891000315507",
        taxes=item_taxes or taxes(base, interstate=interstate),
        order_ref="ML200012345",
        order_line="1",
    )


def paid(note: Note, method: str = "03") -> Note:
    """The same note, paid in full by card."""
    card = Card(acquirer_cnpj=MARKETPLACE, brand="01", auth_code="A1B2C3")
    amount = totals.of(note).note
    return replace(note, payments=(Payment(method=method, amount=amount, card=card),))


def sale(number: int = 1, **changes: object) -> Note:
    """An interstate marketplace sale of two items to a consumer with a CPF."""
    header = Header(
        number=number,
        random_code=f"{number * 7919 % 99_999_999:08d}",
        issued_at=ISSUED,
        operation="Venda de produção a consumidor final",
        city_code="3550308",
        environment=HOMOLOGATION,
        destination="2",
        intermediary_indicator="1",
    )
    note = Note(
        header=header,
        issuer=ISSUER,
        recipient=CONSUMER,
        items=(
            item("PAL-001", "1", "89.90", freight="5.00"),
            item("PAL-002", "2", "49.95", freight="5.00"),
        ),
        payments=(),
        intermediary=Intermediary(cnpj=MARKETPLACE, seller_id="LOJA_PALLETS"),
        transport=Transport(
            freight_mode="0",
            carrier=Carrier(
                name="TRANSPORTADORA TESTE", vat="34028316000103", state="SP"
            ),
            volumes=(Volume(net_weight=Decimal(20), gross_weight=Decimal(21)),),
        ),
        info="Pedido ML 2000123456.",
        technician=Technician(
            cnpj="33444555000181",
            contact="Suporte",
            email="fiscal@example.com",
            phone="1133334444",
            csrt_id="01",
            csrt="G8063VRTNDMO886SFNK5LDUDEI24XJ22YIPO",
        ),
        authorized=("33444555000181",),
    )
    return paid(replace(note, **changes))


def simples_sale(csosn: str = "102", number: int = 1) -> Note:
    """A sale inside the state by a company in the Simples Nacional."""
    simple = Taxes(
        icms=Icms(
            origin="0",
            code=csosn,
            retained_base=Decimal("50.00") if csosn == "500" else None,
            retained_value=Decimal("9.00"),
            retained_rate=Decimal(18),
            credit_rate=Decimal("1.25"),
            credit_value=Decimal("1.12"),
        ),
        pis=Contribution(cst="49"),
        cofins=Contribution(cst="49"),
    )
    note = sale(number)
    row = replace(note.items[0], cfop="5102", taxes=simple, cest="2804400")
    consumer = replace(
        CONSUMER,
        address=replace(
            CONSUMER.address, state="SP", city_code="3509502", city="Campinas"
        ),
    )
    return paid(
        replace(
            note,
            issuer=replace(ISSUER, tax_regime="1"),
            recipient=consumer,
            header=replace(note.header, destination="1"),
            items=(row,),
        )
    )


def return_of(key: str, number: int = 2) -> Note:
    """The own entry note that takes a sale back."""
    note = sale(number)
    header = replace(
        note.header,
        direction="0",
        purpose=RETURN,
        operation="Devolução de venda",
        intermediary_indicator="",
    )
    rows = tuple(replace(row, cfop="2201") for row in note.items)
    return replace(
        note,
        header=header,
        items=rows,
        intermediary=None,
        references=(key,),
        payments=(Payment(method="90", amount=Decimal("0.00")),),
    )
