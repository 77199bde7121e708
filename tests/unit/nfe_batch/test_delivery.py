"""The parcel goes elsewhere: group entrega, golden file and official schemas."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from odoo.addons.nfe_batch.domain import preflight, schema
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.document import Address, Delivery
from odoo.addons.nfe_batch.domain.prepare import prepare
from odoo.addons.nfe_batch.domain.serializer import serialize

from .notes import CONSUMER, sale
from .tools import xmllint

GOLDEN = Path(__file__).parent / "files" / "entrega_rj.xml"
NFE_XSD = "nfe/schemas/v4_0/nfe_v4.00.xsd"
NAMESPACE = ' xmlns="http://www.portalfiscal.inf.br/nfe"'

NEIGHBOUR = Delivery(
    vat=CONSUMER.vat,
    name="Portaria do Edifício",
    address=Address(
        street="Rua da Conceição",
        number="S/N",
        complement="Bloco B",
        district="Centro",
        city_code="3303302",
        city="Niterói",
        state="RJ",
        zip_code="24020085",
        phone="2133334444",
    ),
)
# Nothing that may be left out: the schema wants the rest.
SPARE = replace(
    NEIGHBOUR,
    name="",
    address=replace(NEIGHBOUR.address, complement="", phone=""),
)


def root_of(note):
    return etree.fromstring(serialize(build(note), "NFe"))


def entrega(note):
    group = root_of(note).find(".//{*}entrega")
    return etree.tostring(group, encoding="unicode").replace(NAMESPACE, "")


def test_golden_delivery():
    note = replace(sale(), delivery=NEIGHBOUR)
    assert entrega(note) == GOLDEN.read_text("utf-8").strip()


def test_billing_address_stays_in_the_recipient():
    root = root_of(replace(sale(), delivery=NEIGHBOUR))
    assert root.findtext(".//{*}enderDest/{*}xLgr") == "Rua do Consumidor"
    assert root.findtext(".//{*}dest/{*}CPF") == CONSUMER.vat
    parts = [etree.QName(part).localname for part in root.find("{*}infNFe")]
    assert parts[:4] == ["ide", "emit", "dest", "entrega"]
    assert root_of(sale()).find(".//{*}entrega") is None


@pytest.mark.parametrize("delivery", [NEIGHBOUR, SPARE], ids=["full", "spare"])
def test_valid_for_lxml_and_for_xmllint(delivery, pen, tmp_path):
    note = replace(sale(), delivery=delivery)
    assert preflight.check(note) == preflight.check(sale())
    signed = prepare(note, pen).signed_xml
    assert schema.errors("NFe", signed) == ()
    assert xmllint(NFE_XSD, signed, tmp_path) == ""
