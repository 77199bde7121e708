"""Values of a spreadsheet's cells as people in Brazil write them.

A cell is text (CSV), or text, number, date or bool (XLSX). Every function returns None
for an empty cell and raises ``CellError`` for what it does not understand: a wrong
amount is worse than a row that a person must look at.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

Cell = str | int | float | bool | date | datetime | None

# 1.234.567,89 and 1234,5: groups of three or none at all; the same the other way round.
_COMMA = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
_POINT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_TOO_MUCH = 10**12
_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?E\+\d+", re.IGNORECASE)
_EXCEL_ERROR = re.compile(
    r"#(N/A|N/D|REF|VALUE|VALOR|DIV/0|NAME|NOME|NULL|NULO|NUM)[!?]?"
)
_LOCAL = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_YEARS = range(2000, 2100)
# Day zero of Excel's serial numbers: 1900 is no leap year, but Excel says so.
_EXCEL_EPOCH = datetime(1899, 12, 30)


class CellError(ValueError):
    """A cell that cannot be read; ``code`` as in the issues, ``value`` as it stands."""

    def __init__(self, code: str, value: object):
        super().__init__(code)
        self.code = code
        self.value = str(value)


def as_text(cell: Cell) -> str:
    """A cell as text: 2000001234567.0 is the number of an order, not an amount."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    text = " ".join(str(cell).replace("\N{NO-BREAK SPACE}", " ").split())
    if _EXCEL_ERROR.fullmatch(text):
        raise CellError("cell_error", text)
    return text


def as_identifier(cell: Cell) -> str:
    """The name of an order or a product: not what a spreadsheet made of it.

    Of 2,00000123E+12 the last digits are lost for ever; the SKU 10-5 became a date.
    """
    text = as_text(cell)
    if isinstance(cell, date) or _SCIENTIFIC.fullmatch(text):
        raise CellError("cell_converted", text)
    return text


def as_digits(cell: Cell, *lengths: int) -> str:
    """A CPF, CNPJ or CEP: spreadsheets drop the zeros at the left, they come back."""
    text = as_identifier(cell)
    if not text.isdigit():
        return text
    for length in sorted(lengths):
        if len(text) <= length:
            return text.zfill(length)
    return text


def as_decimal(cell: Cell, mark: str = ",") -> Decimal | None:
    """An amount; ``mark`` decides what ``1.234`` is, not what ``199.90`` is.

    A number of a spreadsheet has binary noise (0.1 + 0.2), so six places are kept.
    """
    if isinstance(cell, bool | datetime | date):
        raise CellError("cell_number", cell)
    text = ""
    amount = None
    if isinstance(cell, int | float):
        if abs(cell) < _TOO_MUCH:
            amount = round(Decimal(str(cell)), 6)
    else:
        text = re.sub(r"^(-?)\s*(R\$|BRL)\s*", r"\1", as_text(cell).upper())
        amount = _parse_decimal(text, mark)
        if not text:
            return None
    if amount is None or abs(amount) >= _TOO_MUCH:
        raise CellError("cell_number", as_text(cell))
    return amount


def _parse_decimal(text: str, mark: str) -> Decimal | None:
    shapes = [(_COMMA, ".", ","), (_POINT, ",", ".")]
    for shape, group, point in shapes if mark == "," else reversed(shapes):
        if shape.fullmatch(text):
            return Decimal(text.replace(group, "").replace(point, "."))
    return None


def as_datetime(cell: Cell, zone: ZoneInfo) -> datetime | None:
    """A point in time as aware UTC; a time without zone is ``zone``'s, a day midnight.

    Understood: 23/11/2026 14:30:05, 23/11/26, 23-11-2026, ISO 8601, dates and serial
    numbers of Excel. The day comes before the month, always.
    """
    if isinstance(cell, bool):
        raise CellError("cell_date", cell)
    if isinstance(cell, int | float):
        if not 1 <= cell < 100_000:
            raise CellError("cell_date", cell)
        moment = _EXCEL_EPOCH + timedelta(days=cell)
        return _utc(moment.replace(microsecond=0), zone)
    if isinstance(cell, datetime):
        return _utc(cell, zone)
    if isinstance(cell, date):
        return _utc(datetime(cell.year, cell.month, cell.day), zone)
    text = as_text(cell)
    return _utc(_parse_datetime(text), zone) if text else None


def _parse_datetime(text: str) -> datetime:
    try:
        if found := _LOCAL.fullmatch(text):
            day, month, year, *clock = (int(part or 0) for part in found.groups())
            return datetime(year if year > 99 else 2000 + year, month, day, *clock)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise CellError("cell_date", text) from error


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.year not in _YEARS:
        raise CellError("cell_date", moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
