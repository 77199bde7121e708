"""CEP, UF and municipality belong together."""

from dataclasses import replace

import pytest

from odoo.addons.industry_b2c_sales.domain.intake import check
from odoo.addons.industry_b2c_sales.domain.postal import (
    ListedCity,
    city_of_zip,
    match_cities,
    uf_of_city,
    uf_of_zip,
)

from .test_intake import ADDRESS, ORDER, address, codes, consumer

RANGES = (("20000000", "23799999", 1), ("24000000", "24399999", 2))


@pytest.mark.parametrize(
    ("cep", "city"),
    [
        ("19999999", None),
        ("20000000", 1),
        ("23799999", 1),
        ("23800000", None),
        ("24000000", 2),
        ("24400000", None),
    ],
)
def test_city_of_zip(cep, city):
    assert city_of_zip(RANGES, cep) == city
    assert city_of_zip((), cep) is None


def test_cities_of_two_lists_are_matched_by_name_and_state():
    cities = [
        ListedCity(1, "Olho d'Água do Borges", "RN"),
        ListedCity(2, "Bom Jesus", "RN"),
        ListedCity(3, "São Thomé das Letras", "MG"),
        ListedCity(4, "Nova Cidade", "MG"),
        ListedCity(11, "Olho-d'Água do Borges", "RN", "2408409"),
        ListedCity(12, "Bom Jesus", "RS", "4302303"),
        ListedCity(13, "São Tomé das Letras", "MG", "3165206"),
        ListedCity(14, "Bom Jesus", "RN", "2401701"),
    ]
    found = match_cities(cities)
    assert found == {1: 11, 2: 14, 3: 13} | {11: 11, 12: 12, 13: 13, 14: 14}


def test_name_of_two_cities_of_a_state_matches_none():
    cities = [
        ListedCity(1, "Bom Jesus", "RN"),
        ListedCity(2, "Bom Jesus", "RN", "2401701"),
        ListedCity(3, "BOM JESUS", "RN", "2401702"),
    ]
    assert 1 not in match_cities(iter(cities))


@pytest.mark.parametrize(
    ("ibge", "uf"),
    [("3304557", "RJ"), ("5300108", "DF"), ("99", None), ("9904557", None), ("", None)],
)
def test_uf_of_city(ibge, uf):
    assert uf_of_city(ibge) == uf


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (address(zip=""), "zip_missing"),
        (address(zip="  "), "zip_missing"),
        (address(zip="2001190"), "zip_invalid"),
        (address(zip="00999000"), "zip_unknown"),
        (address(zip="01311000"), "zip_uf_mismatch"),
        (address(city_ibge="3550308"), "city_uf_mismatch"),
        (address(city_ibge="33"), "city_uf_mismatch"),
        (address(complement="***"), "address_masked"),
        (address(district="XXXXXX"), "address_masked"),
    ],
)
def test_typed_hold(order, code):
    assert codes(order) == [code]


def test_uf_is_told_by_the_cep_and_by_nothing_else():
    assert codes(address(uf="")) == []
    assert codes(address(uf="", city_ibge="3304557")) == []
    assert codes(address(uf="", city_ibge="3550308")) == ["city_uf_mismatch"]
    assert codes(address(uf="", zip="")) == ["zip_missing", "uf_missing"]


def test_city_may_be_missing_the_database_knows():
    assert codes(address(city="")) == []


def test_every_uf_has_ceps_and_municipalities():
    by_zip = {uf_of_zip(f"{prefix:03}00000") for prefix in range(10, 1000)} - {None}
    # Amapá begins in the middle of a group of three digits.
    by_zip |= {uf_of_zip("68900000")}
    by_code = {uf_of_city(f"{code}00000") for code in range(10, 100)} - {None}
    assert by_zip == by_code
    assert len(by_code) == 27


@pytest.mark.parametrize("vat", ["12.ABC.345/01DE-35", "12abc34501de35"])
def test_alphanumeric_cnpj(vat):
    """From July 2026 on (IN RFB 2.229/2024); the example of the Receita."""
    assert check(consumer(vat=vat)) == []
    [problem] = check(consumer(vat=vat[:-1] + "6"))
    assert problem.code == "cnpj_invalid"
    assert replace(ORDER, consumer=replace(ORDER.consumer, address=ADDRESS)) == ORDER
