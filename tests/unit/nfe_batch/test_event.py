"""The event of cancellation."""

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
from .tools import xmllint

CANCEL_XSD = "nfe_evento_cancel/schemas/v1_0"


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


def _result(key):
    content = (
        '<retEvento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">'
        "<infEvento><tpAmb>2</tpAmb><verAplic>SP</verAplic><cOrgao>35</cOrgao>"
        "<cStat>135</cStat><xMotivo>Evento registrado e vinculado a NF-e</xMotivo>"
        f"<chNFe>{key}</chNFe><tpEvento>110111</tpEvento>"
        "<xEvento>Cancelamento registrado</xEvento><nSeqEvento>1</nSeqEvento>"
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
