"""A CSV or XLSX file as a table of cells, whatever program wrote it.

The first line that is not empty holds the headers. Rows keep the number that the
spreadsheet shows. What cannot be read at all raises ``SheetError``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from .cells import Cell

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 5_000
# A zip of ten megabytes may hold gigabytes.
MAX_UNPACKED = 200 * 1024 * 1024
SEPARATORS = ";,\t|"
_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SAMPLE_LINES = 20
# A quote that is never closed swallows the rows after it without a word.
_LINES_IN_CELL = 20


@dataclass(frozen=True, slots=True)
class Row:
    """``number``: as the spreadsheet shows it, the first line is 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """``formulas``: (row number, column index) of formulas without a stored result."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    formulas: frozenset[tuple[int, int]] = frozenset()


class SheetError(ValueError):
    """The file as a whole cannot be read; ``code`` and ``params`` as of a Problem."""

    def __init__(self, code: str, **params: Any):
        super().__init__(code)
        self.code = code
        self.params = params


def read_sheet(content: bytes, encoding: str = "", separator: str = "") -> Sheet:
    """The table in a file; encoding and separator of a CSV are found when empty.

    :raises SheetError: too big, of another kind, damaged, empty
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:.1f}"
        raise SheetError("file_too_big", size=size, limit=MAX_BYTES // 1024 // 1024)
    if content.startswith(_XLS):
        raise SheetError("file_kind")
    if content.startswith(_XLSX):
        return _read_xlsx(content)
    text = _decode(content, encoding)
    if "\0" in text:
        raise SheetError("file_kind")
    return _table(_csv_rows(text, separator or find_separator(text)))


# ---------------------------------------------------------------- CSV


def _decode(content: bytes, encoding: str) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark, else Windows-1252 (Excel)."""
    if not encoding and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    for name in [encoding] if encoding else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    raise SheetError("file_encoding")


def find_separator(text: str) -> str:
    """The separator that cuts the first lines into the most columns, all alike."""

    def quality(separator: str) -> tuple[bool, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        widths = [len(row) for row in islice(rows, _SAMPLE_LINES) if any(row)]
        return len(set(widths)) == 1, max(widths, default=0)

    return max(SEPARATORS, key=lambda one: (quality(one)[1] > 1, *quality(one)))


def _csv_rows(text: str, separator: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cell.count("\n") > _LINES_IN_CELL for cell in row):
                raise SheetError("file_quote", row=len(rows) + 1)
            rows.append([cell.strip() or None for cell in row])
            _check_count(rows)
    except csv.Error as error:
        raise SheetError("file_damaged") from error
    return rows


# ---------------------------------------------------------------- XLSX


def _read_xlsx(content: bytes) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                raise SheetError(
                    "file_too_big", size="200+", limit=MAX_UNPACKED // 1024 // 1024
                )
            if "xl/workbook.xml" not in archive.namelist():
                raise SheetError("file_kind")
        values = _xlsx_rows(content, data_only=True)
        sources = _xlsx_rows(content, data_only=False)
    except SheetError:
        raise
    except Exception as error:
        # openpyxl raises whatever the XML in the file makes it stumble over.
        raise SheetError("file_damaged") from error
    formulas = frozenset(
        (number, column)
        for number, (row, source) in enumerate(zip(values, sources, strict=True), 1)
        for column, (cell, formula) in enumerate(zip(row, source, strict=True))
        if cell is None and isinstance(formula, str) and formula.startswith("=")
    )
    return _table(values, formulas)


def _xlsx_rows(content: bytes, *, data_only: bool) -> list[list[Cell]]:
    """The cells of the first visible sheet, as values or as what was typed."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    try:
        visible = [one for one in book.worksheets if one.sheet_state == "visible"]
        sheet = (visible or book.worksheets)[0]
        # What the file says about its own size is often wrong.
        sheet.reset_dimensions()
        rows: list[list[Cell]] = []
        for row in sheet.iter_rows(values_only=True):
            rows.append([_xlsx_cell(cell) for cell in row])
            _check_count(rows)
        return rows
    finally:
        book.close()


def _xlsx_cell(cell: Any) -> Cell:
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


# ---------------------------------------------------------------- both


def _check_count(rows: list[list[Cell]]) -> None:
    # One line more for the headers.
    if len(rows) > MAX_ROWS + 1:
        raise SheetError("file_too_long", limit=MAX_ROWS)


def _table(
    rows: list[list[Cell]], formulas: frozenset[tuple[int, int]] = frozenset()
) -> Sheet:
    """Split headers from rows; empty rows are left out, numbers stay."""
    numbered = [
        Row(number, tuple(cells))
        for number, cells in enumerate(rows, 1)
        if any(cell is not None for cell in cells)
        or any((number, column) in formulas for column in range(len(cells)))
    ]
    if len(numbered) < 2:
        raise SheetError("file_empty")
    head, *body = numbered
    headers = tuple("" if cell is None else str(cell) for cell in head.cells)
    return Sheet(headers, tuple(body), formulas)
