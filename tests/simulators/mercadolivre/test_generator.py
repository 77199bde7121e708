"""Reproducible orders and people."""

from __future__ import annotations

import json
import random
from collections import Counter
from decimal import Decimal

import pytest
from stdnum.br import cnpj, cpf

from simulators.common.people import (
    MUNICIPALITIES,
    cnpj_check_digits,
    cpf_check_digits,
    make_cnpj,
    make_cpf,
    make_person,
)
from simulators.mercadolivre import DEFAULT_CATALOG, CatalogItem, MercadoLivreSimulator

IBGE_UF = {"SP": "35", "RJ": "33", "MG": "31", "ES": "32", "PR": "41", "SC": "42"}
IBGE_UF |= {"RS": "43", "DF": "53", "GO": "52", "MT": "51", "MS": "50", "BA": "29"}
IBGE_UF |= {"PE": "26", "CE": "23", "RN": "24", "AL": "27", "MA": "21", "PA": "15"}
IBGE_UF |= {"AM": "13"}
# First two digits of the CEP by state (Correios).
CEP_UF = {"SP": (1, 19), "RJ": (20, 28), "ES": (29, 29), "MG": (30, 39), "BA": (40, 48)}
CEP_UF |= {"PE": (50, 56), "AL": (57, 57), "RN": (59, 59), "CE": (60, 63)}
CEP_UF |= {"MA": (65, 65), "PA": (66, 68), "AM": (69, 69), "DF": (70, 73)}
CEP_UF |= {"GO": (74, 76), "MT": (78, 78), "MS": (79, 79), "PR": (80, 87)}
CEP_UF |= {"SC": (88, 89), "RS": (90, 99)}


def test_people_are_valid_and_reproducible():
    people = [make_person(random.Random(f"x{i}")) for i in range(300)]
    assert people == [make_person(random.Random(f"x{i}")) for i in range(300)]
    for person in people:
        assert cpf.is_valid(person.document)
        assert len(person.phone) == 11 and person.phone[2] == "9"
        assert len(person.address.cep) == 8
        assert person.address.cep[3:] != "00000"
    assert len({person.address.uf for person in people}) >= 8


def test_documents():
    rng = random.Random(1)
    assert cpf.is_valid(make_cpf(rng, leading_zeros=3))
    assert make_cpf(rng, leading_zeros=3).startswith("000")
    assert cnpj.is_valid(make_cnpj(rng))
    assert cpf_check_digits("529982247") == "25"
    assert cnpj_check_digits("112223330001") == "81"


def test_municipalities():
    codes = [place.ibge_code for place in MUNICIPALITIES]
    assert len(set(codes)) == len(codes)
    for place in MUNICIPALITIES:
        assert place.ibge_code.startswith(IBGE_UF[place.uf])
        assert len(place.ibge_code) == 7
        for prefix in place.cep_prefixes:
            first, last = CEP_UF[place.uf]
            assert first <= int(prefix[:2]) <= last


def snapshot(ids, client):
    return json.dumps([client.order(order_id) for order_id in ids])


def test_same_seed_same_orders(sim, client, clock, seller, client_of):
    start = clock.now().replace(hour=9)
    ids = sim.generate(30, 42, start=start)
    before = snapshot(ids, client)
    with MercadoLivreSimulator(clock=clock, seller=seller) as other:
        assert other.generate(30, 42, start=start) == ids
        assert snapshot(ids, client_of(other)) == before
        plans = [row["plan"] for row in other.orders()]
    assert plans == [row["plan"] for row in sim.orders()]
    assert sim.generate(5, 43) != ids[:5]


def test_generating_twice_doubles_nothing(sim, client):
    body = {"n": 20, "seed": 1, "cancel_plan": {}}
    first = client.ctl("generate", **body)
    assert first.status_code == 201 and first.json()["created"] == 20
    sim.cancel(first.json()["order_ids"][0])
    again = client.ctl("generate", **body).json()
    assert again["created"] == 0 and again["order_ids"] == first.json()["order_ids"]
    more = client.ctl("generate", **{**body, "n": 25}).json()
    assert more["created"] == 5 and len(sim.orders()) == 25
    assert sim.orders()[0]["status"] == "cancelled"


def test_mostly_one_unit_of_one_product(sim):
    sim.generate(400, 8, cancel_plan={}, notify=False)
    rows = sim.orders()
    sizes = Counter(
        (len(row["lines"]), sum(line["quantity"] for line in row["lines"]))
        for row in rows
    )
    assert sizes[1, 1] > 320
    assert sizes[1, 2] and sizes[2, 2]
    known = {item.seller_sku for item in DEFAULT_CATALOG}
    assert {line["seller_sku"] for row in rows for line in row["lines"]} == known


def test_own_catalogue(sim, client):
    item = {"item_id": "MLB1", "variation_id": None, "seller_sku": "S", "title": "T"}
    item["price"] = 10.5
    answer = client.ctl("generate", n=5, seed=1, catalog=[item]).json()
    order = client.order(answer["order_ids"][0])
    assert order["order_items"][0]["item"]["seller_sku"] == "S"
    ids = sim.generate(2, 2, catalog=[CatalogItem("MLB2", 7, "B", "T", Decimal(5))])
    assert client.order(ids[0])["order_items"][0]["item"]["variation_id"] == 7


def test_nothing_is_younger_than_now(sim, clock):
    sim.generate(10, 1, start=clock.now())
    orders = sim.engine.store.all_orders()
    assert all(order.last_updated <= clock.now() for order in orders)


def test_generate_is_strict(sim, client):
    assert client.ctl("generate", n=5).status_code == 400
    assert client.ctl("generate", n=5, seed=1, colour=1).status_code == 400
    assert client.ctl("generate", n=2, seed=1, packs=2).status_code == 400
    with pytest.raises(ValueError):
        sim.generate(100_001, 1, notify=False, cancel_plan={})
