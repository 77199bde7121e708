"""What a package of XML files holds: names, periods, the index for a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

from .label import format_vat

PART_BYTES = 20_000_000
"""A part stays below what mailboxes and portals of accountants take (25 MB)."""

HEADINGS = (
    "Tipo",
    "Série",
    "Número",
    "Chave",
    "Data",
    "Destinatário",
    "CPF/CNPJ",
    "Valor",
    "Situação",
    "Protocolo",
    "Arquivo",
)
_CPF = 11
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One file of the package; ``on`` in the issuer's local time."""

    kind: str
    series: str = ""
    number: str = ""
    key: str = ""
    on: datetime | None = None
    recipient: str = ""
    vat: str = ""
    value: Decimal | None = None
    situation: str = ""
    protocol: str = ""
    file: str = ""


def note_name(key: str) -> str:
    return f"notas/{key}-procNFe.xml"


def event_name(folder: str, key: str, code: str, sequence: int) -> str:
    return f"{folder}/{key}-{code}-{sequence:02d}-procEventoNFe.xml"


def voiding_name(cnpj: str, year: int, series: str, first: int, last: int) -> str:
    """Like the Id of the request, which is unique (infInut)."""
    return f"inutilizacoes/{year}-{cnpj}-{series}-{first}-{last}-procInutNFe.xml"


def package_name(cnpj: str, first: date, last: date) -> str:
    """``NFe-<CNPJ>-2026-10`` for a whole month, else with both days."""
    whole = first == month_of(first)[0] and last == month_of(first)[1]
    period = f"{first:%Y-%m}" if whole else f"{first:%Y-%m-%d}-a-{last:%Y-%m-%d}"
    return f"NFe-{cnpj}-{period}"


def month_of(day: date) -> tuple[date, date]:
    """First and last day of a month."""
    following = day.replace(day=1) + timedelta(days=32)
    return day.replace(day=1), following.replace(day=1) - timedelta(days=1)


def month_before(day: date) -> tuple[date, date]:
    return month_of(day.replace(day=1) - timedelta(days=1))


def plain(vat: str) -> str:
    """CPF or CNPJ without punctuation."""
    return re.sub(r"[^0-9A-Za-z]", "", vat)


def masked(vat: str) -> str:
    """A CPF as the government publishes it (``***.982.247-**``), a CNPJ whole."""
    if len(vat) != _CPF:
        return format_vat(vat)
    return f"***.{vat[3:6]}.{vat[6:9]}-**"


def index(rows: Iterable[Row], *, mask: bool) -> Iterator[str]:
    """CSV lines as Brazilian spreadsheets open them: semicolon, decimal comma.

    The caller writes them as UTF-8 with a byte order mark.
    """
    yield _line(HEADINGS)
    for row in rows:
        vat = masked(row.vat) if mask else format_vat(row.vat)
        value = "" if row.value is None else f"{row.value:.2f}".replace(".", ",")
        yield _line(
            (
                row.kind,
                row.series,
                row.number,
                row.key,
                f"{row.on:%d/%m/%Y %H:%M}" if row.on else "",
                row.recipient,
                vat,
                value,
                row.situation,
                row.protocol,
                row.file,
            )
        )


def _line(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(map(_text, cells))
    return line.getvalue()


def _text(cell: str) -> str:
    """A name that begins like a formula must not become one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
