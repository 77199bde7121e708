"""The XML of a note: golden file, official schemas, xsdata as the second opinion."""

import base64
import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from nfelib.nfe.bindings.v4_0.leiaute_nfe_v4_00 import Tnfe
from nfelib.nfe.bindings.v4_0.nfe_v4_00 import Nfe
from nfelib.nfe.bindings.v4_0.proc_nfe_v4_00 import NfeProc
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from odoo.addons.nfe_batch.domain import access_key, schema, text
from odoo.addons.nfe_batch.domain.builder import HOMOLOGATION_NAME, build
from odoo.addons.nfe_batch.domain.document import PRODUCTION, Delivery
from odoo.addons.nfe_batch.domain.prepare import SchemaInvalid, prepare
from odoo.addons.nfe_batch.domain.serializer import serialize

from .notes import CONSUMER, return_of, sale, simples_sale
from .tools import SCHEMAS, xmllint

GOLDEN = Path(__file__).parent / "files" / "sale_mg.xml"
NFE_XSD = "nfe/schemas/v4_0/nfe_v4.00.xsd"
CONTEXT = XmlContext()
SAMPLES = sorted((SCHEMAS / "nfe/samples/v4_0").rglob("*.xml"))
DEFAULT_NAMESPACE = {None: "http://www.portalfiscal.inf.br/nfe"}


def xml(note):
    return serialize(build(note), "NFe")


def value(note, path):
    root = etree.fromstring(xml(note))
    return root.findtext(f".//{{*}}{path.replace('/', '/{*}')}")


def xsdata_bytes(element):
    serializer = XmlSerializer(
        context=CONTEXT, config=SerializerConfig(xml_declaration=False)
    )
    return serializer.render(element, ns_map=DEFAULT_NAMESPACE).strip().encode()


def every_note():
    key = access_key.key_of(sale())
    yield "sale", sale()
    yield "return", return_of(key)
    for code in ("101", "102", "103", "300", "400", "500", "900"):
        yield f"csosn {code}", simples_sale(code)
    for code in ("00", "20", "40", "41", "50", "60", "90"):
        note = sale()
        row = note.items[0]
        icms = replace(
            row.taxes.icms,
            code=code,
            base_reduction=Decimal("33.33"),
            relief_value=Decimal("1.00"),
            relief_reason="9",
            relief_deducted=True,
            st_base=Decimal("10.00"),
            st_value=Decimal("1.80"),
            fcp_base=Decimal("94.90"),
            fcp_rate=Decimal(2),
            fcp_value=Decimal("1.90"),
            retained_base=Decimal("10.00"),
            retained_rate=Decimal(18),
        )
        taxed = replace(row, taxes=replace(row.taxes, icms=icms))
        yield f"cst {code}", replace(note, items=(taxed,))


NOTES = [pytest.param(note, id=name) for name, note in every_note()]


def test_golden_sale():
    assert xml(sale()).decode() == GOLDEN.read_text("utf-8").strip()


@pytest.mark.parametrize("note", NOTES)
def test_valid_for_lxml_and_for_xmllint(note, pen, tmp_path):
    signed = prepare(note, pen).signed_xml
    assert schema.errors("NFe", signed) == ()
    assert xmllint(NFE_XSD, signed, tmp_path) == ""


@pytest.mark.parametrize("note", NOTES)
def test_serializer_equals_xsdata(note):
    built = build(note)
    assert serialize(built, "NFe") == xsdata_bytes(built)


@pytest.mark.parametrize("note", NOTES)
def test_round_trip_through_nfelib(note):
    """What nfelib reads from our bytes is written again as the same bytes."""
    parsed = XmlParser(context=CONTEXT).from_bytes(xml(note), Nfe)
    assert parsed == build(note)
    assert serialize(parsed, "NFe") == xml(note)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_serializer_equals_xsdata_on_published_samples(path):
    root = etree.parse(path).getroot()
    tag = etree.QName(root).localname
    kind = {"nfeProc": NfeProc, "NFe": Nfe}.get(tag)
    if kind is None:
        assert tag in ("inutNFe", "procInutNFe", "ProcInutNFe"), tag
        return
    parsed = XmlParser(context=CONTEXT).from_bytes(path.read_bytes(), kind)
    # xsdata gives the signature a prefix; we never serialize one.
    (parsed.NFe if tag == "nfeProc" else parsed).signature = None
    assert serialize(parsed, tag) == xsdata_bytes(parsed)


def test_recipient_name_in_homologation_and_production():
    assert value(sale(), "dest/xNome") == HOMOLOGATION_NAME
    real = replace(sale(), header=replace(sale().header, environment=PRODUCTION))
    assert value(real, "dest/xNome") == 'Consumidora "Teste" da Silva - Ação & Cia'


def test_return_names_the_sale_and_pays_nothing():
    key = access_key.key_of(sale())
    note = return_of(key)
    assert value(note, "NFref/refNFe") == key
    assert value(note, "ide/finNFe") == "4"
    assert value(note, "detPag/tPag") == "90"
    assert value(note, "detPag/vPag") == "0.00"


def test_delivery_to_somebody_else():
    note = replace(
        sale(),
        delivery=Delivery(
            vat="11144477735", name="Vizinha", address=CONSUMER.address, email=""
        ),
    )
    assert value(note, "entrega/CPF") == "11144477735"
    assert value(note, "entrega/xNome") == "Vizinha"
    assert value(note, "entrega/cMun") == "3106200"


def test_exit_delivery_date_and_contingency():
    header = sale().header
    note = replace(
        sale(),
        header=replace(
            header,
            exit_at=header.issued_at + timedelta(hours=1),
            expected_delivery=date(2026, 11, 30),
            emission_type="6",
            contingency_at=header.issued_at,
            contingency_reason="SEFAZ de origem fora do ar",
        ),
    )
    assert value(note, "ide/dhSaiEnt") == "2026-11-23T10:58:00-03:00"
    assert value(note, "ide/dPrevEntrega") == "2026-11-30"
    assert value(note, "ide/xJust") == "SEFAZ de origem fora do ar"
    assert build(note).infNFe.Id[37] == "6"


def test_csrt_hash_is_sha1_of_csrt_and_key():
    note = sale()
    secret = note.technician.csrt + access_key.key_of(note)
    expected = base64.b64encode(hashlib.sha1(secret.encode()).digest()).decode()
    assert value(note, "infRespTec/hashCSRT") == expected
    assert value(note, "infRespTec/idCSRT") == "01"
    assert note.technician.csrt not in repr(note)


def test_reduced_reform_rates_show_what_is_left():
    note = sale()
    row = note.items[0]
    reduced = replace(
        row.taxes.ibs_cbs,
        cst="200",
        classification="200034",
        cbs_reduction=Decimal(60),
    )
    cheaper = replace(row, taxes=replace(row.taxes, ibs_cbs=reduced))
    assert value(replace(note, items=(cheaper,)), "gCBS/gRed/pAliqEfet") == "0.3600"


def test_unknown_code_is_a_schema_problem_not_a_crash(pen):
    note = sale()
    row = note.items[0]
    wrong = replace(
        row, taxes=replace(row.taxes, icms=replace(row.taxes.icms, code="77"))
    )
    with pytest.raises(SchemaInvalid, match="77"):
        prepare(replace(note, items=(wrong,)), pen)


def test_schema_errors_come_all_at_once(pen):
    row = replace(sale().items[0], ncm="4415", cfop="9999")
    with pytest.raises(SchemaInvalid) as caught:
        prepare(replace(sale(), items=(row,)), pen)
    texts = " ".join(error.message for error in caught.value.errors)
    assert "NCM" in texts and "CFOP" in texts and "{http" not in texts


def test_naive_dates_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        replace(sale().header, issued_at=sale().header.issued_at.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("given", "limit", "expected"),
    [
        ("  a \n b\t c ", 60, "a b c"),
        ("São João – “Centro”…", 60, 'São João - "Centro"...'),
        ("Entregar 🎁 rápido", 60, "Entregar rápido"),
        ("Žižek Łódź", 60, "Zizek ódz"),
        ("João", 60, "João"),
        ("abc def", 4, "abc"),
        ("🎁", 60, None),
        ("", 60, None),
    ],
)
def test_free_text_fits_the_schema(given, limit, expected):
    assert text.clean(given, limit) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("10", "10.00"), ("0.1234567891", "0.1234567891"), ("33.33330", "33.3333")],
)
def test_unit_prices(given, expected):
    assert text.unit_price(Decimal(given)) == expected


def test_attribute_order_of_the_layout():
    """versao stands before Id, as in every official example."""
    assert [*Tnfe.InfNfe.__dataclass_fields__][-2:] == ["versao", "Id"]
    assert xml(sale()).startswith(
        b'<NFe xmlns="http://www.portalfiscal.inf.br/nfe"><infNFe versao="4.00" Id='
    )
