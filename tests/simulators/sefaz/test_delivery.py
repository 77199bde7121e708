"""Proof of delivery, failed delivery and their withdrawals."""

from __future__ import annotations

import base64

import pytest

from .builder import event, event_id, event_lot, key_of

HASH = base64.b64encode(b"h" * 20).decode()
AUTHOR = "<cOrgaoAutor>35</cOrgaoAutor>"


def detail(name: str, content: str) -> str:
    return (
        f'<detEvento versao="1.00"><descEvento>{name}</descEvento>'
        f"{AUTHOR}{content}</detEvento>"
    )


def delivered(reason: str = HASH) -> str:
    return detail(
        "Comprovante de Entrega da NF-e",
        "<tpAutor>1</tpAutor><verAplic>1</verAplic>"
        "<dhEntrega>2026-11-23T10:00:00-03:00</dhEntrega><nDoc>52998224725</nDoc>"
        f"<xNome>Maria</xNome><hashComprovante>{reason}</hashComprovante>",
    )


def failed() -> str:
    return detail(
        "Insucesso na Entrega da NF-e",
        "<verAplic>1</verAplic>"
        "<dhTentativaEntrega>2026-11-23T10:00:00-03:00</dhTentativaEntrega>"
        f"<tpMotivo>1</tpMotivo><hashTentativaEntrega>{HASH}</hashTentativaEntrega>",
    )


def withdrawn(protocol: str) -> str:
    return detail(
        "Cancelamento Comprovante de Entrega da NF-e",
        "<tpAutor>1</tpAutor><verAplic>1</verAplic>"
        f"<nProtEvento>{protocol}</nProtEvento>",
    )


@pytest.fixture
def tell(client, pen, simulator, note):
    """Send a delivery event of an authorised note."""
    signed = note(1)
    client.authorize(signed)
    key = key_of(signed)

    def send(kind: str, content: str, *, office: str, sequence: int = 1):
        text = event(
            kind, key, simulator.clock.now(), content, office=office, sequence=sequence
        )
        message = event_lot(pen.sign(text, event_id(kind, key, sequence)))
        return client.call("NFeRecepcaoEvento4", message)

    return send


def test_registered_for_all_the_country(tell):
    answer = tell("110130", delivered(), office="91")
    assert answer.event_code == "135"
    assert answer.get("xEvento") == "Comprovante de Entrega da NF-e"
    assert answer.get("cOrgao", 1) == "91"
    assert tell("110192", failed(), office="92").event_code == "135"


def test_the_state_is_the_wrong_office(tell):
    assert tell("110130", delivered(), office="35").event_code == "657"
    assert tell("110192", failed(), office="91").event_code == "657"


def test_several_and_each_once(tell):
    assert tell("110192", failed(), office="92").event_code == "135"
    assert tell("110192", failed(), office="92").event_code == "573"
    assert tell("110192", failed(), office="92", sequence=2).event_code == "135"


def test_only_what_stands_is_withdrawn(tell):
    protocol = tell("110130", delivered(), office="91").get("nProt")
    wrong = tell("110131", withdrawn("891260000009999"), office="91")
    assert wrong.event_code == "222"
    assert tell("110131", withdrawn(protocol), office="91").event_code == "135"


def test_hash_has_twenty_bytes(tell):
    answer = tell("110130", delivered("YWJj"), office="91")
    assert answer.event_code == "493"
