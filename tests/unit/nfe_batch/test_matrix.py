"""Every note of the matrix, before judges that are not ours."""

import subprocess
from dataclasses import replace

import pytest
from brazilfiscalreport.danfe import Danfe, DanfeEtiqueta, DanfeEtiquetaConfig
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from nfelib.nfe.bindings.v4_0.nfe_v4_00 import Nfe
from nfelib.nfe.bindings.v4_0.proc_nfe_v4_00 import NfeProc
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser

from odoo.addons.nfe_batch.domain import preflight, totals
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.prepare import prepare
from odoo.addons.nfe_batch.domain.serializer import NAMESPACE, serialize

from simulators.sefaz import note as simulated
from simulators.sefaz import rules_payment, rules_totals, rules_trade

from .matrix import MATRIX, b2b
from .tools import SCHEMAS

NFE_XSD = SCHEMAS / "nfe/schemas/v4_0/nfe_v4.00.xsd"
SAMPLES = sorted((SCHEMAS / "nfe/samples/v4_0").rglob("*.xml"))
PARSER = XmlParser(context=XmlContext())
NAMES = list(MATRIX)


def root_of(name):
    return etree.fromstring(serialize(build(MATRIX[name]), "NFe"))


def text(name, path):
    return root_of(name).findtext(f".//{{*}}{path.replace('/', '/{*}')}")


@pytest.fixture(scope="module")
def signed(pen, tmp_path_factory):
    """The signed notes as files, in the order of the matrix."""
    folder = tmp_path_factory.mktemp("matrix")
    files = []
    for place, note in enumerate(MATRIX.values()):
        files.append(folder / f"{place:02d}.xml")
        files[-1].write_bytes(prepare(note, pen).signed_xml)
    return files


def run(*command):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_preflight_passes(name):
    assert preflight.check(MATRIX[name]) == ()


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_of_the_sefaz_pass(name):
    note = simulated.Note.read(serialize(build(MATRIX[name]), "NFe"))
    for rules in (rules_totals, rules_payment, rules_trade):
        rules.check(note)


def test_xmllint_passes_all(signed):
    code, told = run("xmllint", "--noout", "--schema", NFE_XSD, *signed)
    assert code == 0, told
    assert told.count(" validates") == len(MATRIX)


def test_xmlsec1_passes_all(signed, authority, tmp_path):
    root, issuer = tmp_path / "root.pem", tmp_path / "issuer.pem"
    root.write_bytes(authority.root.public_bytes(Encoding.PEM))
    issuer.write_bytes(authority.issuer.public_bytes(Encoding.PEM))
    identity = f"--id-attr:Id {NAMESPACE}:infNFe".split()
    trusted = ("--trusted-pem", root, "--untrusted-pem", issuer)
    code, told = run("xmlsec1", "--verify", *identity, *trusted, *signed)
    assert code == 0, told
    assert told.count("OK\n") >= len(MATRIX)


@pytest.mark.parametrize("name", NAMES)
def test_brazilfiscalreport_draws(name, signed):
    content = signed[NAMES.index(name)].read_text()
    label = DanfeEtiqueta(
        xml=content, config=DanfeEtiquetaConfig(paper_width=100, paper_height=150)
    )
    for report in (Danfe(xml=content), label):
        assert bytes(report.output()).startswith(b"%PDF")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_survive_the_round_trip(path):
    """nfelib's samples, read by nfelib and written by us, mean the same XML."""
    original = etree.parse(path, etree.XMLParser(remove_blank_text=True))
    tag = etree.QName(original.getroot()).localname
    kind = {"nfeProc": NfeProc, "NFe": Nfe}.get(tag)
    if kind is None:
        assert tag.casefold().endswith("inutnfe"), tag
        return
    written = etree.fromstring(serialize(PARSER.from_path(path, kind), tag))
    assert canonical(written) == canonical(original.getroot())


def canonical(root):
    """infNFe alone: the samples' signatures are of other data."""
    info = root if root.tag.endswith("}NFe") else root.find("{*}NFe")
    content = etree.tostring(info.find("{*}infNFe"), encoding="unicode")
    return etree.canonicalize(content, strip_text=True)


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("every cst", "ICMS10/vFCPST", "2.00"),
        ("every cst", "ICMS51/vICMSDif", "48.55"),
        ("every cst", "ICMS51/vICMS", "113.27"),
        ("every cst", "ICMSTot/vFCPST", "8.00"),
        ("every cst", "ICMSTot/vFCPSTRet", "2.00"),
        ("every csosn", "ICMSSN201/vCredICMSSN", "1.12"),
        ("ipi by unit", "IPITrib/qUnid", "10.0000"),
        ("pis and cofins by unit", "PISQtde/vAliqProd", "0.1234"),
        ("pis and cofins by unit", "COFINSOutr/qBCProd", "10.0000"),
        ("deferred", "gCBS/gDif/vDif", "8.09"),
        ("deferred", "IBSCBSTot/gCBS/vDif", "8.09"),
        ("given back", "gCBS/gDevTrib/vDevTrib", "1.00"),
        ("exempt", "gIBSCBS/vBC", None),
        ("exempt", "total/vNFTot", None),
        ("selective", "ISTot/vIS", "8.99"),
        ("on credit", "fat/vLiq", "899.00"),
        ("on credit", "dup/nDup", "001"),
        ("on credit", "compra/xPed", "PC-4711"),
        ("export", "dest/idEstrangeiro", "US-123456"),
        ("export", "exporta/UFSaidaPais", "SP"),
        ("credit note", "ide/tpNFCredito", "04"),
        ("credit note", "det/imposto/ICMS", None),
        ("credit note", "ICMSTot/vNF", "899.00"),
        ("debit note", "ide/tpNFDebito", "04"),
        ("to oneself", "ide/tpNF", "0"),
        ("references", "NFref/refNFP/IE", "111222333"),
        ("references", "NFref/refNF/AAMM", "2610"),
        ("references", "NFref/refCTe", MATRIX["references"].references[1]),
        ("pix", "card/CNPJReceb", "03007331000141"),
        ("card", "card/idTermPag", "T-01"),
        ("dates", "ide/dPrevEntrega", "2026-11-30"),
    ],
)
def test_what_the_groups_tell(name, path, expected):
    assert text(name, path) == expected


def test_a_key_may_hold_letters():
    key = root_of("alphanumeric issuer")[0].get("Id")[3:]
    assert key[6:20] == "12ABC34501DE35"


def test_without_a_number_the_tag_of_a_foreigner_stands():
    note = MATRIX["export"]
    nameless = replace(note, recipient=replace(note.recipient, foreign_id=""))
    assert preflight.check(nameless) == ()
    assert b"<idEstrangeiro/>" in serialize(build(nameless), "NFe")


def test_fcp_st_is_part_of_the_value():
    with_st, without = b2b("10"), b2b("00")
    assert totals.of(with_st).note - totals.of(without).note == 20
