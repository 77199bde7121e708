"""Fictitious Brazilian consumers: valid CPF, real municipality, matching CEP.

Everything is derived from a seed, so the same seed gives the same people. Names
and streets are made up and look made up; municipality names, IBGE codes and CEP
ranges are real, because fiscal software checks them against each other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Municipality:
    """A municipality with its IBGE code and CEP prefixes that lie inside it."""

    uf: str
    state: str
    name: str
    ibge_code: str
    cep_prefixes: tuple[str, ...]
    area_code: str


@dataclass(frozen=True)
class Address:
    """A street address; ``cep`` is 8 digits without a hyphen."""

    street: str
    number: str
    complement: str | None
    neighborhood: str
    city: str
    uf: str
    state: str
    ibge_code: str
    cep: str


@dataclass(frozen=True)
class Person:
    """A consumer (``document_type`` CPF) or, on request, a company (CNPJ)."""

    first_name: str
    last_name: str
    document_type: str
    document: str
    phone: str
    address: Address

    @property
    def full_name(self) -> str:
        """First and last name as printed on a label."""
        return f"{self.first_name} {self.last_name}".strip()


# UF, state, municipality, IBGE code, CEP prefixes (Correios ranges), area code.
MUNICIPALITIES: tuple[Municipality, ...] = tuple(
    Municipality(uf, state, name, ibge, tuple(prefixes.split()), area)
    for uf, state, name, ibge, prefixes, area in (
        ("SP", "São Paulo", "São Paulo", "3550308", "013 024 031 045 052", "11"),
        ("SP", "São Paulo", "Campinas", "3509502", "130", "19"),
        ("SP", "São Paulo", "Guarulhos", "3518800", "070 071 072", "11"),
        ("SP", "São Paulo", "Ribeirão Preto", "3543402", "140", "16"),
        ("SP", "São Paulo", "Santos", "3548500", "110", "13"),
        ("RJ", "Rio de Janeiro", "Rio de Janeiro", "3304557", "202 222 227", "21"),
        ("RJ", "Rio de Janeiro", "Niterói", "3303302", "240 242", "21"),
        ("MG", "Minas Gerais", "Belo Horizonte", "3106200", "301 303 311", "31"),
        ("MG", "Minas Gerais", "Uberlândia", "3170206", "3840", "34"),
        ("MG", "Minas Gerais", "Juiz de Fora", "3136702", "360", "32"),
        ("ES", "Espírito Santo", "Vitória", "3205309", "290", "27"),
        ("PR", "Paraná", "Curitiba", "4106902", "800 804 820", "41"),
        ("SC", "Santa Catarina", "Florianópolis", "4205407", "880", "48"),
        ("SC", "Santa Catarina", "Joinville", "4209102", "8920 8922", "47"),
        ("RS", "Rio Grande do Sul", "Porto Alegre", "4314902", "900 904 910", "51"),
        ("RS", "Rio Grande do Sul", "Caxias do Sul", "4305108", "950", "54"),
        ("DF", "Distrito Federal", "Brasília", "5300108", "702 703 707", "61"),
        ("GO", "Goiás", "Goiânia", "5208707", "740 742", "62"),
        ("MT", "Mato Grosso", "Cuiabá", "5103403", "780", "65"),
        ("MS", "Mato Grosso do Sul", "Campo Grande", "5002704", "790", "67"),
        ("BA", "Bahia", "Salvador", "2927408", "401 403 418", "71"),
        ("PE", "Pernambuco", "Recife", "2611606", "500 510 520", "81"),
        ("CE", "Ceará", "Fortaleza", "2304400", "600 601 608", "85"),
        ("RN", "Rio Grande do Norte", "Natal", "2408102", "590", "84"),
        ("AL", "Alagoas", "Maceió", "2704302", "570", "82"),
        ("MA", "Maranhão", "São Luís", "2111300", "650", "98"),
        ("PA", "Pará", "Belém", "1501402", "660", "91"),
        ("AM", "Amazonas", "Manaus", "1302603", "690", "92"),
    )
)

_FIRST_NAMES = (
    "Ana Aurora Beatriz Benedito Caetano Cecília Davi Dulce Elis Elias Fabiana "
    "Gael Helena Heitor Iara Igor Jandira João Lara Leandro Marina Murilo Nair "
    "Otávio Paula Rafael Rosa Samuel Tainá Vicente Yara Zeca"
).split()
_SURNAMES = (
    "Amostra Exemplo Fictício Imaginário Modelo Simulado Inventado Ensaio "
    "Maquete Rascunho Protótipo Hipótese"
).split()
_STREETS = (
    "Rua das Amostras",
    "Rua do Ensaio",
    "Avenida Modelo",
    "Travessa da Maquete",
    "Rua dos Protótipos",
    "Alameda Imaginária",
    "Avenida da Simulação",
    "Rua Exemplo",
)
_NEIGHBORHOODS = ("Centro", "Jardim Exemplo", "Vila Modelo", "Bairro Novo")
_COMPLEMENTS = (None, None, "ap {n}", "casa {n}", "bloco B ap {n}")


def cpf_check_digits(base: str) -> str:
    """Return the two check digits of a CPF's first nine digits (modulus 11)."""
    digits = [int(char) for char in base]
    for _ in range(2):
        weights = range(len(digits) + 1, 1, -1)
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return f"{digits[-2]}{digits[-1]}"


def cnpj_check_digits(base: str) -> str:
    """Return the two check digits of a CNPJ's first twelve digits."""
    digits = [int(char) for char in base]
    for _ in range(2):
        count = len(digits)
        weights = [(count - 1 - index) % 8 + 2 for index in range(count)]
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return f"{digits[-2]}{digits[-1]}"


def make_cpf(rng: random.Random, leading_zeros: int = 0) -> str:
    """Return a valid CPF, with at least ``leading_zeros`` zeros in front."""
    body = "".join(str(rng.randrange(10)) for _ in range(9 - leading_zeros))
    base = "0" * leading_zeros + body
    if len(set(base)) == 1:
        base = base[:-1] + str((int(base[-1]) + 1) % 10)
    return base + cpf_check_digits(base)


def make_cnpj(rng: random.Random) -> str:
    """Return a valid CNPJ of a head office (branch 0001)."""
    base = "".join(str(rng.randrange(10)) for _ in range(8)) + "0001"
    return base + cnpj_check_digits(base)


def make_address(rng: random.Random, uf: str | None = None) -> Address:
    """Return an address, in ``uf`` if given; SP is the likeliest."""
    if uf is None and rng.random() < 0.25:
        uf = "SP"
    places = [place for place in MUNICIPALITIES if uf in (None, place.uf)]
    place = rng.choice(places)
    prefix = rng.choice(place.cep_prefixes)
    tail = "".join(str(rng.randrange(10)) for _ in range(8 - len(prefix)))
    # The ranges of many cities begin with the CEP after the round one.
    tail = tail if int(tail) else f"{tail[:-1]}1"
    complement = rng.choice(_COMPLEMENTS)
    return Address(
        street=rng.choice(_STREETS),
        number=str(rng.randrange(1, 3000)),
        complement=complement and complement.format(n=rng.randrange(1, 200)),
        neighborhood=rng.choice(_NEIGHBORHOODS),
        city=place.name,
        uf=place.uf,
        state=place.state,
        ibge_code=place.ibge_code,
        cep=prefix + tail,
    )


def make_person(rng: random.Random, uf: str | None = None) -> Person:
    """Return a consumer with CPF, mobile phone and address."""
    address = make_address(rng, uf)
    area_code = next(
        place.area_code
        for place in MUNICIPALITIES
        if place.ibge_code == address.ibge_code
    )
    surnames = rng.sample(_SURNAMES, 2)
    return Person(
        first_name=rng.choice(_FIRST_NAMES),
        last_name=f"{surnames[0]} {surnames[1]}",
        document_type="CPF",
        document=make_cpf(rng),
        phone=f"{area_code}95550{rng.randrange(10000):04d}",
        address=address,
    )
