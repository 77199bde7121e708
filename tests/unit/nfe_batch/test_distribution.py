"""Documents of interest: what comes back is read, whatever it is."""

import base64
import gzip
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import distribution, schema, services
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.distribution import MAX_DOCUMENT_BYTES, Facts
from odoo.addons.nfe_batch.domain.envelope import Unreadable
from odoo.addons.nfe_batch.domain.serializer import NAMESPACE

from .conftest import EMITTER
from .notes import sale

KEY = key_of(sale())
ASK = {"state": "SP", "cnpj": EMITTER, "environment": "2"}
BRASILIA = timezone(timedelta(hours=-3))
RES_NFE = (
    f'<resNFe xmlns="{NAMESPACE}" versao="1.01"><chNFe>{KEY}</chNFe>'
    "<CNPJ>33444555000181</CNPJ><xNome>FORNECEDOR &amp; CIA</xNome>"
    "<IE>110042490114</IE><dhEmi>2026-11-20T08:30:00-03:00</dhEmi><tpNF>1</tpNF>"
    "<vNF>1234.50</vNF><dhRecbto>2026-11-20T08:30:05-03:00</dhRecbto>"
    "<nProt>135260000000009</nProt><cSitNFe>1</cSitNFe></resNFe>"
).encode()
RES_EVENT = (
    f'<resEvento xmlns="{NAMESPACE}" versao="1.01"><cOrgao>91</cOrgao>'
    f"<CNPJ>33444555000181</CNPJ><chNFe>{KEY}</chNFe>"
    "<dhEvento>2026-11-21T10:00:00-03:00</dhEvento><tpEvento>210200</tpEvento>"
    "<nSeqEvento>1</nSeqEvento><xEvento>Confirmacao da Operacao</xEvento>"
    "<dhRecbto>2026-11-21T10:00:02-03:00</dhRecbto><nProt>891260000000007</nProt>"
    "</resEvento>"
).encode()


def packed(content):
    return base64.b64encode(gzip.compress(content)).decode()


def answer(*zips, code=138, last=1, highest=1):
    documents = "".join(
        f'<docZip NSU="{number:015d}" schema="resNFe_v1.01.xsd">{text}</docZip>'
        for number, text in enumerate(zips, 1)
    )
    lot = f"<loteDistDFeInt>{documents}</loteDistDFeInt>" if zips else ""
    return (
        f'<retDistDFeInt xmlns="{NAMESPACE}" versao="1.01"><tpAmb>2</tpAmb>'
        f"<verAplic>1</verAplic><cStat>{code}</cStat><xMotivo>x</xMotivo>"
        f"<dhResp>2026-11-23T10:00:00-03:00</dhResp><ultNSU>{last:015d}</ultNSU>"
        f"<maxNSU>{highest:015d}</maxNSU>{lot}</retDistDFeInt>"
    ).encode()


@pytest.mark.parametrize("nsu", ["", "7", "000000000000123"])
def test_question_by_sequence_is_valid(nsu):
    message = distribution.after(nsu, **ASK)
    assert schema.errors("distDFeInt", message) == ()
    assert f"<ultNSU>{nsu or 0:0>15}</ultNSU>".encode() in message


def test_question_by_key_is_valid():
    message = distribution.by_key(KEY, **ASK)
    assert f"<chNFe>{KEY}</chNFe>".encode() in message


def test_documents_are_unpacked():
    message = answer(packed(RES_NFE), packed(RES_EVENT), last=2, highest=9)
    assert schema.errors("retDistDFeInt", message) == ()
    found = distribution.read(message)
    assert [row.content for row in found.documents] == [RES_NFE, RES_EVENT]
    assert found.documents[0].nsu == "000000000000001"
    assert not found.is_end


@pytest.mark.parametrize(
    ("code", "last", "highest", "is_end"),
    [
        (137, 0, 0, True),
        (138, 9, 9, True),
        (138, 8, 9, False),
        (656, 9, 9, False),
        (589, 9, 9, False),
    ],
)
def test_end_of_the_pool(code, last, highest, is_end):
    message = answer(code=code, last=last, highest=highest)
    assert distribution.read(message).is_end is is_end


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("!!!", "broken"),
        ("AAAA", "broken"),
        (packed(RES_NFE)[:80], "broken"),
        (packed(b"0" * (MAX_DOCUMENT_BYTES + 1)), "too_big"),
    ],
)
def test_one_that_is_broken_costs_no_other(text, problem):
    """Among them a bomb: five megabytes in a few kilobytes."""
    broken, good = distribution.read(answer(text, packed(RES_NFE))).documents
    assert (broken.content, broken.problem) == (b"", problem)
    assert (good.content, good.problem) == (RES_NFE, "")


def test_largest_document_is_taken():
    (received,) = distribution.read(answer(packed(b"0" * MAX_DOCUMENT_BYTES))).documents
    assert len(received.content) == MAX_DOCUMENT_BYTES


@given(st.binary(max_size=200))
def test_any_content_packs_and_unpacks(content):
    (received,) = distribution.read(answer(packed(content))).documents
    assert (received.content, received.problem) == (content, "")


@given(st.binary(max_size=200))
def test_strange_messages_are_unreadable(message):
    with pytest.raises(Unreadable):
        distribution.read(message)


@given(st.binary(max_size=200))
def test_strange_documents_say_nothing(content):
    assert distribution.facts(content) == Facts(kind="")


def test_too_many_documents():
    with pytest.raises(Unreadable, match="51"):
        distribution.read(answer(*["AAAA"] * 51))


def test_summary_of_a_note():
    assert distribution.facts(RES_NFE) == Facts(
        kind="resNFe",
        key=KEY,
        issuer="33444555000181",
        issuer_name="FORNECEDOR & CIA",
        moment=datetime(2026, 11, 20, 8, 30, tzinfo=BRASILIA),
        amount=Decimal("1234.50"),
        situation="authorised",
        protocol_number="135260000000009",
    )


def test_summary_of_an_event():
    found = distribution.facts(RES_EVENT)
    assert (found.kind, found.key, found.event_code) == ("resEvento", KEY, "210200")
    assert (found.sequence, found.event_name) == (1, "Confirmacao da Operacao")
    assert found.protocol_number == "891260000000007"


def test_other_kinds_are_only_named():
    content = b'<cteProc xmlns="http://www.portalfiscal.inf.br/cte"><CTe/></cteProc>'
    assert distribution.facts(content) == Facts(kind="cteProc")


def test_damaged_fields_are_left_out():
    damaged = RES_NFE.replace(b"1234.50", b"NaN").replace(b"2026-11-20T", b"never")
    found = distribution.facts(damaged)
    assert (found.amount, found.moment, found.key) == (None, None, KEY)


def test_entities_are_not_resolved():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><resNFe>&a;</resNFe>'
    assert distribution.facts(bomb).key == ""


def test_asked_through_zeep(line, sefaz):
    sefaz.inject(EMITTER, "resNFe_v1.01.xsd", RES_NFE.decode())
    message = distribution.after("", **ASK)
    found = services.distribution(
        line, message, state="SP", environment="2", base=sefaz.url
    )
    assert (found.code, found.last_nsu, found.is_end) == (138, f"{1:015d}", True)
    assert found.documents[0].content == RES_NFE
    assert sefaz.log()[-1]["service"] == "NFeDistribuicaoDFe"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "html_503", "truncate"])
def test_no_usable_answer(line, sefaz, kind):
    sefaz.fault("NFeDistribuicaoDFe", kind)
    with pytest.raises(services.ServiceError, match="NFeDistribuicaoDFe"):
        services.distribution(
            line,
            distribution.after("", **ASK),
            state="SP",
            environment="2",
            base=sefaz.url,
        )
