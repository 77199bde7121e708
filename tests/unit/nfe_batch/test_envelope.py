"""Messages, envelopes, and answers in the dialects of the states."""

import pytest

from odoo.addons.nfe_batch.domain import envelope, schema
from odoo.addons.nfe_batch.domain.endpoints import Service
from odoo.addons.nfe_batch.domain.prepare import prepare

from simulators.sefaz import soap as sefaz_soap
from simulators.sefaz.wsdl import SERVICES

from .notes import sale

KEY = "35261111222333000181550010000000011000079192"
RESULT = (
    b'<retConsStatServ xmlns="http://www.portalfiscal.inf.br/nfe">x</retConsStatServ>'
)

BY_STRING = [service for service in Service if service is not Service.DISTRIBUTION]
"""The distribution has a wrapper of its own and goes through zeep alone."""


def note(pen):
    return prepare(sale(), pen).signed_xml


def test_signed_bytes_stay_exact_in_a_lot(pen):
    signed = note(pen)
    message = envelope.authorization(7, [signed])
    assert signed in envelope.wrap(Service.AUTHORIZATION, message)
    assert b"<idLote>7</idLote><indSinc>1</indSinc><NFe" in message
    assert schema.errors("enviNFe", message) == ()


def test_two_notes_go_asynchronously(pen):
    signed = note(pen)
    message = envelope.authorization(8, [signed, signed])
    assert b"<indSinc>0</indSinc>" in message


@pytest.mark.parametrize("count", [0, 51])
def test_a_lot_takes_one_to_fifty(count):
    with pytest.raises(ValueError, match="50"):
        envelope.authorization(1, [b"<NFe/>"] * count)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("consReciNFe", envelope.receipt("350000000000001", "2")),
        ("consSitNFe", envelope.consult(KEY, "2")),
        ("consStatServ", envelope.status("35", "2")),
    ],
)
def test_questions_are_valid(name, message):
    assert schema.errors(name, message) == ()


def test_alphanumeric_cnpj_can_be_consulted():
    key = "35261112ABC34501DE35550010000000011000079192"
    assert schema.errors("consSitNFe", envelope.consult(key, "2")) == ()


@pytest.mark.parametrize("service", BY_STRING, ids=lambda service: service.label)
def test_the_strict_office_opens_our_envelope(service):
    """The simulator's parser wants the right SOAP version, namespace and action."""
    message = b'<any xmlns="http://www.portalfiscal.inf.br/nfe"/>'
    contract = SERVICES[service.label]
    kind = envelope.content_type(service)
    dialect = sefaz_soap.dialect_of(kind)
    sefaz_soap.check_action(contract, dialect, kind, None)
    request = sefaz_soap.open_envelope(
        contract, dialect, envelope.wrap(service, message)
    )
    assert dialect is sefaz_soap.SOAP12
    assert request.message == message


@pytest.mark.parametrize(
    "body",
    [
        b'<soap:Envelope xmlns:soap="s"><soap:Body><nfeResultMsg xmlns="w">%s'
        b"</nfeResultMsg></soap:Body></soap:Envelope>",
        b'<env:Envelope xmlns:env="s"><env:Header><nfeCabecMsg xmlns="w"><cUF>52</cUF>'
        b'</nfeCabecMsg></env:Header><env:Body><ns2:nfeResultMsg xmlns:ns2="w">\n %s \n'
        b"</ns2:nfeResultMsg></env:Body></env:Envelope>",
        b'<S:Envelope xmlns:S="s"><S:Body><nfeRecepcaoEventoNFResult xmlns="w">%s'
        b"</nfeRecepcaoEventoNFResult></S:Body></S:Envelope>",
    ],
    ids=["plain", "header and prefix", "other wrapper"],
)
def test_result_is_cut_out_exactly(body):
    assert envelope.unwrap(body % RESULT) == RESULT


def test_latin1_answers_become_utf8():
    text = "<e><nfeResultMsg><ret>Serviço</ret></nfeResultMsg></e>"
    body = ('<?xml version="1.0" encoding="ISO-8859-1"?>' + text).encode("latin-1")
    assert envelope.unwrap(body) == "<ret>Serviço</ret>".encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Service Unavailable</body></html>",
        b"",
        b"<e><nfeResultMsg><retEnviNFe><cStat>10",
        b"<e><nfeResultMsg></nfeResultMsg></e>",
        b'<?xml version="1.0" encoding="klingon"?><e/>',
    ],
    ids=["html", "empty", "half", "hollow", "encoding"],
)
def test_what_is_no_answer(body):
    with pytest.raises(envelope.Unreadable):
        envelope.unwrap(body)
