"""Envelope, wrapper, size and form: what is checked before any rule."""

from __future__ import annotations

import base64
import gzip

import pytest
import zeep
from lxml import etree
from zeep.transports import Transport

from simulators.sefaz import Settings
from simulators.sefaz.schemas import NFE
from simulators.sefaz.wsdl import SERVICES

from .client import Answer, lot, status_message

STATUS = "NFeStatusServico4"
NAMESPACE = SERVICES[STATUS].namespace
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
HEADERS = {"Content-Type": "application/soap+xml; charset=utf-8"}


def envelope(content: str, version: str = SOAP12) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{version}"><s:Body>{content}</s:Body></s:Envelope>'
    ).encode()


def wrapped(message: str, namespace: str = NAMESPACE) -> bytes:
    return envelope(f'<nfeDadosMsg xmlns="{namespace}">{message}</nfeDadosMsg>')


def test_action_is_optional_in_soap_12(client):
    response = client.raw(STATUS, wrapped(status_message()), HEADERS)
    assert Answer(response).code == "107"


def test_wrong_action_is_a_fault(client):
    headers = {"Content-Type": f'{HEADERS["Content-Type"]}; action="urn:other"'}
    response = client.raw(STATUS, wrapped(status_message()), headers)
    assert response.status_code == 500
    assert b"Fault" in response.content
    assert b"urn:other" in response.content


def test_soap_11_needs_its_header(client):
    body = wrapped(status_message()).replace(
        SOAP12.encode(), b"http://schemas.xmlsoap.org/soap/envelope/"
    )
    without = client.raw(STATUS, body, {"Content-Type": "text/xml"})
    assert without.status_code == 500
    assert b"SOAPAction" in without.content
    empty = client.raw(STATUS, body, {"Content-Type": "text/xml", "SOAPAction": '""'})
    assert Answer(empty).code == "107"


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/soap+xml; charset=iso-8859-1"]
)
def test_other_content_types_are_415(client, content_type):
    response = client.raw(
        STATUS, wrapped(status_message()), {"Content-Type": content_type}
    )
    assert response.status_code == 415


def test_other_encodings_are_402(client):
    body = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + wrapped(status_message())
    assert Answer(client.raw(STATUS, body, HEADERS)).code == "402"


@pytest.mark.parametrize(
    "body",
    [
        b"not xml",
        envelope(status_message()),
        wrapped(status_message(), SERVICES["NFeInutilizacao4"].namespace),
        wrapped(status_message() * 2),
        wrapped(status_message()).replace(
            SOAP12.encode(), b"http://schemas.xmlsoap.org/soap/envelope/"
        ),
    ],
    ids=["garbage", "no wrapper", "other service", "two messages", "other version"],
)
def test_wrong_envelopes_are_faults(client, body):
    response = client.raw(STATUS, body, HEADERS)
    assert response.status_code == 500
    assert b"Fault" in response.content


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("588", status_message().replace("><tpAmb", ">\n<tpAmb")),
        ("588", status_message() + "\n"),
        ("516", status_message().replace("consStatServ", "consSitNFe")),
        ("587", status_message().replace(NFE, "urn:other")),
        ("239", status_message().replace('"4.00"', '"3.10"')),
        ("215", status_message().replace("STATUS", "ESTADO")),
        (
            "404",
            status_message()
            .replace("xmlns=", "xmlns:n=")
            .replace("<consStatServ", "<n:consStatServ")
            .replace("</consStatServ", "</n:consStatServ"),
        ),
    ],
)
def test_form_of_the_message(client, code, message):
    answer = client.call(STATUS, message)
    assert answer.code == code
    assert answer.get("xMotivo").startswith("Rejeição: ")


def test_messages_beyond_the_limit_are_214(client, note, simulator):
    simulator.office.settings = Settings(max_bytes=9000)
    assert client.authorize(note(1), note(2)).code == "214"
    assert client.authorize(note(1)).note_code == "100"


def test_limit_is_500_kilobytes(client, note):
    padding = f"<!--{'x' * 500 * 1024}-->"
    message = lot(note(1), sync=True).replace("</enviNFe>", f"{padding}</enviNFe>")
    assert client.call("NFeAutorizacao4", message).code == "214"


def test_note_without_its_own_namespace_is_587(client, note):
    bare = note(1).replace(f'<NFe xmlns="{NFE}"', "<NFe", 1)
    assert client.authorize(bare).code == "587"


def test_fifty_notes_are_the_limit_of_the_schema(client, note, simulator):
    one = note(1)
    answer = client.authorize(*[one] * 51)
    assert answer.code == "225"
    assert simulator.notes() == []


def zipped(content: bytes) -> bytes:
    encoded = base64.b64encode(content).decode()
    namespace = SERVICES["NFeAutorizacao4"].namespace
    return envelope(f'<nfeDadosMsgZip xmlns="{namespace}">{encoded}</nfeDadosMsgZip>')


def test_gzip_variant(client, note):
    body = zipped(gzip.compress(lot(note(1), sync=True).encode()))
    answer = Answer(client.raw("NFeAutorizacao4", body, HEADERS))
    assert answer.note_code == "100"
    broken = Answer(client.raw("NFeAutorizacao4", zipped(b"no gzip"), HEADERS))
    assert broken.code == "416"


def test_unknown_path_and_method(client, simulator):
    assert client.session.get(f"{simulator.url}/ws/Nothing").status_code == 404
    assert client.session.get(simulator.service_url(STATUS)).status_code == 405


@pytest.mark.parametrize(
    "name", [name for name, service in SERVICES.items() if service.file]
)
def test_published_wsdl_points_here(client, simulator, name):
    response = client.session.get(f"{simulator.service_url(name)}?wsdl")
    assert response.headers["Content-Type"].startswith("text/xml")
    assert f'location="{simulator.service_url(name)}"' in response.text
    assert "svrs" not in response.text


@pytest.mark.parametrize("port", ["NFeStatusServico4Soap", "NFeStatusServico4Soap12"])
def test_zeep_talks_to_it(client, simulator, port):
    url = f"{simulator.service_url(STATUS)}?wsdl"
    soap = zeep.Client(url, transport=Transport(session=client.session))
    service = soap.bind(STATUS, port)
    with soap.settings(raw_response=True):
        response = service.nfeStatusServicoNF(etree.fromstring(status_message()))
    assert Answer(response).code == "107"
