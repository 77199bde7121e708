"""Voiding ranges of numbers."""

from __future__ import annotations

import re

import pytest

from .builder import Pen, voiding
from .conftest import PASSWORD, STRANGER


@pytest.fixture
def void(client, pen):
    """Send a signed inutNFe."""

    def send(first, last, **changes):
        writer = changes.pop("pen", pen)
        signed = writer.sign(*voiding(first, last, **changes))
        return client.call("NFeInutilizacao4", signed)

    return send


def test_voided(void, simulator):
    answer = void(10, 12)
    assert answer.code == "102"
    assert re.fullmatch(r"13526\d{10}", answer.get("nProt"))
    assert (answer.get("nNFIni"), answer.get("nNFFin")) == ("10", "12")
    assert [(row["first"], row["last"]) for row in simulator.voided()] == [(10, 12)]


def test_the_same_range_is_563_with_the_first_protocol(void):
    first = void(10, 12)
    again = void(10, 12)
    assert again.code == "563"
    assert again.get("nProt") == first.get("nProt")


@pytest.mark.parametrize(("first", "last"), [(12, 15), (8, 10), (11, 11), (1, 99)])
def test_an_overlapping_range_is_256(void, first, last):
    void(10, 12)
    assert void(first, last).code == "256"


def test_a_used_number_is_241(void, client, note):
    client.authorize(note(11))
    assert void(10, 12).code == "241"
    assert void(12, 13).code == "102"


@pytest.mark.parametrize(
    ("code", "first", "last", "changes"),
    [
        ("224", 12, 10, {}),
        ("201", 1, 10_001, {}),
        ("453", 1, 1, {"year": 27}),
        ("454", 1, 1, {"year": 5}),
        ("250", 1, 1, {"uf": "33"}),
        ("252", 1, 1, {"environment": "1"}),
        ("502", 1, 1, {"identity": "ID" + "1" * 41}),
        ("213", 1, 1, {"cnpj": STRANGER}),
    ],
)
def test_refused(void, simulator, code, first, last, changes):
    answer = void(first, last, **changes)
    assert answer.code == code
    assert simulator.voided() == []


def test_changed_request_is_297(client, pen):
    signed = pen.sign(*voiding(1, 1)).replace("sequencia", "ordem")
    assert client.call("NFeInutilizacao4", signed).code == "297"


def test_by_another_company_is_213(void, stranger_pfx):
    assert void(1, 1, pen=Pen(stranger_pfx, PASSWORD)).code == "213"


def test_schema(client, pen):
    signed = pen.sign(*voiding(1, 1)).replace("INUTILIZAR", "ANULAR")
    assert client.call("NFeInutilizacao4", signed).code == "215"
