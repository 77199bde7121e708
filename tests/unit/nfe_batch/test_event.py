"""The events of cancellation and correction."""

import pytest

from odoo.addons.nfe_batch.domain import (
    access_key,
    answers,
    envelope,
    event,
    proc,
    schema,
)
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.schema import SchemaInvalid

from .notes import ISSUED, sale
from .tools import SCHEMAS, xmllint, xmlsec1

CANCEL_XSD = "nfe_evento_cancel/schemas/v1_0"
CORRECTION_XSD = "nfe_evento_cce/schemas/v1_0"


def cancellation(pen, **changes):
    values = {
        "key": key_of(sale()),
        "protocol_number": "135260000000001",
        "reason": "Consumidora desistiu & não quer mais",
        "environment": "2",
        "at": ISSUED,
        "signer": pen,
    }
    return event.cancellation(**(values | changes))


def test_event_is_valid(pen, tmp_path):
    signed = cancellation(pen)
    xsd = f"{CANCEL_XSD}/eventoCancNFe_v1.00.xsd"
    assert xmllint(xsd, signed, tmp_path) == ""
    assert b"<dhEvento>2026-11-23T09:58:00-03:00</dhEvento>" in signed
    assert "<xJust>Consumidora desistiu &amp; não quer mais".encode() in signed
    lot = envelope.events(1, [signed])
    assert signed in lot
    assert schema.errors("envEvento", lot) == ()


@pytest.mark.parametrize("reason", ["", "curto", "a              b"])
def test_reason_is_long_enough(pen, reason):
    with pytest.raises(ValueError, match="15"):
        cancellation(pen, reason=reason)


def test_long_reason_is_cut(pen):
    assert b"<xJust>" + b"x" * 255 + b"</xJust>" in cancellation(pen, reason="x" * 300)


def test_dates_are_aware(pen):
    with pytest.raises(ValueError, match="time zone"):
        cancellation(pen, at=ISSUED.replace(tzinfo=None))


def test_wrong_protocol_number_is_told(pen):
    with pytest.raises(SchemaInvalid, match="nProt"):
        cancellation(pen, protocol_number="1")


def test_alphanumeric_issuer_can_cancel(pen):
    """The published event schema would refuse the letters."""
    body = "35261112ABC34501DE3555001000000001100007919"
    key = body + access_key.check_digit(body)
    signed = cancellation(pen, key=key)
    assert b"<CNPJ>12ABC34501DE35</CNPJ>" in signed


def test_event_proc_keeps_every_byte(pen, tmp_path):
    signed = cancellation(pen)
    result = _result(key_of(sale()))
    document = proc.event_proc(signed, result)
    head, tail = document.split(signed)
    assert head.endswith(b'versao="1.00">')
    assert tail == result.content + b"</procEventoNFe>"
    xsd = f"{CANCEL_XSD}/procEventoCancNFe_v1.00.xsd"
    assert xmllint(xsd, document, tmp_path) == ""


def test_result_of_another_event_is_an_alarm(pen):
    other = key_of(sale(2))
    with pytest.raises(proc.ProtocolMismatch):
        proc.event_proc(cancellation(pen), _result(other))


def correction(pen, **changes):
    values = {
        "key": key_of(sale()),
        "sequence": 1,
        "wording": "Volumes: onde se lê 1 caixa, leia-se 2 caixas & 1 saco",
        "environment": "2",
        "at": ISSUED,
        "signer": pen,
    }
    return event.correction(**(values | changes))


def test_correction_is_valid_and_signed(pen, authority, tmp_path):
    signed = correction(pen)
    assert xmllint(f"{CORRECTION_XSD}/CCe_v1.00.xsd", signed, tmp_path) == ""
    assert xmlsec1("infEvento", signed, authority, tmp_path) == ""
    assert b"leia-se 2 caixas &amp; 1 saco</xCorrecao>" in signed
    assert f'Id="ID110110{key_of(sale())}01"'.encode() in signed
    lot = envelope.events(1, [signed])
    assert signed in lot
    assert xmllint(f"{CORRECTION_XSD}/envCCe_v1.00.xsd", lot, tmp_path) == ""


def test_conditions_of_use_are_those_of_the_law(pen):
    """The official text is an enumeration of the schema."""
    xsd = (SCHEMAS / CORRECTION_XSD / "leiauteCCe_v1.00.xsd").read_text()
    assert f'<xs:enumeration value="{event.CONDITIONS_OF_USE}"/>' in xsd
    assert event.CONDITIONS_OF_USE.startswith(
        "A Carta de Correção é disciplinada pelo § 1º-A do art. 7º do Convênio S/N"
    )
    assert f"<xCondUso>{event.CONDITIONS_OF_USE}</xCondUso>".encode() in correction(pen)


@pytest.mark.parametrize("sequence", [1, 2, 9, 10, 20])
def test_sequence_of_corrections(pen, tmp_path, sequence):
    signed = correction(pen, sequence=sequence)
    assert xmllint(f"{CORRECTION_XSD}/CCe_v1.00.xsd", signed, tmp_path) == ""
    assert f"{sequence:02d}".encode() + b'"><cOrgao>' in signed
    assert f"<nSeqEvento>{sequence}</nSeqEvento>".encode() in signed


@pytest.mark.parametrize("sequence", [0, 21])
def test_sequence_out_of_bounds(pen, sequence):
    with pytest.raises(ValueError, match="20"):
        correction(pen, sequence=sequence)


@pytest.mark.parametrize("length", [15, 1000])
def test_shortest_and_longest_correction(pen, tmp_path, length):
    signed = correction(pen, wording="x" * length)
    assert b"<xCorrecao>" + b"x" * length + b"</xCorrecao>" in signed
    assert xmllint(f"{CORRECTION_XSD}/CCe_v1.00.xsd", signed, tmp_path) == ""


@pytest.mark.parametrize(
    "wording", ["", "x" * 14, "a              b", "x" * 1001, "…" * 334]
)
def test_correction_is_refused_rather_than_cut(pen, wording):
    with pytest.raises(ValueError, match="15 to 1000"):
        correction(pen, wording=wording)


def test_wording_is_read_back_as_it_went(pen):
    wording = "Peso bruto:\n  7,5 kg – não 5,7 kg"
    signed = correction(pen, wording=wording)
    assert event.wording_of(signed) == "Peso bruto: 7,5 kg - não 5,7 kg"
    assert event.wording_of(signed) == event.correction_wording(wording)
    assert event.wording_of(cancellation(pen, reason="Desistiu da compra & fim")) == (
        "Desistiu da compra & fim"
    )


def test_correction_needs_a_time_zone(pen):
    with pytest.raises(ValueError, match="time zone"):
        correction(pen, at=ISSUED.replace(tzinfo=None))


def test_correction_proc_keeps_every_byte(pen, tmp_path):
    signed = correction(pen, sequence=3)
    result = _result(key_of(sale()), "110110", 3)
    document = proc.event_proc(signed, result)
    head, tail = document.split(signed)
    assert head.endswith(b'versao="1.00">')
    assert tail == result.content + b"</procEventoNFe>"
    assert xmllint(f"{CORRECTION_XSD}/procCCeNFe_v1.00.xsd", document, tmp_path) == ""


def test_result_of_another_letter_is_an_alarm(pen):
    with pytest.raises(proc.ProtocolMismatch):
        proc.event_proc(correction(pen), _result(key_of(sale()), "110110", 2))


def _result(key, event_type="110111", sequence=1):
    content = (
        '<retEvento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">'
        "<infEvento><tpAmb>2</tpAmb><verAplic>SP</verAplic><cOrgao>35</cOrgao>"
        "<cStat>135</cStat><xMotivo>Evento registrado e vinculado a NF-e</xMotivo>"
        f"<chNFe>{key}</chNFe><tpEvento>{event_type}</tpEvento>"
        f"<xEvento>Evento registrado</xEvento><nSeqEvento>{sequence}</nSeqEvento>"
        "<dhRegEvento>2026-11-23T11:00:00-03:00</dhRegEvento>"
        "<nProt>135260000000002</nProt></infEvento></retEvento>"
    )
    head = (
        '<retEnvEvento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">'
        "<idLote>1</idLote><cStat>128</cStat><xMotivo>Lote processado</xMotivo>"
    )
    message = f"{head}{content}</retEnvEvento>".encode()
    (result,) = answers.read_events(message).results
    assert result.content == content.encode()
    return result
