"""The DANFE label in ZPL: what it says, where it stands, and that data stay data."""

import re
from dataclasses import replace

import pytest
from barcode.codex import Code128
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.nfe_batch.domain import access_key, label, zpl
from odoo.addons.nfe_batch.domain.access_key import key_of
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.label import Label, Person
from odoo.addons.nfe_batch.domain.serializer import NAMESPACE, serialize

from .notes import ISSUED, sale

PROTOCOL = (
    "<protNFe><infProt><dhRecbto>2026-11-23T10:00:01-03:00</dhRecbto>"
    "<nProt>135260000000001</nProt></infProt></protNFe>"
)
FIELD = re.compile(r"\^FO(\d+),(\d+)\^A0N,(\d+),\d+\^FH_\^FD([^^~]*)\^FS")
BOX = re.compile(r"\^FO(\d+),(\d+)\^GB(\d+),(\d+),2\^FS")
BARS = re.compile(
    r"\^FO(\d+),(\d+)\^BY(\d)\^BCN,(\d+),N,N,N,[NA]\^FD((?:>;)?[0-9A-Z]+)\^FS"
)
HEAD = re.compile(r"\^XA\^CI28\^PW800\^LL1200\^LH0,0\^LT0\^FWN")

PERSON = Person(
    name="Maria", vat="529.982.247-25", state_registration="ISENTO", state="RJ"
)


def proc(note, protocol=PROTOCOL):
    signed = serialize(build(note), "NFe").decode()
    return f'<nfeProc xmlns="{NAMESPACE}">{signed}{protocol}</nfeProc>'.encode()


def sample(**changes):
    values = {
        "key": "35261111222333000181550010000000011000000010",
        "protocol": "135260000000001 - 23/11/2026 10:00:01",
        "operation": "1 - SAÍDA",
        "number": "000.000.001",
        "series": "1",
        "issued_on": "23/11/2026",
        "issuer": PERSON,
        "recipient": PERSON,
        "address": "Rua das Flores, 12 - Centro - Rio de Janeiro/RJ - CEP 20040-002",
        "total": "R$ 199,90",
    }
    return Label(**values | changes)


def lines(text):
    """Every line is exactly one drawing of ours."""
    for line in text.splitlines():
        if not HEAD.fullmatch(line) and line != "^XZ":
            yield next(
                (form, found)
                for form in (FIELD, BOX, BARS)
                if (found := form.fullmatch(line))
            )


def texts(text):
    return [
        re.sub(r"_([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), found[4])
        for form, found in lines(text)
        if form is FIELD
    ]


def test_says_what_the_norm_wants():
    note = sale()
    data = label.read(proc(note))
    shown = texts(zpl.label(data))
    key = key_of(note)
    assert " ".join(key[at : at + 4] for at in range(0, 44, 4)) in shown
    assert "135260000000001 - 23/11/2026 10:00:01" in shown
    for expected in (
        "INDUSTRIA DE PALLETS TESTE LTDA",
        "11.222.333/0001-81",
        "111111111111",
        "SP",
        "529.982.247-25",
        "000.000.001",
        ISSUED.strftime("%d/%m/%Y"),
        "1 - SAÍDA",
    ):
        assert expected in shown, expected
    # The note of the tests is of the homologation.
    assert "SEM VALOR FISCAL" in shown


def test_cancelled_and_contingency_are_told():
    note = sale()
    assert label.read(proc(note), cancelled=True).warning == "CANCELADA"
    content = proc(note, "").replace(b"<tpAmb>2", b"<tpAmb>1")
    assert label.read(content).warning == "SEM VALOR FISCAL"
    content = content.replace(
        b"<tpEmis>1</tpEmis>",
        b"<tpEmis>4</tpEmis><dhCont>2026-11-23T09:00:00-03:00</dhCont>"
        b"<xJust>SEFAZ fora do ar</xJust>",
    )
    data = label.read(content, epec_protocol="891 - 23/11/2026 09:58:00")
    assert data.warning == ""
    shown = texts(zpl.label(data))
    assert "PROTOCOLO DE AUTORIZAÇÃO DO EPEC" in shown
    assert "891 - 23/11/2026 09:58:00" in shown
    assert any("SEFAZ fora do ar" in line for line in shown)


def test_delivery_address_goes_first():
    content = proc(sale()).replace(
        b"<det ",
        b"<entrega><CPF>52998224725</CPF><xNome>Portaria</xNome><xLgr>Rua B</xLgr>"
        b"<nro>7</nro><xBairro>Centro</xBairro><cMun>3304557</cMun><xMun>Rio</xMun>"
        b"<UF>RJ</UF><CEP>20040002</CEP></entrega><det ",
        1,
    )
    assert label.read(content).address == (
        "Portaria - Rua B, 7 - Centro - Rio/RJ - CEP 20040-002"
    )


def alphanumeric_key():
    base = "352611" + "12ABC34501DE35" + "550010000000011000000010"[:-1]
    return base + str(access_key.check_digit(base))


@pytest.mark.parametrize("key", [sample().key, alphanumeric_key()])
def test_barcode_fits(key):
    code = zpl.barcode(key)
    assert code.data.removeprefix(">;") == key
    # Another's encoder needs about as many: it changes the code set later.
    others = len(Code128(key).build()[0])
    assert abs(code.modules - others) <= 2 * 11
    # 6 cm without the quiet zones (MOC 7.0, Anexo II): 8 dots are a millimetre.
    assert code.modules * zpl.MODULE >= 60 * 8
    assert code.width <= zpl.WIDTH


def test_digits_only_go_as_code_c():
    code = zpl.barcode(sample().key)
    assert (code.data, code.mode) == (">;" + sample().key, "N")
    assert code.modules == 277


def test_other_characters_are_no_key():
    with pytest.raises(ValueError):
        zpl.barcode("35^XZ")


@given(st.from_regex(r"[0-9]{6}[0-9A-Z]{12}[0-9]{26}", fullmatch=True))
def test_barcode_of_any_key_fits(key):
    assert zpl.barcode(key).width <= zpl.WIDTH


long_text = st.text(max_size=300)


@given(long_text, long_text, long_text, st.text(max_size=40))
def test_data_inject_no_command(name, address, contingency, number):
    """Commands, their order and their number depend on nothing but line breaks."""
    person = replace(PERSON, name=name, state_registration=number)
    data = sample(
        recipient=person, address=address, contingency=contingency, number=number
    )
    text = zpl.label(data)
    assert text.startswith("^XA^CI28") and text.endswith("^XZ\n")
    assert text.count("^XA") == text.count("^XZ") == 1
    for form, found in lines(text):
        x, y = int(found[1]), int(found[2])
        assert 0 <= x and 0 <= y
        if form is BOX:
            assert x + int(found[3]) <= zpl.WIDTH - zpl.MARGIN
            assert y + int(found[4]) <= zpl.HEIGHT - zpl.MARGIN
        elif form is FIELD:
            assert int(found[3]) >= 17, "6 pt"
            assert y + int(found[3]) <= zpl.HEIGHT - zpl.MARGIN
            assert not re.search(r"[\x00-\x1f\x7f~\\]", found[4])


HOSTILE = "^XZ^XA~JA\r\n^FDx^FS _5E \\& >;"


def test_hostile_name_is_printed_as_it_is():
    text = zpl.label(sample(recipient=replace(PERSON, name=HOSTILE)))
    assert "^XZ^XA~JA ^FDx^FS _5E /& >;" in texts(text)


@pytest.mark.parametrize("key", [sample().key, alphanumeric_key()])
@pytest.mark.parametrize("warning", ["", "SEM VALOR FISCAL"])
def test_long_texts_stay_in_their_boxes(key, warning):
    long = "WWWWWWWWWW " * 12
    person = replace(PERSON, name=long)
    text = zpl.label(
        sample(
            key=key,
            recipient=person,
            issuer=person,
            address=long,
            contingency=long,
            warning=warning,
        )
    )
    drawn = list(lines(text))
    bars = next(found for form, found in drawn if form is BARS)
    left, width = int(bars[1]), zpl.barcode(key).modules * int(bars[3])
    assert left - zpl.QUIET >= 0
    assert left + width + zpl.QUIET <= zpl.WIDTH
    assert int(bars[4]) >= 64, "8 mm"
    for form, found in drawn:
        if form is FIELD:
            right = int(found[1]) + zpl._text_width(found[4], int(found[3]))
            assert right <= zpl.WIDTH - zpl.MARGIN, found[4]
    boxes = [tuple(map(int, found.groups())) for form, found in drawn if form is BOX]
    for one, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[one + 1 :]:
            apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
            assert apart
