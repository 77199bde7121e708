"""Numbers that were never used are voided."""

import pytest

from odoo.addons.nfe_batch.domain import answers, proc, schema
from odoo.addons.nfe_batch.domain.cstat import Kind
from odoo.addons.nfe_batch.domain.endpoints import Service, locate
from odoo.addons.nfe_batch.domain.envelope import Unreadable
from odoo.addons.nfe_batch.domain.voiding import voiding

from .conftest import EMITTER
from .tools import xmllint, xmlsec1


def request(pen, **changes):
    values = {
        "state": "SP",
        "cnpj": EMITTER,
        "year": 2026,
        "series": 1,
        "first": 7,
        "last": 9,
        "reason": "Quebra de sequência da numeração",
        "environment": "2",
        "signer": pen,
    }
    return voiding(**(values | changes))


def test_request_is_valid_and_signed(pen, authority, tmp_path):
    signed = request(pen)
    assert schema.errors("inutNFe", signed) == ()
    assert xmllint("nfe/schemas/v4_0/inutNFe_v4.00.xsd", signed, tmp_path) == ""
    assert xmlsec1("infInut", signed, authority, tmp_path) == ""


def test_office_voids_once(pen, line, sefaz):
    url = locate(Service.VOIDING, state="SP", environment="2", base=sefaz.url)
    results = [
        answers.read_voiding(line.call(Service.VOIDING, url, request(pen)).message)
        for _ in range(2)
    ]
    assert results[0].kind is Kind.VOIDED and results[0].number
    assert results[1].kind is Kind.REJECTED
    assert len(sefaz.voided()) == 1
    assert [result.stands for result in results] == [True, True]
    assert [result.is_new for result in results] == [True, False]
    assert results[1].number == results[0].number


def test_proof_holds_request_and_answer_byte_by_byte(pen, line, sefaz, tmp_path):
    url = locate(Service.VOIDING, state="SP", environment="2", base=sefaz.url)
    signed = request(pen)
    answer = answers.read_voiding(line.call(Service.VOIDING, url, signed).message)
    document = proc.voiding_proc(signed, answer)
    assert document.count(signed + answer.content) == 1
    assert xmllint("nfe/schemas/v4_0/procInutNFe_v4.00.xsd", document, tmp_path) == ""
    with pytest.raises(proc.ProtocolMismatch):
        proc.voiding_proc(request(pen, first=8), answer)


def answer_of(code, reason="", fields=""):
    return answers.read_voiding(
        '<?xml version="1.0"?><retInutNFe xmlns="http://www.portalfiscal.inf.br/nfe" '
        f'versao="4.00"><infInut><tpAmb>2</tpAmb><cStat>{code}</cStat>'
        f"<xMotivo>{reason}</xMotivo>{fields}</infInut></retInutNFe>".encode()
    )


PROTOCOL = "135260000000009"


@pytest.mark.parametrize(
    ("answer", "stands"),
    [
        (answer_of(102, fields=f"<nProt>{PROTOCOL}</nProt>"), True),
        (answer_of(563, fields=f"<nProt>{PROTOCOL}</nProt>"), True),
        (answer_of(563, f"Rejeição: já existe pedido [nProt: {PROTOCOL}]"), True),
        (answer_of(563, "Rejeição: já existe pedido"), False),
        (answer_of(206, "Rejeição: NF-e já está inutilizada"), False),
        (answer_of(256, fields=f"<nProt>{PROTOCOL}</nProt>"), False),
    ],
)
def test_only_the_same_range_with_its_protocol_stands(answer, stands):
    assert answer.stands is stands
    assert answer.number == (PROTOCOL if stands or answer.code == 256 else "")


def test_answer_is_kept_without_the_declaration_before_it():
    content = answer_of(241).content
    assert content.startswith(b"<retInutNFe") and content.endswith(b"</retInutNFe>")


def test_answer_without_a_code_is_no_answer():
    with pytest.raises(Unreadable):
        answer_of("")


@pytest.mark.parametrize("changes", [{"reason": "curto"}, {"first": 9, "last": 7}])
def test_what_cannot_be_voided(pen, changes):
    with pytest.raises(ValueError, match="reason|range"):
        request(pen, **changes)
