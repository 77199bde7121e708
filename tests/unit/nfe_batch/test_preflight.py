"""Every problem is found, and all of them at once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from odoo.addons.nfe_batch.domain import preflight
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.document import (
    Delivery,
    Export,
    Icms,
    Intermediary,
    Ipi,
    Payment,
)
from odoo.addons.nfe_batch.domain.preflight_items import is_valid_gtin
from odoo.addons.nfe_batch.domain.problems import Code

from .matrix import MATRIX, abroad, complement, credit_note, on_credit
from .notes import BRASILIA, CONSUMER, MARKETPLACE, paid, return_of, sale, simples_sale

KEY = key_of(sale())
NO_VALUE = Decimal("0.00")


def codes(note):
    return {problem.code for problem in preflight.check(note)}


def header(**changes):
    return replace(sale(), header=replace(sale().header, **changes))


def issuer(**changes):
    return replace(sale(), issuer=replace(sale().issuer, **changes))


def recipient(**changes):
    return replace(sale(), recipient=replace(CONSUMER, **changes))


def address(**changes):
    return recipient(address=replace(CONSUMER.address, **changes))


def row(**changes):
    """The sale with its first line changed."""
    first, *rest = sale().items
    return replace(sale(), items=(replace(first, **changes), *rest))


def taxed(**changes):
    return row(taxes=replace(sale().items[0].taxes, **changes))


def icms(**changes):
    return taxed(icms=replace(sale().items[0].taxes.icms, **changes))


def payment(**changes):
    first = replace(sale().payments[0], **changes)
    return replace(sale(), payments=(first,))


def carrier(**changes):
    transport = sale().transport
    changed = replace(transport.carrier, **changes)
    return replace(sale(), transport=replace(transport, carrier=changed))


def foreigner(**changes):
    return replace(abroad(), recipient=replace(abroad().recipient, **changes))


def billing(**changes):
    return replace(on_credit(), billing=replace(on_credit().billing, **changes))


def installments(**changes):
    first, *rest = on_credit().billing.installments
    return billing(installments=(replace(first, **changes), *rest))


FREE = replace(sale().items[0], gross=NO_VALUE, freight=NO_VALUE)

CASES = {
    Code.NO_ITEMS: replace(sale(), items=()),
    Code.ZERO_VALUE: paid(replace(sale(), items=(FREE,))),
    Code.ISSUER_VAT: issuer(vat="11222333000182"),
    Code.ISSUER_STATE_REGISTRATION: issuer(state_registration=""),
    Code.ISSUER_TAX_REGIME: issuer(tax_regime=""),
    Code.RECIPIENT_NAME: recipient(name=" "),
    Code.RECIPIENT_VAT_MISSING: recipient(vat=""),
    Code.RECIPIENT_CPF: recipient(vat="52998224724"),
    Code.RECIPIENT_CNPJ: recipient(vat="11222333000182"),
    Code.RECIPIENT_IE_INDICATOR: recipient(ie_indicator="1"),
    Code.RECIPIENT_IE_EXEMPT: recipient(ie_indicator="2", state_registration="123"),
    Code.RECIPIENT_VAT_ABROAD: foreigner(vat="52998224725"),
    Code.RECIPIENT_FOREIGN_ID: foreigner(foreign_id="12"),
    Code.RECIPIENT_IE_ABROAD: foreigner(ie_indicator="1"),
    Code.RECIPIENT_NOT_FINAL: header(final_consumer="0"),
    Code.DELIVERY_VAT: replace(
        sale(), delivery=Delivery(vat="123", address=CONSUMER.address)
    ),
    Code.ADDRESS_STREET: address(street=""),
    Code.ADDRESS_NUMBER: address(number=""),
    Code.ADDRESS_DISTRICT: address(district=""),
    Code.ADDRESS_CITY: address(city_code=""),
    Code.ADDRESS_CITY_STATE: address(city_code="3550308"),
    Code.ADDRESS_STATE: address(state="XX"),
    Code.ADDRESS_ZIP: address(zip_code="30110-000"),
    Code.ADDRESS_COUNTRY: foreigner(
        address=replace(abroad().recipient.address, country_code="1058")
    ),
    Code.EXIT_DATE: header(exit_at=sale().header.issued_at - timedelta(days=1)),
    Code.NOTE_TYPE: header(credit_type="04"),
    Code.DESTINATION: header(destination="1"),
    Code.INTERMEDIARY_INDICATOR: header(intermediary_indicator=""),
    Code.INTERMEDIARY_MISSING: replace(sale(), intermediary=None),
    Code.INTERMEDIARY_UNDUE: header(intermediary_indicator="0"),
    Code.INTERMEDIARY_CNPJ: replace(
        sale(), intermediary=Intermediary(cnpj="1", seller_id="LOJA")
    ),
    Code.INTERMEDIARY_SELLER_ID: replace(
        sale(), intermediary=Intermediary(cnpj=MARKETPLACE, seller_id="")
    ),
    Code.PAYMENT_MISSING: replace(sale(), payments=()),
    Code.PAYMENT_SUM: payment(amount=Decimal("199.79")),
    Code.PAYMENT_CARD: payment(card=None),
    Code.PAYMENT_CARD_CNPJ: payment(
        card=replace(sale().payments[0].card, acquirer_cnpj="1")
    ),
    Code.PAYMENT_DESCRIPTION: payment(method="99"),
    Code.PAYMENT_ON_RETURN: replace(
        return_of(KEY), payments=(Payment(method="01", amount=Decimal(1)),)
    ),
    Code.BILLING_SUM: billing(original=Decimal(1)),
    Code.BILLING_AT_SIGHT: replace(
        on_credit(), payments=(replace(on_credit().payments[0], timing="0"),)
    ),
    Code.BILLING_DUE: installments(due=date(2026, 11, 22)),
    Code.CARRIER_NAME: carrier(name=""),
    Code.CARRIER_VAT: carrier(vat="34028316000104"),
    Code.CARRIER_STATE: carrier(state_registration="123456", state=""),
    Code.EXPORT_PLACE: replace(abroad(), export=None),
    Code.EXPORT_UNDUE: replace(sale(), export=Export(state="SP", place="Santos")),
    Code.COMPLEMENT_REFERENCE: replace(complement(), references=(KEY, KEY)),
    Code.REFERENCE_TWICE: replace(return_of(KEY), references=(KEY, KEY)),
    Code.AUTHORIZED_RECIPIENT: replace(sale(), authorized=(CONSUMER.vat,)),
    Code.AUTHORIZED_COUNT: replace(sale(), authorized=(MARKETPLACE,) * 11),
    Code.RETURN_REFERENCE: replace(return_of(KEY), references=()),
    Code.REFERENCE_KEY: return_of("3" * 44),
    Code.RANDOM_CODE: header(random_code="00000000"),
    Code.CONTINGENCY_REASON: header(emission_type="6"),
    Code.AUTHORIZED_VAT: replace(sale(), authorized=("1",)),
    Code.ITEM_CODE: row(code=""),
    Code.ITEM_DESCRIPTION: row(description=""),
    Code.ITEM_NCM: row(ncm=""),
    Code.ITEM_CFOP: row(cfop=""),
    Code.ITEM_CFOP_DIRECTION: row(cfop="2102"),
    Code.ITEM_CFOP_DESTINATION: row(cfop="5102"),
    Code.ITEM_CEST: row(cest="12"),
    Code.ITEM_UNIT: row(unit="UNIDADES"),
    Code.ITEM_QUANTITY: row(quantity=Decimal(0)),
    Code.ITEM_PRICE: row(unit_price=Decimal(-1)),
    Code.ITEM_GROSS: row(gross=Decimal("89.80")),
    Code.ITEM_TAX_GROSS: row(tax_quantity=Decimal(2)),
    Code.ITEM_GTIN: row(gtin="7891000315508"),
    Code.ITEM_ICMS_CODE: icms(code="77"),
    Code.ITEM_ICMS_REGIME: icms(code="102"),
    Code.ITEM_ICMS_ORIGIN: icms(origin=""),
    Code.ITEM_ICMS_RELIEF_REASON: icms(code="40", relief_value=Decimal(1)),
    Code.ITEM_ICMS_VALUE: icms(value=Decimal("11.40")),
    Code.ITEM_ICMS_RATE: icms(rate=Decimal(18), value=Decimal("17.08")),
    Code.ITEM_ICMS_DEFERRAL: icms(code="51", deferral_rate=Decimal(50)),
    Code.ITEM_FCP_PLACE: icms(fcp_value=Decimal("1.90")),
    Code.ITEM_OLD_TAXES: replace(credit_note(), items=sale().items),
    Code.ITEM_RETURNED_IPI: taxed(returned_ipi=Decimal(1)),
    Code.ITEM_IPI_CODE: taxed(ipi=Ipi(cst="88")),
    Code.ITEM_CONTRIBUTION_CODE: taxed(
        pis=replace(sale().items[0].taxes.pis, cst="03")
    ),
    Code.ITEM_DIFAL_MISSING: taxed(icms_uf_dest=None),
    Code.ITEM_DIFAL_UNDUE: replace(
        simples_sale(), items=(replace(sale().items[0], cfop="5102"),)
    ),
    Code.ITEM_DIFAL_RATE: taxed(
        icms_uf_dest=replace(
            sale().items[0].taxes.icms_uf_dest, interstate_rate=Decimal(18)
        )
    ),
    Code.ITEM_DIFAL_VALUE: taxed(
        icms_uf_dest=replace(sale().items[0].taxes.icms_uf_dest, value=Decimal(9))
    ),
    Code.ITEM_IBS_CBS_MISSING: taxed(ibs_cbs=None),
    Code.ITEM_IBS_CBS_CODE: taxed(
        ibs_cbs=replace(sale().items[0].taxes.ibs_cbs, classification="1")
    ),
    Code.FORM: row(order_line="A1"),
    Code.ITEM_NEGATIVE: row(discount=Decimal(-1)),
}


def test_every_problem_has_a_case():
    assert set(CASES) == set(Code)


@pytest.mark.parametrize("code", CASES, ids=lambda code: code.value)
def test_problem_is_found(code):
    assert code in codes(CASES[code])


@pytest.mark.parametrize(
    "note",
    [
        sale(),
        return_of(KEY),
        *(simples_sale(code) for code in ("101", "102", "400", "500")),
        header(number=0, random_code=""),
        taxed(icms_uf_dest=None, icms=Icms(origin="0", code="40")),
        row(gtin="SEM GTIN"),
        payment(method="15", card=None),
        *MATRIX.values(),
    ],
)
def test_good_notes_have_none(note):
    assert preflight.check(note) == ()


def test_all_problems_come_at_once():
    """Invalid CPF, no city, no NCM, no intermediary: four messages, not one."""
    note = replace(
        row(ncm=""),
        recipient=replace(
            CONSUMER,
            vat="11111111111",
            address=replace(CONSUMER.address, city_code="", city=""),
        ),
        intermediary=None,
    )
    assert codes(note) == {
        Code.RECIPIENT_CPF,
        Code.ADDRESS_CITY,
        Code.ITEM_NCM,
        Code.INTERMEDIARY_MISSING,
    }


def test_parameters_name_line_and_place():
    found = {
        problem.code: problem.params
        for problem in preflight.check(row(ncm="")) + preflight.check(address(city=""))
    }
    assert found[Code.ITEM_NCM]["line"] == 1
    assert "PAL-001" in found[Code.ITEM_NCM]["item"]
    assert found[Code.ADDRESS_CITY] == {"where": "recipient"}


def test_schema_findings_name_the_field():
    (problem,) = preflight.check(row(order_line="A1"))
    assert problem.params["field"] == "infNFe/det[1]/prod/nItemPed"
    assert "'A1'" in problem.params["detail"]


def test_unknown_code_names_the_value():
    (problem,) = preflight.check(header(danfe_format="X"))
    assert problem.code is Code.FORM
    assert "'X'" in problem.params["detail"]


def test_sums_are_told_with_both_values():
    (problem,) = preflight.check(payment(amount=Decimal("199.79")))
    assert problem.params == {
        "paid": Decimal("199.79"),
        "total": Decimal("199.80"),
    }


def test_reform_was_optional_before_august_2026():
    early = datetime(2026, 8, 2, 12, tzinfo=BRASILIA)
    note = taxed(ibs_cbs=None)
    before = replace(note, header=replace(note.header, issued_at=early))
    assert Code.ITEM_IBS_CBS_MISSING not in codes(before)


def test_what_bears_no_icms_owes_no_difal():
    assert Code.ITEM_DIFAL_MISSING not in codes(
        taxed(icms_uf_dest=None, icms=Icms(origin="0", code="41"))
    )


def test_masked_cpf_of_a_marketplace_is_invalid():
    assert Code.RECIPIENT_CPF in codes(recipient(vat="529.***.***-25"))


def test_alphanumeric_cnpj_is_valid():
    assert preflight.is_valid_cnpj("12ABC34501DE35")
    assert not preflight.is_valid_cnpj("12abc34501de35")


@pytest.mark.parametrize(
    ("gtin", "valid"),
    [
        ("7891000315507", True),
        ("7891000315508", False),
        ("17891000315504", True),
        ("96385074", True),
        ("123", False),
        ("789100031550X", False),
    ],
)
def test_gtin(gtin, valid):
    assert is_valid_gtin(gtin) is valid
