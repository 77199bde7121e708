"""Answers of the SEFAZ: readers, the table of codes, documents of proof."""

from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.nfe_batch.domain import answers, proc, schema
from odoo.addons.nfe_batch.domain.cstat import Kind, classify
from odoo.addons.nfe_batch.domain.envelope import Unreadable
from odoo.addons.nfe_batch.domain.prepare import prepare

from .notes import sale
from .tools import xmllint

NS = "http://www.portalfiscal.inf.br/nfe"
KEY = "35261111222333000181550010000000011000079192"
OTHER = "35261111222333000181550010000000011000000018"
BRASILIA = timezone(timedelta(hours=-3))


def protocol(digest="AAAA", key=KEY, code=100, number="135260000000001", ns=True):
    namespace = f' xmlns="{NS}"' if ns else ""
    shown = f"<nProt>{number}</nProt>" if number else ""
    return (
        f'<protNFe{namespace} versao="4.00"><infProt><tpAmb>2</tpAmb>'
        f"<verAplic>SP</verAplic><chNFe>{key}</chNFe>"
        f"<dhRecbto>2026-11-23T10:00:05-03:00</dhRecbto>{shown}"
        f"<digVal>{digest}</digVal><cStat>{code}</cStat>"
        "<xMotivo>Autorizado o uso da NF-e</xMotivo></infProt></protNFe>"
    ).encode()


def message(name, *parts, code=104, reason="Lote processado"):
    head = (
        f'<{name} xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><verAplic>SP</verAplic>'
        f"<cStat>{code}</cStat><xMotivo>{reason}</xMotivo><cUF>35</cUF>"
    ).encode()
    return head + b"".join(parts) + f"</{name}>".encode()


def test_synchronous_answer():
    lot = answers.read_lot(message("retEnviNFe", protocol()))
    assert (lot.kind, lot.receipt) == (Kind.LOT_PROCESSED, "")
    assert lot.protocol.kind is Kind.AUTHORISED
    assert lot.protocol.number == "135260000000001"
    assert lot.protocol.received_at == datetime(2026, 11, 23, 10, 0, 5, 0, BRASILIA)
    assert lot.protocol.content == protocol()


def test_asynchronous_answer():
    infrec = b"<infRec><nRec>350000000000001</nRec><tMed>2</tMed></infRec>"
    lot = answers.read_lot(message("retEnviNFe", infrec, code=103))
    assert lot.kind is Kind.LOT_RECEIVED
    assert (lot.receipt, lot.wait_seconds) == ("350000000000001", 2)
    assert lot.protocol is None


def test_lot_result_keeps_each_slice():
    parts = protocol(key=KEY), protocol(key=OTHER, code=539, number="")
    result = answers.read_lot_result(message("retConsReciNFe", *parts))
    assert tuple(row.content for row in result.protocols) == parts
    assert [row.kind for row in result.protocols] == [
        Kind.AUTHORISED,
        Kind.DUPLICATE_OTHER_KEY,
    ]


def test_protocol_without_own_namespace_stays_exact():
    """SP's protNFe inherits the namespace, and inherits it again in nfeProc."""
    lot = answers.read_lot(message("retEnviNFe", protocol(ns=False)))
    assert lot.protocol.content == protocol(ns=False)


def test_prefixed_answer_is_rewritten_without_prefix():
    plain = message("retEnviNFe", protocol(ns=False)).decode()
    prefixed = plain.replace("</", "</n:").replace(f'xmlns="{NS}"', f'xmlns:n="{NS}"')
    for tag in ("retEnviNFe", "protNFe", "infProt", "tpAmb", "verAplic", "chNFe"):
        prefixed = prefixed.replace(f"<{tag}", f"<n:{tag}")
    for tag in ("dhRecbto", "nProt", "digVal", "cStat", "xMotivo", "cUF"):
        prefixed = prefixed.replace(f"<{tag}", f"<n:{tag}")
    found = answers.read_lot(prefixed.encode()).protocol
    assert found.key == KEY
    assert found.content == protocol()


def test_situation_with_cancellation():
    event = (
        '<procEventoNFe versao="1.00"><evento versao="1.00"><infEvento Id="ID110111">'
        f"<chNFe>{KEY}</chNFe></infEvento></evento>"
        '<retEvento versao="1.00"><infEvento><tpAmb>2</tpAmb><cStat>135</cStat>'
        f"<xMotivo>Evento registrado</xMotivo><chNFe>{KEY}</chNFe>"
        "<tpEvento>110111</tpEvento><nSeqEvento>1</nSeqEvento>"
        "<dhRegEvento>2026-11-23T11:00:00-03:00</dhRegEvento>"
        "<nProt>135260000000002</nProt></infEvento></retEvento></procEventoNFe>"
    ).encode()
    found = answers.read_situation(
        message("retConsSitNFe", protocol(), event, code=101)
    )
    assert found.kind is Kind.CANCELLED
    assert found.protocol.kind is Kind.AUTHORISED
    (result,) = found.events
    assert result.kind is Kind.EVENT_LINKED
    assert (result.event_type, result.sequence) == ("110111", 1)
    assert result.request.startswith(b"<evento ") and result.request in event
    assert result.content.startswith(b"<retEvento") and result.content in event


def test_status():
    extra = b"<tMed>1</tMed><dhRetorno>2026-11-23T12:00:00-03:00</dhRetorno>"
    found = answers.read_status(
        message("retConsStatServ", extra, code=108, reason="Paralisado")
    )
    assert found.kind is Kind.SERVICE_DOWN
    assert found.returns_at.hour == 12


@pytest.mark.parametrize(
    "content",
    [b"<html/>", b"<retEnviNFe><cStat>1", message("retConsSitNFe"), b"<retEnviNFe/>"],
    ids=["html", "half", "other", "no code"],
)
def test_unreadable(content):
    with pytest.raises(Unreadable):
        answers.read_lot(content)


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        (f"Rejeição: Duplicidade de NF-e [chNFe: {OTHER}]", OTHER),
        (f"Duplicidade [chNFe:{OTHER}][nRec:350000000000009]", OTHER),
        ("Duplicidade de NF-e", ""),
    ],
)
def test_key_in_the_message(reason, key):
    assert answers.key_in(reason) == key


def test_receipt_in_the_message():
    text = "Rejeição: Duplicidade de NF-e [nRec: 350000000000009]"
    assert answers.receipt_in(text) == "350000000000009"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (100, Kind.AUTHORISED),
        (150, Kind.AUTHORISED),
        (101, Kind.CANCELLED),
        (151, Kind.CANCELLED),
        (155, Kind.EVENT_LINKED),
        (103, Kind.LOT_RECEIVED),
        (104, Kind.LOT_PROCESSED),
        (105, Kind.PROCESSING),
        (106, Kind.LOT_UNKNOWN),
        (107, Kind.SERVICE_UP),
        (108, Kind.SERVICE_DOWN),
        (109, Kind.SERVICE_DOWN),
        (110, Kind.DENIED),
        (204, Kind.DUPLICATE),
        (217, Kind.NOT_FOUND),
        (218, Kind.EVENT_DUPLICATE),
        (225, Kind.SCHEMA),
        (281, Kind.CERTIFICATE),
        (291, Kind.CERTIFICATE),
        (298, Kind.SCHEMA),
        (501, Kind.CANCEL_TOO_LATE),
        (539, Kind.DUPLICATE_OTHER_KEY),
        (573, Kind.EVENT_DUPLICATE),
        (656, Kind.ABUSE),
        (778, Kind.REJECTED),
        (1115, Kind.REJECTED),
    ],
)
def test_codes(code, kind):
    assert classify(code) is kind


def test_denial_was_abolished():
    """302 is a rejection now; only an old denial carries a protocol number."""
    assert classify(302) is Kind.REJECTED
    assert classify(302, "135230000000001") is Kind.DENIED


def test_nfe_proc_keeps_every_byte(pen, tmp_path):
    ready = prepare(sale(), pen)
    slice_ = protocol(digest=ready.digest, key=ready.key)
    found = answers.read_lot(message("retEnviNFe", slice_)).protocol
    document = proc.nfe_proc(ready.signed_xml, found)
    head, tail = document.split(ready.signed_xml)
    assert head == (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        b'<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">'
    )
    assert tail == slice_ + b"</nfeProc>"
    assert schema.errors("nfeProc", document) == ()
    assert xmllint("nfe/schemas/v4_0/procNFe_v4.00.xsd", document, tmp_path) == ""


@pytest.mark.parametrize(
    ("digest", "key", "text"),
    [("b3RoZXI=", None, "other contents"), (None, OTHER, "another note")],
)
def test_a_protocol_of_other_bytes_is_an_alarm(pen, digest, key, text):
    ready = prepare(sale(), pen)
    slice_ = protocol(digest=digest or ready.digest, key=key or ready.key)
    found = answers.read_lot(message("retEnviNFe", slice_)).protocol
    with pytest.raises(proc.ProtocolMismatch, match=text):
        proc.nfe_proc(ready.signed_xml, found)
