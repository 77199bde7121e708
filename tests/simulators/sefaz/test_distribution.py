"""Documents of interest, asked for through zeep and the official WSDL."""

from __future__ import annotations

import base64
import gzip
from datetime import timedelta

import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from simulators.sefaz import distribution
from simulators.sefaz.schemas import NFE, first_error, parse
from simulators.sefaz.wsdl import SERVICES

from .builder import EMITTER, cancel_event, event_id, event_lot, key_of
from .conftest import STRANGER

SERVICE = SERVICES["NFeDistribuicaoDFe"]
SUMMARY = "resNFe_v1.01.xsd"


class Asker:
    """Asks with one certificate; the contract comes from the simulator itself."""

    def __init__(self, client, cnpj):
        self.cnpj = cnpj
        url = f"{client.url}/ws/{SERVICE.name}"
        contract = zeep.Client(
            f"{url}?wsdl",
            transport=Transport(session=client.session),
            settings=zeep.Settings(raw_response=True),
        )
        binding = f"{{{SERVICE.namespace}}}NFeDistribuicaoDFeSoap12"
        self.proxy = contract.create_service(binding, url)

    def ask(self, content):
        message = etree.fromstring(
            f'<distDFeInt xmlns="{NFE}" versao="1.01"><tpAmb>2</tpAmb>'
            f"<cUFAutor>35</cUFAutor><CNPJ>{self.cnpj}</CNPJ>{content}</distDFeInt>"
        )
        response = self.proxy.nfeDistDFeInteresse(nfeDadosMsg={"_value_1": message})
        result = etree.fromstring(response.content).find(
            f".//{{{SERVICE.namespace}}}nfeDistDFeInteresseResult"
        )
        assert first_error("retDistDFeInt", result[0]) is None
        return result[0]

    def after(self, nsu=0):
        return self.ask(f"<distNSU><ultNSU>{nsu:015d}</ultNSU></distNSU>")

    def by_key(self, key):
        return self.ask(f"<consChNFe><chNFe>{key}</chNFe></consChNFe>")


def read(answer, name):
    return answer.findtext(f"{{{NFE}}}{name}")


def state(answer):
    names = ("cStat", "ultNSU", "maxNSU")
    return tuple(int(read(answer, name)) for name in names)


def documents(answer):
    return [
        (item.get("schema"), gzip.decompress(base64.b64decode(item.text)))
        for item in answer.iter(f"{{{NFE}}}docZip")
    ]


@pytest.fixture
def asker(stranger):
    return Asker(stranger, STRANGER)


@pytest.fixture
def carried(client, note):
    """An authorised note that the other company carries."""

    def carry(info):
        carrier = type(info.transp).Transporta(
            CNPJ=STRANGER, xNome="TRANSPORTE", IE="110042490114", UF="SP"
        )
        info.transp.transporta = carrier

    signed = note(1, change=carry)
    answer = client.authorize(signed)
    assert answer.note_code == "100"
    return signed, answer.get("nProt")


def test_nothing_then_an_hour(asker, simulator):
    assert state(asker.after()) == (137, 0, 0)
    simulator.inject(STRANGER, SUMMARY, "<resNFe/>")
    assert read(asker.after(), "cStat") == "656"
    simulator.clock.advance(timedelta(minutes=61))
    assert state(asker.after()) == (138, 1, 1)


def test_carrier_gets_the_whole_note_and_its_events(
    asker, carried, client, pen, simulator
):
    signed, number = carried
    key = key_of(signed)
    text = cancel_event(key, number, simulator.clock.now())
    message = event_lot(pen.sign(text, event_id("110111", key)))
    assert client.call("NFeRecepcaoEvento4", message).event_code == "135"
    answer = asker.after()
    assert state(answer) == (138, 2, 2)
    (first, note), (second, event) = documents(answer)
    assert (first, second) == ("procNFe_v4.00.xsd", "procEventoNFe_v1.00.xsd")
    assert signed.encode() in note
    assert b"<tpEvento>110111</tpEvento>" in event
    assert read(asker.by_key(key), "cStat") == "653"


def test_recipient_gets_summaries(simulator, carried, client, pen):
    """Their layouts; the recipient of these notes is a consumer without a CNPJ."""
    signed, number = carried
    store = simulator.office.store
    text = cancel_event(key_of(signed), number, simulator.clock.now())
    message = event_lot(pen.sign(text, event_id("110111", key_of(signed))))
    client.call("NFeRecepcaoEvento4", message)
    note = store.note(key_of(signed))
    (event,) = store.events(key_of(signed))
    office = simulator.office
    made = {
        "resNFe": distribution._note_summary(
            office, distribution.Note.read(note["xml"]), note
        ),
        "resEvento": distribution._event_summary(office, event),
    }
    for name, content in made.items():
        assert first_error(name, parse(content)) is None


def test_pages_of_fifty(asker, simulator):
    for number in range(51):
        simulator.inject(STRANGER, SUMMARY, f"<resNFe>{number}</resNFe>")
    assert state(first := asker.after()) == (138, 50, 51)
    assert len(documents(first)) == 50
    assert state(asker.after(50)) == (138, 51, 51)
    assert read(asker.after(51), "cStat") == "656"


def test_own_documents_are_not_given(client, carried):
    own = Asker(client, EMITTER)
    assert read(own.by_key(key_of(carried[0])), "cStat") == "641"
    assert state(own.after()) == (137, 0, 0)


def test_refusals(asker, stranger, client, note, carried):
    assert read(asker.after(7), "cStat") == "589"
    assert read(Asker(stranger, EMITTER).after(), "cStat") == "593"
    unknown = key_of(note(9))
    assert read(asker.by_key(unknown), "cStat") == "217"
    other = note(8)
    client.authorize(other)
    assert read(asker.by_key(key_of(other)), "cStat") == "640"
    assert read(asker.by_key(key_of(carried[0])), "cStat") == "138"


def test_twenty_searches_an_hour(asker, carried, simulator):
    key = key_of(carried[0])
    codes = [read(asker.by_key(key), "cStat") for _ in range(21)]
    assert set(codes[:20]) == {"138"}
    assert codes[20] == "656"
    assert read(asker.after(), "cStat") == "656"
    simulator.clock.advance(timedelta(minutes=61))
    assert read(asker.after(), "cStat") == "138"


def test_documents_are_injected_over_the_control_plane(asker, simulator):
    url = f"{simulator.control_url}/__ctl/dfe"
    body = {"cnpj": STRANGER, "schema": SUMMARY, "xml": "<resNFe/>"}
    assert requests.post(url, json=body, timeout=10).json() == {"nsu": 1}
    assert documents(asker.after()) == [(SUMMARY, b"<resNFe/>")]
