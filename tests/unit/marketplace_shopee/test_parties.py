"""Addresses in one line, and stars."""

from __future__ import annotations

import pytest

from odoo.addons.marketplace_shopee.domain.parties import buyer, recipient


def address(raw_order, line, **changes):
    place = {**raw_order()["recipient_address"], "full_address": line, **changes}
    return recipient(raw_order(recipient_address=place)).address


@pytest.mark.parametrize(
    ("line", "street", "number", "complement"),
    [
        (
            "Rua A, 120, ap 12, Centro, Curitiba, Paraná, 80020090",
            "Rua A",
            "120",
            "ap 12",
        ),
        ("Rua A, 120, Centro, Curitiba, Paraná, BR, 80020-090", "Rua A", "120", ""),
        ("Rua A, S/N, fundos, Centro, Curitiba, Paraná", "Rua A", "S/N", "fundos"),
        ("Rua A 120, Centro, Curitiba", "Rua A", "120", ""),
        ("Rua A, casa azul, Centro, Curitiba", "Rua A", "", "casa azul"),
        ("Rua A, 12B, bloco 2, ap 3, Centro", "Rua A", "12B", "bloco 2, ap 3"),
        ("Centro", "Centro", "", ""),
        ("", "", "", ""),
    ],
)
def test_line_of_an_address(raw_order, line, street, number, complement):
    found = address(raw_order, line)
    assert (found.street, found.number, found.complement) == (
        street,
        number,
        complement,
    )
    assert found.raw_line == line


def test_state_comes_from_the_cep(raw_order):
    assert address(raw_order, "Rua A, 1").state == "PR"
    assert address(raw_order, "Rua A, 1", state="rj").state == "RJ"
    assert address(raw_order, "Rua A, 1", zipcode="").state == ""


@pytest.mark.parametrize(
    "changes", [{"full_address": "R******0"}, {"zipcode": "****"}, {"name": "M***a"}]
)
def test_stars_are_empty_and_marked(raw_order, changes):
    place = {**raw_order()["recipient_address"], **changes}
    party = recipient(raw_order(recipient_address=place))
    assert party.masked
    assert "*" not in f"{party!r}{party.address!r}"


def test_telephone_is_never_told_and_never_matters(raw_order):
    party = recipient(raw_order())
    assert (party.phone, party.masked) == ("", False)


@pytest.mark.parametrize(
    ("number", "kind", "taxpayer"),
    [
        ("529.982.247-25", "CPF", False),
        ("81583054000129", "CNPJ", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_document(raw_order, number, kind, taxpayer):
    party = buyer(raw_order(buyer_cpf_id=number))
    assert (party.doc_type, party.taxpayer, party.masked) == (kind, taxpayer, False)


def test_masked_document(raw_order):
    party = buyer(raw_order(buyer_cpf_id="***.***.***-25"))
    assert (party.doc, party.masked) == ("", True)
