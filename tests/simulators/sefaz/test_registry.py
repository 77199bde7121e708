"""The registry of taxpayers."""

from __future__ import annotations

import pytest
import requests

from simulators.sefaz.schemas import NFE

from .conftest import STRANGER

SERVICE = "CadConsultaCadastro4"


def ask(client, state="SP", document=f"<CNPJ>{STRANGER}</CNPJ>"):
    return client.call(
        SERVICE,
        f'<ConsCad xmlns="{NFE}" versao="2.00"><infCons><xServ>CONS-CAD</xServ>'
        f"<UF>{state}</UF>{document}</infCons></ConsCad>",
    )


def test_one_several_none(client, simulator):
    assert ask(client).code == "259"
    simulator.register("110042490114", STRANGER, "OUTRA EMPRESA")
    answer = ask(client)
    assert (answer.code, answer.get("IE")) == ("111", "110042490114")
    simulator.register("110042490115", STRANGER, "OUTRA EMPRESA", enabled=False)
    answer = ask(client)
    assert (answer.code, answer.all("cSit")) == ("112", ["1", "0"])


def test_by_inscription(client, simulator):
    body = {"ie": "110042490114", "vat": STRANGER, "name": "OUTRA"}
    url = f"{simulator.control_url}/__ctl/taxpayer"
    assert requests.post(url, json=body, timeout=10).json() == {"ok": True}
    assert ask(client, document="<IE>110042490114</IE>").get("CNPJ") == STRANGER


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"state": "MG"}, "289"), ({"document": "<CNPJ>1</CNPJ>"}, "215")],
)
def test_refusals(client, changes, code):
    assert ask(client, **changes).code == code
