"""Buyers' fiscal data and the small values around them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odoo.addons.marketplace_mercadolivre.domain.parties import (
    billing_party,
    receiver,
    uf_code,
)
from odoo.addons.marketplace_mercadolivre.domain.values import (
    digits,
    is_masked,
    moment,
    money,
    sub,
)


def billing(**info):
    return {"site_id": "MLB", "buyer": {"cust_id": 7, "billing_info": info}}


@pytest.mark.parametrize(
    ("kind", "number", "doc"),
    [
        ("CPF", "52998224725", "52998224725"),
        ("CPF", "529.982.247-25", "52998224725"),
        ("CPF", "191", "00000000191"),
        ("CPF", 191, "00000000191"),
        ("CPF", "32659430", "32659430"),
        ("CPF", "XXXXXXX", ""),
        ("CPF", None, ""),
        ("CNPJ", "11222333000181", "11222333000181"),
        ("CNPJ", "00.000.000/0001-91", "00000000000191"),
        ("CNPJ", "191", "00000000000191"),
    ],
)
def test_documents(kind, number, doc):
    info = billing(name="A", identification={"type": kind, "number": number})
    party = billing_party(info)
    assert (party.doc_type, party.doc) == (kind, doc)
    assert party.masked is (number == "XXXXXXX")


@pytest.mark.parametrize(
    ("info", "taxpayer"),
    [
        ({"attributes": {"cust_type": "CO"}}, False),
        ({"attributes": {"cust_type": "BU"}}, None),
        ({"taxes": {"taxpayer_type": {"description": "Contribuinte"}}}, True),
        ({"taxes": {"taxpayer_type": {"description": "Não Contribuinte"}}}, False),
        ({}, None),
    ],
)
def test_taxpayer(info, taxpayer):
    assert billing_party(billing(**info)).taxpayer is taxpayer


def test_fiscal_address():
    party = billing_party(
        billing(
            name="Pessoa",
            last_name="de Teste",
            address={
                "street_name": "Rua do Teste",
                "street_number": "05",
                "city_name": "Bom Jardim",
                "comment": "7b",
                "neighborhood": "Jardim",
                "state": {"name": "Rio de Janeiro"},
                "zip_code": "28660-000",
                "country_id": "BR",
            },
        )
    )
    address = party.address
    assert party.name == "Pessoa de Teste"
    assert (address.number, address.complement) == ("05", "7b")
    assert (address.city, address.state, address.zip) == (
        "Bom Jardim",
        "RJ",
        "28660000",
    )


@pytest.mark.parametrize(
    ("comment", "complement", "reference"),
    [
        ("Complemento: ap 12 Referencia: portão azul", "ap 12", "portão azul"),
        ("Complemento: ap 12", "ap 12", ""),
        ("Referência: portão azul", "", "portão azul"),
        ("fundos, casa 2", "fundos, casa 2", ""),
        (None, "", ""),
        ("XXXXXXX", "", ""),
    ],
)
def test_comment(comment, complement, reference):
    shipment = {"destination": {"shipping_address": {"comment": comment}}}
    address = receiver(shipment).address
    assert (address.complement, address.reference) == (complement, reference)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("São Paulo", "SP"),
        ("ESPIRITO SANTO", "ES"),
        ("Ceará", "CE"),
        ("BR-PR", "PR"),
        ("mg", "MG"),
        ("Distrito Federal", "DF"),
        ("Buenos Aires", ""),
        (None, ""),
    ],
)
def test_states_by_name(name, code):
    assert uf_code(name) == code


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("XXXXXXX", True),
        ("xxx", True),
        ("XXX.XXX.XXX-XX", True),
        ("J*** S***", True),
        ("Rua XXX de Maio", False),
        ("Alex", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_masks(value, masked):
    assert is_masked(value) is masked


def test_values():
    assert money(None) == 0
    assert money("10.50") == Decimal("10.5")
    for bad in (True, 1.5, [], "x", "Infinity"):
        with pytest.raises((ValueError, ArithmeticError)):
            money(bad)
    assert moment(None) is None
    assert digits("12.345-678") == "12345678"
    assert sub({"a": None}, "a", "b") is None
    with pytest.raises(TypeError):
        sub({"a": "text"}, "a", "b")
