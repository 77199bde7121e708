"""Names, phones and addresses come out in one spelling, or not at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.industry_b2c_sales.domain.intake import IntakeAddress, IntakeConsumer
from odoo.addons.industry_b2c_sales.domain.person import (
    tidy_address,
    tidy_consumer,
    tidy_email,
    tidy_name,
    tidy_number,
    tidy_phone,
)

ADDRESS = IntakeAddress(
    street="RUA  DA ASSEMBLEIA",
    number=" 10 ",
    complement="apto 12",
    district="CENTRO",
    city=" Rio de  Janeiro",
    city_ibge="3304557",
    zip="20.011-901",
    recipient="PORTARIA",
    phone="21 3333-4444",
)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("  MARIA  DA   SILVA ", "Maria da Silva"),
        ("joão d'ávila neto", "João D'Ávila Neto"),
        ("ANA SANTA-CRUZ E SOUZA", "Ana Santa-Cruz e Souza"),
        ("DOM PEDRO II", "Dom Pedro II"),
        ("DA SILVA", "Da Silva"),
        ("Ronald McDonald", "Ronald McDonald"),
        ("ÁGUA VERDE 2º ANDAR", "Água Verde 2º Andar"),
        ("J. R. R. LIMA", "J. R. R. Lima"),
        ("", ""),
    ],
)
def test_name(given_name, expected):
    assert tidy_name(given_name) == expected


@pytest.mark.parametrize(
    ("given_phone", "expected"),
    [
        ("(11) 98765-4321", "+55 11 98765-4321"),
        ("5511987654321", "+55 11 98765-4321"),
        ("+55 11 98765 4321", "+55 11 98765-4321"),
        ("011 3333-4444", "+55 11 3333-4444"),
        ("98765-4321", ""),
        ("(11) 9****-4321", ""),
        ("XXXXXXX", ""),
        ("nenhum", ""),
        ("", ""),
    ],
)
def test_phone(given_phone, expected):
    assert tidy_phone(given_phone) == expected


@pytest.mark.parametrize(
    ("given_email", "expected"),
    [
        (" Maria@Example.COM ", "maria@example.com"),
        ("m***@example.com", ""),
        ("maria at example", ""),
        ("", ""),
    ],
)
def test_email(given_email, expected):
    assert tidy_email(given_email) == expected


@pytest.mark.parametrize(
    ("given_number", "expected"),
    [
        ("10 ", "10"),
        ("s/n", "S/N"),
        ("S/Nº", "S/N"),
        ("SN", "S/N"),
        ("sem número", "S/N"),
        ("0", "S/N"),
        ("100-B", "100-B"),
    ],
)
def test_number(given_number, expected):
    assert tidy_number(given_number) == expected


def test_address_and_its_uf_from_the_cep():
    tidy = tidy_address(ADDRESS)
    assert tidy == IntakeAddress(
        street="Rua da Assembleia",
        number="10",
        complement="Apto 12",
        district="Centro",
        city="Rio de Janeiro",
        city_ibge="3304557",
        uf="RJ",
        zip="20011901",
        recipient="Portaria",
        phone="+55 21 3333-4444",
    )
    assert tidy_address(replace(ADDRESS, zip="123")).uf == ""
    assert tidy_address(replace(ADDRESS, uf=" sp ")).uf == "SP"


def test_name_of_a_company_stays_as_registered():
    company = IntakeConsumer(name=" ABC  COMERCIO LTDA", vat="12.abc.345/01de-35")
    assert tidy_consumer(company).name == "ABC COMERCIO LTDA"
    assert tidy_consumer(company).vat == "12ABC34501DE35"
    person = IntakeConsumer(name="JOSE LIMA", vat="529.982.247-25")
    assert tidy_consumer(person).name == "Jose Lima"
    assert tidy_consumer(person).vat == "52998224725"


WORDS = st.text(st.sampled_from("aÀbÇdeo DSIVX'.-/0123456789*+()ß@\t\n"), max_size=30)


@given(
    st.builds(
        IntakeConsumer,
        name=WORDS,
        vat=st.sampled_from(["52998224725", "11222333000181"]),
        email=WORDS,
        phone=WORDS,
        address=st.builds(
            IntakeAddress,
            street=WORDS,
            number=WORDS,
            complement=WORDS,
            district=WORDS,
            city=WORDS,
            zip=WORDS,
            phone=WORDS,
        ),
    )
)
def test_tidy_stays_tidy(consumer):
    tidy = tidy_consumer(consumer)
    assert tidy_consumer(tidy) == tidy
    assert "*" not in tidy.phone + tidy.email


@given(st.text(st.sampled_from("AÉÇÃO DE"), max_size=20))
def test_a_name_keeps_its_letters(text):
    assert tidy_name(text).casefold() == " ".join(text.split()).casefold()
