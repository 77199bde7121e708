"""Orders out of a table: a row is a line, rows with one number are one order.

A mapping says which header holds what. A row that cannot be read spoils its order and
no other one; every problem is told with the number of its row. What is *missing* in
an order is not looked at here: ``intake.check`` does, as for every channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .axes import Axis, Fact, OrderState, PaymentState
from .cells import (
    Cell,
    CellError,
    as_datetime,
    as_decimal,
    as_digits,
    as_identifier,
    as_text,
)
from .intake import (
    IntakeAddress,
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    IntakePayment,
    Problem,
    lines_total,
)
from .sheet import Row, Sheet
from .text import plain

# Field of a row → the header in the template, then what else it is called out there.
HEADERS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "Número do pedido",
        "pedido",
        "n do pedido",
        "id do pedido",
        "order id",
    ),
    "ordered_at": (
        "Data do pedido",
        "data da compra",
        "data",
        "criado em",
        "order date",
    ),
    "status": ("Situação", "status", "status do pedido", "estado"),
    "pack_id": ("Carrinho", "numero do carrinho", "pack id"),
    "name": ("Nome", "cliente", "nome do cliente", "comprador", "nome do comprador"),
    "vat": ("CPF/CNPJ", "cpf", "cnpj", "documento", "cpf do cliente"),
    "email": ("E-mail", "email do cliente"),
    "phone": ("Telefone", "celular", "fone"),
    "zip": ("CEP", "cep de entrega"),
    "street": ("Rua", "endereco", "logradouro"),
    "number": ("Número", "numero do endereco", "nro", "num"),
    "complement": ("Complemento",),
    "district": ("Bairro",),
    "city": ("Cidade", "municipio"),
    "uf": ("UF", "estado uf", "sigla do estado"),
    "sku": ("SKU", "codigo", "codigo do produto", "referencia", "cod produto"),
    "title": ("Produto", "descricao", "nome do produto", "titulo"),
    "quantity": ("Quantidade", "qtd", "qtde", "quant"),
    "unit_price": (
        "Preço unitário",
        "valor unitario",
        "preco",
        "preco unit",
        "vl unit",
    ),
    "line_discount": ("Desconto do item", "desconto item"),
    "discount": ("Desconto do pedido", "desconto", "valor do desconto"),
    "channel_discount": (
        "Desconto do canal",
        "desconto do marketplace",
        "desconto marketplace",
        "desconto da plataforma",
        "cupom do canal",
        "cupom do marketplace",
    ),
    "freight": ("Frete", "valor do frete", "taxa de entrega"),
    "paid_total": ("Total pago", "total", "valor total", "total do pedido"),
    "method": ("Forma de pagamento", "pagamento", "meio de pagamento"),
}
REQUIRED = ("external_id", "ordered_at", "sku", "quantity", "unit_price")
# Rows of one order that disagree on these were mapped or grouped wrongly.
_TOTALS = ("discount", "channel_discount", "freight", "paid_total")
_ONE_PER_ORDER = ("ordered_at", "status", "vat", *_TOTALS)
_AMOUNTS = ("quantity", "unit_price", "line_discount", *_TOTALS)

_STATUS = {
    "paid": (
        *("pago", "paga", "aprovado", "aprovada", "pagamento aprovado"),
        *("pronto para envio", "em separacao", "approved"),
    ),
    "waiting": (
        *("pendente", "aguardando", "aguardando pagamento", "em aberto", "em analise"),
        *("pending", "awaiting payment"),
    ),
    "cancelled": ("cancelado", "cancelada", "canceled", "cancelled"),
}
_STATES: dict[str, tuple[OrderState, PaymentState | None]] = {
    "paid": (OrderState.READY, PaymentState.PAID),
    "waiting": (OrderState.AWAITING_PAYMENT, PaymentState.PENDING),
    "cancelled": (OrderState.CANCELLED, None),
}
_METHODS = {
    "pix": ("pix",),
    "credit_card": ("cartao de credito", "cartao credito", "credito", "credit card"),
    "debit_card": ("cartao de debito", "cartao debito", "debito", "debit card"),
    "boleto": ("boleto", "boleto bancario"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands: its header, and what to take when the cell is empty."""

    header: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the files of a channel look. ``source`` names the account, as everywhere.

    ``mark``: decimal mark of amounts as text; ``zone``: of times without one.
    """

    source: str
    columns: Mapping[str, Column]
    mark: str = ","
    zone: ZoneInfo = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """``row``: where the problem stands, as the spreadsheet counts."""

    row: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class FileOrder:
    """One order of a file; ``order`` is None when a row of it cannot be read."""

    external_id: str
    rows: tuple[int, ...]
    order: IntakeOrder | None = None
    problems: tuple[FileProblem, ...] = ()

    @property
    def cancelled(self) -> bool:
        return self.order is not None and any(
            fact.state == OrderState.CANCELLED for fact in self.order.facts
        )


@dataclass(slots=True)
class _Draft:
    """The rows of one order while they are being read."""

    rows: list[int] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def guess_columns(headers: Iterable[str]) -> dict[str, Column]:
    """The fields that are recognised among the headers of a file."""
    known = {plain(name): code for code, names in HEADERS.items() for name in names}
    found: dict[str, Column] = {}
    for header in headers:
        code = known.get(plain(header))
        if code and code not in found:
            found[code] = Column(header)
    return found


def template_columns() -> dict[str, Column]:
    """The mapping that fits the template file."""
    return {code: Column(names[0]) for code, names in HEADERS.items()}


def missing_columns(sheet: Sheet, layout: Layout) -> list[str]:
    """Headers that must be in the file and are not (a default stands for a column)."""
    places = _places(sheet, layout)
    return [
        layout.columns[code].header if code in layout.columns else HEADERS[code][0]
        for code in REQUIRED
        if code not in places and not layout.columns.get(code, Column()).default
    ]


def read_orders(sheet: Sheet, layout: Layout, now: datetime) -> list[FileOrder]:
    """The orders of a file in the order of their first rows.

    :param now: aware UTC; when a cancellation was learnt
    """
    places = _places(sheet, layout)
    drafts: dict[str, _Draft] = {}
    for row in sheet.rows:
        values, problems = _read_row(row, sheet, layout, places)
        # A row without a number belongs to nothing: it stands alone in the report.
        name = str(values.get("external_id") or f"\0{row.number}")
        draft = drafts.setdefault(name, _Draft())
        draft.rows.append(row.number)
        draft.values.append(values)
        draft.problems += [FileProblem(row.number, problem) for problem in problems]
    return [_finish(name, draft, layout, now) for name, draft in drafts.items()]


def _places(sheet: Sheet, layout: Layout) -> dict[str, int]:
    """Index of each mapped field's column; of two equal headers the first counts."""
    index: dict[str, int] = {}
    for at, header in enumerate(sheet.headers):
        index.setdefault(plain(header), at)
    return {
        code: index[plain(column.header)]
        for code, column in layout.columns.items()
        if plain(column.header) in index
    }


# ---------------------------------------------------------------- one row


def _read_row(
    row: Row, sheet: Sheet, layout: Layout, places: Mapping[str, int]
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for code in HEADERS:
        column = layout.columns.get(code, Column())
        at = places.get(code, len(row.cells))
        cell = row.cells[at] if at < len(row.cells) else None
        header = column.header or HEADERS[code][0]
        if (row.number, at) in sheet.formulas:
            problems.append(Problem("cell_formula", {"column": header}))
            continue
        if cell is None:
            cell = column.default or None
        try:
            values[code] = _value(code, cell, layout)
        except CellError as error:
            params = {"column": header, "value": error.value[:60]}
            problems.append(Problem(error.code, params))
            continue
        if code in REQUIRED and values[code] in (None, ""):
            problems.append(Problem("cell_missing", {"column": header}))
    return values, problems


def _value(code: str, cell: Cell, layout: Layout) -> object:
    if code in _AMOUNTS:
        return as_decimal(cell, layout.mark)
    if code == "ordered_at":
        return as_datetime(cell, layout.zone)
    if code == "vat":
        return as_digits(cell, 11, 14)
    if code == "zip":
        return as_digits(cell, 8)
    if code in ("external_id", "sku", "pack_id", "number", "phone"):
        return as_identifier(cell)
    if code == "status":
        return _word(_STATUS, cell, "cell_status")
    if code == "method":
        return _word(_METHODS, cell)
    return as_text(cell)


def _word(words: Mapping[str, tuple[str, ...]], cell: Cell, error: str = "") -> str:
    """What a word means; an unknown one is refused with ``error``, else kept."""
    text = plain(as_text(cell))
    for code, known in words.items():
        if text in (code, *known):
            return code
    if error and text:
        raise CellError(error, as_text(cell))
    return text


# ---------------------------------------------------------------- one order


def _finish(name: str, draft: _Draft, layout: Layout, now: datetime) -> FileOrder:
    problems = draft.problems or _disagreements(draft, layout)
    external_id = "" if name.startswith("\0") else name
    if problems:
        return FileOrder(external_id, tuple(draft.rows), None, tuple(problems))
    order = _order(external_id, draft, layout, now)
    return FileOrder(external_id, tuple(draft.rows), order)


def _disagreements(draft: _Draft, layout: Layout) -> list[FileProblem]:
    """Rows that tell another amount, consumer or date than the rows before them."""
    problems = []
    first: dict[str, Any] = {}
    for number, values in zip(draft.rows, draft.values, strict=True):
        for code in _ONE_PER_ORDER:
            value = values[code]
            if value in (None, ""):
                continue
            if first.setdefault(code, value) != value:
                header = layout.columns.get(code, Column(HEADERS[code][0])).header
                params = {"column": header, "row": draft.rows[0]}
                problems.append(FileProblem(number, Problem("rows_differ", params)))
    return problems


def _order(
    external_id: str, draft: _Draft, layout: Layout, now: datetime
) -> IntakeOrder:
    def get(code: str, empty: Any = "") -> Any:
        """The first row that has the field tells it for the whole order."""
        cells = (values[code] for values in draft.values)
        return next((cell for cell in cells if cell not in (None, "")), empty)

    zero = Decimal(0)
    order = IntakeOrder(
        source=layout.source,
        external_id=external_id,
        ordered_at=get("ordered_at"),
        consumer=_consumer(get),
        lines=tuple(
            _line(number, values)
            for number, values in zip(draft.rows, draft.values, strict=True)
        ),
        paid_total=zero,
        freight=get("freight", zero),
        discount=get("discount", zero),
        channel_discount=get("channel_discount", zero),
        pack_id=get("pack_id"),
        facts=_facts(get("status", "paid"), layout.source, get("ordered_at"), now),
    )
    return _paid(order, get("paid_total", None), get("method", "other"))


def _paid(order: IntakeOrder, told: Decimal | None, method: str) -> IntakeOrder:
    """The order with what was paid: as the file tells, else what its rows come to.

    Some channels tell what left the consumer's pocket: with what the channel paid for
    him it is the total of the note.
    """
    total = lines_total(order)
    if told is not None and told + order.channel_discount != total:
        total = told
    return replace(order, paid_total=total, payments=(IntakePayment(method, total),))


def _consumer(get: Callable[..., Any]) -> IntakeConsumer:
    address = IntakeAddress(
        **{
            code: get(code)
            for code in ("street", "number", "complement", "district", "city", "zip")
        },
        uf=get("uf").upper(),
    )
    return IntakeConsumer(get("name"), get("vat"), get("email"), get("phone"), address)


def _line(number: int, values: Mapping[str, Any]) -> IntakeLine:
    return IntakeLine(
        key=str(number),
        sku=values["sku"],
        quantity=values["quantity"],
        unit_price=values["unit_price"],
        discount=values["line_discount"] or Decimal(0),
        title=values["title"],
    )


def _facts(
    status: str, source: str, ordered_at: datetime, now: datetime
) -> tuple[Fact, ...]:
    """What the file says about the order. The same word in the next file is the same
    fact; a cancellation is younger than the order, whenever it is learnt."""
    order, payment = _STATES[status]
    at = now if order == OrderState.CANCELLED else ordered_at
    facts = [Fact(Axis.ORDER, order, status, source, at, f"file/order/{order.value}")]
    if payment:
        uid = f"file/payment/{payment.value}"
        facts.append(Fact(Axis.PAYMENT, payment, status, source, at, uid))
    return tuple(facts)
