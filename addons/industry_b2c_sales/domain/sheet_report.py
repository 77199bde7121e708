"""Files that we hand out: the template to fill in, the report on an upload."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# Spreadsheets take these at the start of a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEMPLATE_ROWS = 1000


def template_xlsx(
    headers: Sequence[str], example: Sequence[str], as_text: Iterable[int]
) -> bytes:
    """A workbook with headers and one example row.

    :param as_text: indexes of columns that hold numbers as text (CPF, CEP, orders):
        formatted so, the spreadsheet keeps their zeros and all their digits
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "Pedidos"
    sheet.append(list(headers))
    sheet.append(list(example))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        width = max(len(str(cell.value)), len(str(example[cell.column - 1])))
        sheet.column_dimensions[cell.column_letter].width = width + 3
    for column in as_text:
        for row in range(2, _TEMPLATE_ROWS):
            sheet[f"{get_column_letter(column + 1)}{row}"].number_format = "@"
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def report_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV that Excel in Portuguese opens by double click (semicolons, UTF-8 mark)."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(headers)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    """A text from somebody else's file must not run as a formula in ours."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
