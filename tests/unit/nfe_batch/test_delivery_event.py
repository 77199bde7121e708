"""The events of delivery (110130, 110131) and failed delivery (110192, 110193)."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nfelib.nfe_entrega.bindings.v1_0.e110130_v1_00 import DetEvento
from xsdata.formats.dataclass.parsers import XmlParser

from odoo.addons.nfe_batch.domain import delivery
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.delivery import Facts
from odoo.addons.nfe_batch.domain.schema import SchemaInvalid
from odoo.addons.nfe_batch.domain.serializer import NAMESPACE

from .notes import ISSUED, sale
from .tools import xmllint, xmlsec1

KEY = key_of(sale())
IMAGE = b"\x89PNG of a signature"
DELIVERED_AT = ISSUED + timedelta(days=2)
DELIVERED = Facts(
    code=delivery.DELIVERED,
    moment=DELIVERED_AT,
    receiver_name="Antônio & Filhos",
    receiver_document="52998224725",
    position=(Decimal("-23.5505199"), Decimal("-46.633309")),
    image_hash=delivery.image_hash(KEY, IMAGE),
    hashed_at=DELIVERED_AT,
)
FAILED = Facts(
    code=delivery.FAILED,
    moment=DELIVERED_AT,
    attempt=2,
    reason="1",
    image_hash=delivery.image_hash(KEY, IMAGE),
    hashed_at=DELIVERED_AT,
)
WITHDRAWN = Facts(code=delivery.DELIVERED_WITHDRAWN, protocol_number="891260000000001")
XSD = {
    delivery.DELIVERED: "nfe_entrega/schemas/v1_0/EventoEntregaNFe_v1.00.xsd",
    delivery.DELIVERED_WITHDRAWN: (
        "nfe_entrega/schemas/v1_0/EventoCancEntregaNFe_v1.00.xsd"
    ),
    delivery.FAILED: "nfe_insucesso/schemas/v1_0/EventoInsucessoNFe_v1.00.xsd",
    delivery.FAILED_WITHDRAWN: (
        "nfe_insucesso/schemas/v1_0/EventoCancInsucessoNFe_v1.00.xsd"
    ),
}


def sign(pen, facts, **changes):
    values = {
        "sequence": 1,
        "key": KEY,
        "environment": "2",
        "at": DELIVERED_AT,
        "signer": pen,
    }
    return delivery.sign(facts, **(values | changes))


@pytest.mark.parametrize(
    "facts",
    [
        DELIVERED,
        replace(DELIVERED, position=None, hashed_at=None),
        FAILED,
        replace(FAILED, reason="4", explanation="Enchente na rua, sem passagem"),
        WITHDRAWN,
        replace(WITHDRAWN, code=delivery.FAILED_WITHDRAWN),
    ],
)
def test_event_is_valid_signed_and_read_back(pen, authority, tmp_path, facts):
    signed = sign(pen, facts)
    assert xmllint(XSD[facts.code], signed, tmp_path) == ""
    assert xmlsec1("infEvento", signed, authority, tmp_path) == ""
    if facts.position:
        places = Decimal("1e-6")
        facts = replace(
            facts, position=tuple(place.quantize(places) for place in facts.position)
        )
    assert delivery.read(signed) == facts


def test_nfelib_reads_the_same(pen):
    signed = sign(pen, DELIVERED).decode()
    part = re.search("<detEvento.*</detEvento>", signed).group()
    named = part.replace("<detEvento", f'<detEvento xmlns="{NAMESPACE}"')
    detail = XmlParser().from_string(named, DetEvento)
    assert detail.xNome == "Antônio & Filhos"
    assert (detail.latGPS, detail.longGPS) == ("-23.550520", "-46.633309")
    assert base64.b64encode(detail.hashComprovante).decode() == DELIVERED.image_hash


def test_hash_of_key_and_image():
    """The rule of the schema: SHA-1 over the key and the image's Base64."""
    text = KEY + base64.b64encode(IMAGE).decode()
    expected = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    assert base64.b64decode(DELIVERED.image_hash) == expected


@pytest.mark.parametrize(
    ("facts", "organ", "office"),
    [(DELIVERED, "91", "AN"), (WITHDRAWN, "91", "AN"), (FAILED, "92", "SVRS")],
)
def test_office_that_registers(pen, facts, organ, office):
    assert f"<cOrgao>{organ}</cOrgao>".encode() in sign(pen, facts)
    assert delivery.office(facts.code) == office


@pytest.mark.parametrize(
    "facts",
    [
        replace(FAILED, reason="4"),
        replace(FAILED, reason="4", explanation="curto"),
        replace(FAILED, explanation="Enchente na rua, sem passagem"),
        replace(DELIVERED, moment=DELIVERED_AT.replace(tzinfo=None)),
        replace(DELIVERED, code="110111"),
    ],
)
def test_contradictions(pen, facts):
    with pytest.raises(ValueError, match=r"."):
        sign(pen, facts)


@pytest.mark.parametrize(
    "facts",
    [
        replace(DELIVERED, image_hash=""),
        replace(DELIVERED, receiver_name="A"),
        replace(DELIVERED, receiver_document=""),
        replace(DELIVERED, position=(Decimal(91), Decimal(0))),
        replace(FAILED, reason="5"),
        replace(FAILED, attempt=1000),
        replace(WITHDRAWN, protocol_number=""),
    ],
)
def test_what_the_layout_refuses(pen, facts):
    with pytest.raises(SchemaInvalid):
        sign(pen, facts)


def test_twenty_events_at_most(pen):
    assert b'01"' not in sign(pen, FAILED, sequence=delivery.MAX_SEQUENCE)
    with pytest.raises(SchemaInvalid):
        sign(pen, FAILED, sequence=delivery.MAX_SEQUENCE + 1)


@given(
    latitude=st.decimals(-90, 90, places=6), longitude=st.decimals(-180, 180, places=6)
)
def test_every_place_on_earth_fits(pen, latitude, longitude):
    facts = replace(DELIVERED, position=(latitude, longitude))
    assert delivery.read(sign(pen, facts)).position == (latitude, longitude)
