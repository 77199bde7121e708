"""EPEC (110140): the event, its schema, and the way to the national office."""

from dataclasses import replace
from datetime import timedelta

import pytest

from odoo.addons.nfe_batch.domain import answers, endpoints, envelope, event
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.endpoints import Service
from odoo.addons.nfe_batch.domain.prepare import prepare
from odoo.addons.nfe_batch.domain.schema import SchemaInvalid
from odoo.addons.nfe_batch.domain.transport import Answered

from .notes import ISSUED, sale
from .tools import xmllint, xmlsec1

XSD = "nfe_epec/schemas/v1_0"


def contingent(pen, emission="4", **issuer):
    note = sale()
    header = replace(
        note.header,
        emission_type=emission,
        contingency_at=ISSUED - timedelta(hours=1),
        contingency_reason="SEFAZ fora do ar desde as nove",
    )
    note = replace(note, header=header, issuer=replace(note.issuer, **issuer))
    return key_of(note), prepare(note, pen).signed_xml


def epec(pen, signed, at=ISSUED):
    return event.epec(note=signed, version="nfe_batch 19", at=at, signer=pen)


def test_event_is_valid_and_signed(pen, authority, tmp_path):
    key, signed = contingent(pen)
    written = epec(pen, signed)
    assert xmllint(f"{XSD}/EPEC_v1.00.xsd", written, tmp_path) == ""
    assert xmlsec1("infEvento", written, authority, tmp_path) == ""
    assert f'Id="ID110140{key}01"'.encode() in written
    assert b"<cOrgao>91</cOrgao>" in written
    assert b"<cOrgaoAutor>35</cOrgaoAutor>" in written
    lot = envelope.events(1, [written])
    assert xmllint(f"{XSD}/envEPEC_v1.00.xsd", lot, tmp_path) == ""


def test_values_are_those_of_the_note(pen):
    _key, signed = contingent(pen)
    written = epec(pen, signed)
    totals = signed[signed.index(b"<ICMSTot>") :]
    for name, part in ((b"dhEmi", signed), (b"vNF", totals), (b"vICMS", totals)):
        value = part.split(b"<%s>" % name)[1].split(b"<")[0]
        assert b"<%s>%s<" % (name, value) in written
    assert b"<dest><UF>MG</UF><CPF>52998224725</CPF><vNF>" in written


def test_only_for_a_note_of_this_contingency(pen):
    _key, signed = contingent(pen, emission="6")
    with pytest.raises(ValueError, match="tpEmis 4"):
        epec(pen, signed)


def test_issuer_without_state_registration(pen):
    """The layout wants digits, while a note may say ISENTO."""
    _key, signed = contingent(pen, state_registration="ISENTO")
    with pytest.raises(SchemaInvalid, match="IE"):
        epec(pen, signed)


def test_registered_by_the_national_office(pen, line, sefaz):
    key, signed = contingent(pen)
    answer = send(line, sefaz, epec(pen, signed))
    assert (answer.code, answer.kind) == (136, answers.Kind.EVENT_LINKED)
    again = send(line, sefaz, epec(pen, signed))
    assert again.kind is answers.Kind.EVENT_DUPLICATE
    assert answers.protocol_in(again.reason) == answer.number
    assert sefaz.office.store.events(key)[0]["protocol"] == answer.number


def send(line, sefaz, written):
    url = endpoints.locate(
        Service.EVENT,
        state="SP",
        environment="2",
        emission_type=endpoints.EPEC,
        base=sefaz.url,
    )
    outcome = line.call(Service.EVENT, url, envelope.events(1, [written]))
    assert isinstance(outcome, Answered)
    return answers.read_event(outcome.message)
