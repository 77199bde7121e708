"""EPEC at the national office, and the note that follows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from .builder import event, event_id, event_lot, in_contingency, key_of, voiding
from .client import Client
from .conftest import NOW

NS = "{http://www.portalfiscal.inf.br/nfe}"


@pytest.fixture
def national(simulator, pem) -> Client:
    return Client(simulator.office_url("an"), simulator.ca_file, pem)


@pytest.fixture
def contingent(pen) -> str:
    return pen.note(1, NOW, form="4", change=in_contingency)


@pytest.fixture
def epec(national, pen, simulator):
    """Send the EPEC of a note, with one thing changed."""

    def send(note, *, value=None, author_state="35", office="91", to=national):
        root = etree.fromstring(note.encode())
        read = lambda path: root.findtext(  # noqa: E731
            f".//{NS}" + path.replace("/", f"/{NS}")
        )
        detail = (
            '<detEvento versao="1.00"><descEvento>EPEC</descEvento>'
            f"<cOrgaoAutor>{author_state}</cOrgaoAutor><tpAutor>1</tpAutor>"
            f"<verAplic>1</verAplic><dhEmi>{read('ide/dhEmi')}</dhEmi>"
            f"<tpNF>1</tpNF><IE>{read('emit/IE')}</IE>"
            f"<dest><UF>{read('enderDest/UF')}</UF><CPF>{read('dest/CPF')}</CPF>"
            f"<vNF>{value or read('ICMSTot/vNF')}</vNF>"
            f"<vICMS>{read('ICMSTot/vICMS')}</vICMS>"
            f"<vST>{read('ICMSTot/vST')}</vST></dest></detEvento>"
        )
        key = key_of(note)
        happened = simulator.clock.now()
        text = event("110140", key, happened, detail, office=office)
        signed = pen.sign(text, event_id("110140", key))
        return to.call("NFeRecepcaoEvento4", event_lot(signed))

    return send


def test_event_then_note_of_the_same_key(client, epec, contingent):
    answer = epec(contingent)
    assert (answer.code, answer.event_code) == ("128", "136")
    assert answer.get("cOrgao") == "91"
    situation = client.consult(key_of(contingent))
    assert (situation.code, situation.get("tpEvento")) == ("124", "110140")
    assert client.authorize(contingent).note_code == "100"
    assert client.consult(key_of(contingent)).code == "100"


def test_the_same_event_again(epec, contingent):
    number = epec(contingent).get("nProt")
    again = epec(contingent)
    assert again.event_code == "573"
    assert f"[nProt:{number}]" in again.get("xMotivo", 1)


def test_no_note_without_its_event(client, contingent):
    assert client.authorize(contingent).note_code == "468"


def test_an_event_keeps_its_number(client, epec, contingent, pen):
    epec(contingent)
    assert client.authorize(pen.note(1, NOW)).note_code == "692"
    issued_before = NOW - timedelta(days=25)
    other = pen.note(1, issued_before, form="4", change=in_contingency)
    assert client.authorize(other).note_code == "691"
    assert epec(other).event_code == "485"
    void = client.call("NFeInutilizacao4", pen.sign(*voiding(1, 1)))
    assert void.get("cStat") == "241"


def test_the_note_must_say_the_same(client, epec, contingent):
    epec(contingent, value="1.00")
    refused = client.authorize(contingent)
    assert refused.note_code == "467"
    assert "tag: dest/vNF" in refused.get("xMotivo", 1)


def test_refusals(client, epec, pen):
    normal = pen.note(2, NOW)
    assert epec(normal).event_code == "484"
    client.authorize(normal)
    taken = pen.note(2, NOW, form="4", change=in_contingency)
    assert epec(taken).event_code == "661"
    free = pen.note(3, NOW, form="4", change=in_contingency)
    assert epec(free, author_state="33").event_code == "455"
    assert epec(free, office="35").event_code == "657"


def test_blocked_while_an_old_event_has_no_note(client, epec, simulator, pen):
    old = pen.note(1, NOW, form="4", change=in_contingency)
    epec(old)
    simulator.clock.advance(timedelta(hours=169))
    new = pen.note(2, simulator.clock.now(), form="4", change=in_contingency)
    assert epec(new).event_code == "142"
    assert client.authorize(old).note_code == "150"
    assert epec(new).event_code == "136"


def test_only_at_the_national_office(client, national, epec, contingent):
    assert epec(contingent, to=client).event_code == "491"
    assert national.post("NFeStatusServico4", "<x/>").status_code == 404
