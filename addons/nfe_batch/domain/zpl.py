"""The DANFE label as ZPL II for thermal printers: 203 dpi (8 dots/mm), 100 × 150 mm.

Contents: ``domain.label``; dimensions of text and bar code: NT 2020.004 v1.10 (6 pt or
more, key at the top right) and MOC 7.0, Anexo II, chapter 2 (bar code of 6 cm or more,
0.8 cm high, quiet zones of ten modules). Whatever the data say, only this module writes
commands: field data are cleaned and their delimiters written in hexadecimal (^FH).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .label import Label, Person
from .text import clean

WIDTH, HEIGHT = 800, 1200
"""Dots of the label."""
MARGIN = 24
MODULE = 2
"""Dots of the narrowest bar: 0.25 mm, the least that thermal printers print evenly."""
QUIET = 10 * MODULE
BAR_HEIGHT = 88

_PADDING = 6
_TITLE, _VALUE, _SECTION, _WARNING = 18, 24, 20, 40
"""Heights of letters in dots; 17 dots are 6 pt."""
_LEADING = 4
_LINE = 2
_HEADER = BAR_HEIGHT + 2 * _PADDING
_DELIMITERS = re.compile(r"[\^~_]")
_LONGEST = 400

_WIDE, _NARROW = frozenset("MWmw@%&ÀÁÂÃÄ"), frozenset("iIljt.,:;!|'()/ -fr")
_DIGITS = frozenset("0123456789.")
_BY_WIDTH = (_WIDE, 0.85), (_DIGITS, 0.52), (_NARROW, 0.4)
_COMMON = 0.58
"""Width of a letter of font 0 as a share of its height, rather too wide."""

_DIGIT_RUN = re.compile(r"\d{4,}")
_SYMBOL, _STOP = 11, 13
"""Modules of a Code 128 symbol and of the stop pattern."""


@dataclass(frozen=True, kw_only=True)
class Barcode:
    """A Code 128 in ZPL's notation; ``modules`` without the quiet zones."""

    data: str
    mode: str
    modules: int

    @property
    def width(self) -> int:
        """Dots, quiet zones included."""
        return self.modules * MODULE + 2 * QUIET


def barcode(key: str) -> Barcode:
    """Code 128 C of a key; with the letters of an alphanumeric CNPJ the printer chooses
    the code sets (mode A): C for four digits or more in a row, B for the rest.

    :raises ValueError: the key has other characters
    """
    if not re.fullmatch(r"[0-9A-Z]+", key):
        raise ValueError("A key has digits and capital letters only")
    if key.isdigit() and len(key) % 2 == 0:
        symbols = 1 + len(key) // 2
        data, mode = f">;{key}", "N"
    else:
        data, mode, symbols = key, "A", _automatic_symbols(key)
    check = 1
    return Barcode(data=data, mode=mode, modules=(symbols + check) * _SYMBOL + _STOP)


def label(data: Label) -> str:
    """One label, ^XA to ^XZ."""
    sheet = _Sheet()
    _draw_header(sheet, data)
    if data.warning:
        sheet.row([_Cell("", data.warning, 1, _WARNING)])
    if data.contingency:
        sheet.row([_Cell("DANFE EM CONTINGÊNCIA", data.contingency, 1)])
    sheet.section("DADOS DO EMITENTE")
    _draw_person(sheet, data.issuer)
    sheet.section("DADOS DO DESTINATÁRIO/REMETENTE")
    _draw_person(sheet, data.recipient)
    sheet.row([_Cell("ENDEREÇO", data.address, 1)])
    if data.total:
        sheet.row([_Cell("VALOR TOTAL DA NOTA FISCAL", data.total, 1)])
    return sheet.zpl()


def _automatic_symbols(key: str) -> int:
    """The start or change of the code set is a symbol of its own before each part."""
    symbols, at = 0, 0
    for run in _DIGIT_RUN.finditer(key):
        start = run.start() + (run.end() - run.start()) % 2
        if start > at:
            symbols += 1 + start - at
        symbols += 1 + (run.end() - start) // 2
        at = run.end()
    return symbols + (1 + len(key) - at if at < len(key) else 0)


# === LAYOUT === #


@dataclass(frozen=True)
class _Cell:
    title: str
    value: str
    weight: float
    size: int = _VALUE


@dataclass
class _Sheet:
    """Boxes from top to bottom; what does not fit any more is left out."""

    y: int = MARGIN
    commands: list[str] = field(default_factory=list)
    width: int = WIDTH - 2 * MARGIN

    def row(self, cells: Sequence[_Cell]) -> None:
        total = sum(cell.weight for cell in cells)
        boxes = []
        for cell in cells:
            width = int(self.width * cell.weight / total)
            lines = _wrap(cell.value, width - 2 * _PADDING, cell.size)
            boxes.append((cell, width, lines))
        height = max(_box_height(cell, lines) for cell, _width, lines in boxes)
        if self.y + height > HEIGHT - MARGIN:
            return
        x = MARGIN
        for cell, width, lines in boxes:
            self._box(x, width, height)
            y = self.y + _PADDING
            if cell.title:
                self.text(x + _PADDING, y, cell.title, _TITLE)
                y += _TITLE + _LEADING
            for line in lines:
                self.text(x + _PADDING, y, line, cell.size)
                y += cell.size + _LEADING
            x += width
        self.y += height

    def section(self, title: str) -> None:
        self.text(MARGIN, self.y + 2 * _LEADING, title, _SECTION)
        self.y += 2 * _LEADING + _SECTION + _LEADING

    def text(self, x: int, y: int, text: str, size: int) -> None:
        self.commands.append(f"^FO{x},{y}^A0N,{size},{size}^FH_^FD{_data(text)}^FS")

    def _box(self, x: int, width: int, height: int) -> None:
        self.commands.append(f"^FO{x},{self.y}^GB{width},{height},{_LINE}^FS")

    def bars(self, x: int, y: int, code: Barcode) -> None:
        self.commands.append(
            f"^FO{x},{y}^BY{MODULE}^BCN,{BAR_HEIGHT},N,N,N,{code.mode}^FD{code.data}^FS"
        )

    def zpl(self) -> str:
        """^CI28: the data are UTF-8; ^LH and ^LT undo what a job before left set."""
        head = f"^XA^CI28^PW{WIDTH}^LL{HEIGHT}^LH0,0^LT0^FWN"
        return "\n".join([head, *self.commands, "^XZ", ""])


def _draw_header(sheet: _Sheet, data: Label) -> None:
    """Title and bar code, beside each other when both fit; then what names the note."""
    code = barcode(data.key)
    left = WIDTH - MARGIN - code.width
    words = ("DANFE", "SIMPLIFICADO -", "ETIQUETA")
    room = left - MARGIN - 2 * _PADDING
    if all(_text_width(word, _TITLE) <= room for word in words):
        step = _HEADER // (len(words) + 1)
        for place, word in enumerate(words):
            sheet.text(MARGIN, sheet.y + _PADDING + place * step, word, _TITLE)
    else:
        left = (WIDTH - code.width) // 2
        sheet.section("DANFE SIMPLIFICADO - ETIQUETA")
    sheet.bars(left + QUIET, sheet.y + _PADDING, code)
    sheet.y += _HEADER
    sheet.row([_Cell("CHAVE DE ACESSO", " ".join(_fours(data.key)), 1)])
    sheet.row([_Cell(_protocol_title(data), data.protocol, 1)])
    sheet.row(
        [
            _Cell("OPERAÇÃO", data.operation, 3),
            _Cell("NÚMERO", data.number, 3.5),
            _Cell("SÉRIE", data.series, 1.5),
            _Cell("EMISSÃO", data.issued_on, 3),
        ]
    )


def _protocol_title(data: Label) -> str:
    return f"PROTOCOLO DE AUTORIZAÇÃO {'DO EPEC' if data.by_epec else 'DE USO'}"


def _draw_person(sheet: _Sheet, person: Person) -> None:
    sheet.row([_Cell("NOME/RAZÃO SOCIAL", person.name, 1)])
    sheet.row(
        [
            _Cell("CNPJ/CPF", person.vat, 4.5),
            _Cell("INSCRIÇÃO ESTADUAL", person.state_registration, 4),
            _Cell("UF", person.state, 1.5),
        ]
    )


def _fours(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def _box_height(cell: _Cell, lines: Sequence[str]) -> int:
    title = _TITLE + _LEADING if cell.title else 0
    return 2 * _PADDING + title + len(lines) * (cell.size + _LEADING)


# === TEXT === #


def _data(text: str) -> str:
    """Field data: nothing in it starts a command, ends the field or steers it."""
    # Old firmware takes "\&" for a line break.
    shown = (clean(text, _LONGEST) or "").replace("\\", "/")
    return _DELIMITERS.sub(lambda found: f"_{ord(found[0]):02X}", shown)


def _text_width(text: str, size: int) -> int:
    return sum(round(_share(char) * size) for char in text)


def _share(char: str) -> float:
    return next((share for chars, share in _BY_WIDTH if char in chars), _COMMON)


def _wrap(text: str, width: int, size: int) -> list[str]:
    """Lines that fit; a word that is too long is cut. One empty line at least."""
    lines = [""]
    for word in (clean(text, _LONGEST) or "").split():
        for piece in _pieces(word, width, size):
            longer = f"{lines[-1]} {piece}".strip()
            if _text_width(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, width: int, size: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and _text_width(pieces[-1] + char, size) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
