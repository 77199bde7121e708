"""The registry of taxpayers through zeep and our own WSDL."""

import pytest

from odoo.addons.nfe_batch.domain import registry, services
from odoo.addons.nfe_batch.domain.envelope import Unreadable
from odoo.addons.nfe_batch.domain.serializer import NAMESPACE

CNPJ = "33444555000181"
ASK = {"state": "SP", "environment": "2", "vat": CNPJ}


def test_found(line, sefaz):
    sefaz.register("110042490114", CNPJ, "OUTRA EMPRESA")
    answer = services.taxpayers(line, base=sefaz.url, **ASK)
    assert (answer.code, answer.is_found) == (111, True)
    (row,) = answer.taxpayers
    assert (row.inscription, row.vat, row.state) == ("110042490114", CNPJ, "SP")
    assert row.is_enabled


def test_several_of_which_one_is_closed(line, sefaz):
    sefaz.register("110042490114", CNPJ, "MATRIZ", enabled=False)
    sefaz.register("110042490115", CNPJ, "FILIAL")
    answer = services.taxpayers(line, base=sefaz.url, **ASK)
    assert answer.code == 112
    assert [row.is_enabled for row in answer.taxpayers] == [False, True]


def test_not_found(line, sefaz):
    answer = services.taxpayers(line, base=sefaz.url, **ASK)
    assert (answer.code, answer.is_found, answer.taxpayers) == (259, False, ())


def test_of_a_person(line, sefaz):
    sefaz.register("110042490114", "52998224725", "PRODUTOR")
    asked = {**ASK, "vat": "52998224725"}
    answer = services.taxpayers(line, base=sefaz.url, **asked)
    assert answer.taxpayers[0].vat == "52998224725"


def test_dots_and_slashes_are_left_out():
    message = (
        f'<retConsCad xmlns="{NAMESPACE}"><infCons><cStat>111</cStat>'
        "<infCad><IE>1</IE><CNPJ>33.444.555/0001-81</CNPJ><cSit>0</cSit></infCad>"
        "</infCons></retConsCad>"
    ).encode()
    (row,) = registry.read(message).taxpayers
    assert (row.vat, row.is_enabled) == (CNPJ, False)


@pytest.mark.parametrize("message", [b"<a/>", b"oops", b"<retConsCad/>"])
def test_unreadable(message):
    with pytest.raises(Unreadable):
        registry.read(message)


def test_state_without_the_service(line):
    with pytest.raises(ValueError, match="SVAN"):
        services.taxpayers(line, state="MA", environment="2", vat=CNPJ)


def test_no_usable_answer(line, sefaz):
    sefaz.fault("CadConsultaCadastro4", "html_503")
    with pytest.raises(services.ServiceError, match="CadConsultaCadastro4"):
        services.taxpayers(line, base=sefaz.url, **ASK)
