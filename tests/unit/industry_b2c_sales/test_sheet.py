"""Files of all kinds become the same table, or one clear reason why not."""

import io
import zipfile

import openpyxl
import pytest

from odoo.addons.industry_b2c_sales.domain import sheet as module
from odoo.addons.industry_b2c_sales.domain.sheet import (
    Row,
    SheetError,
    find_separator,
    read_sheet,
)
from odoo.addons.industry_b2c_sales.domain.text import plain

TEXT = 'Pedido;Descrição;Preço\n1;"Cadeira ""Luna""; azul";199,90\n\n2;Mesa;1.234,56\n'


def xlsx(*rows, hidden=False):
    book = openpyxl.Workbook()
    sheet = book.active
    if hidden:
        sheet.sheet_state = "hidden"
        sheet.append(["not", "this"])
        sheet = book.create_sheet("Pedidos")
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "iso-8859-1"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_of_any_program(encoding, newline):
    sheet = read_sheet(TEXT.replace("\n", newline).encode(encoding))
    assert sheet.headers == ("Pedido", "Descrição", "Preço")
    assert sheet.rows == (
        Row(2, ("1", 'Cadeira "Luna"; azul', "199,90")),
        Row(4, ("2", "Mesa", "1.234,56")),
    )


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separator_is_found(separator):
    text = separator.join("abc") + f'\n1{separator}"x,y;z"{separator}3\n'
    assert find_separator(text) == separator


def test_decimal_commas_are_no_separators():
    assert find_separator("pedido;preço\n1;9,90\n2;8,80\n") == ";"


def test_given_encoding_and_separator_win():
    sheet = read_sheet("a;b,c\n1;2,3\n".encode("utf-16-le"), "utf-16-le", ",")
    assert sheet.headers == ("a;b", "c")
    with pytest.raises(SheetError) as error:
        read_sheet("ação\n1".encode("cp1252"), "utf-8")
    assert error.value.code == "file_encoding"


def test_row_of_several_lines_counts_as_the_spreadsheet_does():
    sheet = read_sheet(b'a;b\n1;"x\ny"\n2;z\n')
    assert [row.number for row in sheet.rows] == [2, 3]


def test_quote_that_is_never_closed_is_told():
    rows = "".join(f"{n};x\n" for n in range(30))
    with pytest.raises(SheetError) as error:
        read_sheet(f'a;b\n1;"Mesa\n{rows}'.encode())
    assert (error.value.code, error.value.params) == ("file_quote", {"row": 2})


def test_workbook():
    content = xlsx(["Pedido", "Preço"], [2000001, 199.9], [None, None], ["x", "y"])
    sheet = read_sheet(content)
    assert sheet.headers == ("Pedido", "Preço")
    assert sheet.rows == (Row(2, (2000001, 199.9)), Row(4, ("x", "y")))


def test_hidden_sheets_are_skipped():
    assert read_sheet(xlsx(["a"], [1], hidden=True)).headers == ("a",)


def test_formula_without_result_is_told_and_one_with_result_is_its_result():
    content = xlsx(["a", "b"], [2, "=A2*2"], [3, "=A3*2"])
    sheet = read_sheet(content)
    assert sheet.formulas == {(2, 1), (3, 1)}
    # A spreadsheet program stores the result beside the formula.
    stored = _edit(content, b"<f>A2*2</f><v></v>", b"<f>A2*2</f><v>4</v>")
    assert stored != content
    sheet = read_sheet(stored)
    assert sheet.rows[0].cells == (2, 4)
    assert sheet.formulas == {(3, 1)}


def test_wrong_size_in_the_file_hides_nothing():
    content = _edit(xlsx(["a", "b"], [1, 2], [3, 4]), b'ref="A1:B3"', b'ref="A1:A1"')
    assert [row.cells for row in read_sheet(content).rows] == [(1, 2), (3, 4)]


def _edit(content, old, new):
    source = zipfile.ZipFile(io.BytesIO(content))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<v />", b"<v></v>").replace(b"<v/>", b"<v></v>")
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    return buffer.getvalue()


def _zip(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"a;b\n", "file_empty"),
        (b"\xd0\xcf\x11\xe0 old Excel", "file_kind"),
        (b"\x89PNG\r\n\x1a\n\0\0", "file_kind"),
        (_zip(content="an OpenDocument"), "file_kind"),
        (b"PK\x03\x04 half a file", "file_damaged"),
        (b"x" * (module.MAX_BYTES + 1), "file_too_big"),
        (b"a\n" * (module.MAX_ROWS + 2), "file_too_long"),
    ],
)
def test_files_that_cannot_be_read(content, code):
    with pytest.raises(SheetError) as error:
        read_sheet(content)
    assert error.value.code == code


def test_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(module, "MAX_UNPACKED", 1000)
    with pytest.raises(SheetError) as error:
        read_sheet(_zip(bomb=b"0" * 100_000))
    assert error.value.code == "file_too_big"


def test_headers_are_compared_without_accents_and_signs():
    assert plain(" Nº do  Pedido: ") == plain("no do pedido") == "no do pedido"
    assert plain("Preço unitário (R$)") == "preco unitario r"
