"""Numbers that were never used are voided."""

import pytest

from odoo.addons.nfe_batch.domain import answers, schema
from odoo.addons.nfe_batch.domain.cstat import Kind
from odoo.addons.nfe_batch.domain.endpoints import Service, locate
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


@pytest.mark.parametrize("changes", [{"reason": "curto"}, {"first": 9, "last": 7}])
def test_what_cannot_be_voided(pen, changes):
    with pytest.raises(ValueError, match="reason|range"):
        request(pen, **changes)
