"""What the simulator remembers: plain records, stored as JSON text.

Money is ``Decimal`` and is stored as text; times are aware UTC datetimes. JSON
floats appear only in the answers of the API (``payloads_*.py``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from simulators.common.people import Address, Person

T = TypeVar("T")


@dataclass(frozen=True)
class Seller:
    """The account that sells; fields left ``None`` are not checked in a NF-e."""

    user_id: int = 2_417_300_551
    nickname: str = "FABRICA_SIMULADA"
    cnpj: str = "98765432000198"
    state_tax_id: str | None = None
    zip_code: str | None = None
    uf: str | None = None


@dataclass(frozen=True)
class CatalogItem:
    """One listing (or one variation of it) of the seller."""

    item_id: str
    variation_id: int | None
    seller_sku: str | None
    title: str
    price: Decimal
    category_id: str = "MLB1574"
    height: int = 10
    width: int = 30
    length: int = 40
    weight: int = 1500

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> CatalogItem:
        """Build from JSON; ``price`` may be a number or text."""
        return cls(**{**spec, "price": Decimal(str(spec["price"]))})


@dataclass
class Line:
    """An order line; ``full_discount`` and ``seller_discount`` are per unit."""

    item: CatalogItem
    quantity: int
    unit_price: Decimal
    full_discount: Decimal
    seller_discount: Decimal
    sale_fee: Decimal
    element_id: int

    @property
    def total(self) -> Decimal:
        """What the buyer pays for the line."""
        return self.unit_price * self.quantity


@dataclass
class Payment:
    """The payment of one order; ``interest`` is what instalments add."""

    id: int
    method_id: str
    type: str
    installments: int
    transaction_amount: Decimal
    shipping_cost: Decimal
    interest: Decimal
    authorization_code: str | None
    date_created: datetime
    date_approved: datetime | None
    date_last_modified: datetime
    status: str = "approved"
    status_detail: str | None = "accredited"

    @property
    def total_paid(self) -> Decimal:
        """Items + freight + interest: the amount the NF-e must show."""
        return self.transaction_amount + self.shipping_cost + self.interest


@dataclass
class Cancellation:
    """Why and when an order was cancelled (``cancel_detail``)."""

    group: str
    code: str
    description: str
    requested_by: str
    date: datetime
    silent: bool


@dataclass
class Order:
    """A sale: ``payment_required`` → ``paid`` → (``cancelled``)."""

    id: int
    pack_id: int | None
    shipment_id: int
    buyer_id: int
    billing_id: int
    status: str
    date_created: datetime
    date_closed: datetime | None
    last_updated: datetime
    lines: list[Line]
    payment: Payment
    buyer: Person
    billing_address: Address
    tags: list[str]
    plan: str | None = None
    plan_silent: bool = False
    plan_delay_seconds: int = 0
    cancellation: Cancellation | None = None
    first_read_at: datetime | None = None
    cpf_loses_zeros: bool = False
    state_registration: str | None = None

    @property
    def total_amount(self) -> Decimal:
        """Sum of the lines, discounts taken off."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def is_cancelled(self) -> bool:
        """Whether the sale no longer stands."""
        return self.status == "cancelled"


@dataclass
class Shipment:
    """A parcel of one order or of one pack.

    ``pending`` → ``ready_to_ship`` (``invoice_pending`` → ``ready_to_print`` →
    ``printed``) → ``shipped`` → ``delivered``; ``cancelled`` at any point before
    ``shipped``.
    """

    id: int
    status: str
    substatus: str | None
    date_created: datetime
    last_updated: datetime
    logistic_type: str
    receiver_id: int
    receiver: Person
    buyer_cost: Decimal
    seller_cost: Decimal
    gross_cost: Decimal
    expected_date: datetime
    buffered_until: datetime | None = None
    tracking_number: str | None = None
    label_fetched_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    foreign_rows: bool = False


@dataclass
class Invoice:
    """The NF-e that was accepted for a shipment."""

    id: int
    shipment_id: int
    fiscal_key: str
    series: str
    number: str
    amount: Decimal
    issued_at: datetime
    created_at: datetime


@dataclass
class Notification:
    """One event on its way to the callback."""

    uid: str
    topic: str
    resource: str
    received: datetime
    due: datetime
    attempts: int = 0
    state: str = "queued"
    """``queued`` → ``sent`` or, after the last try, ``missed``; ``lost``: never."""
    last_request_ms: int = 0
    last_http_code: int = 0
    deliveries: int = 0


def encode(record: Any) -> str:
    """Serialise a record without losing a cent or a microsecond."""
    return json.dumps(asdict(record), default=_encode_scalar, ensure_ascii=False)


def decode(cls: type[T], text: str) -> T:
    """Rebuild a record of type ``cls`` from the text of :func:`encode`."""
    return cast(T, _build(cls, json.loads(text)))


def _encode_scalar(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot store {type(value).__name__}")


@cache
def _fields(cls: type) -> dict[str, Any]:
    """Type by field name. To resolve a dataclass's hints takes longer than the rest of
    an answer."""
    hints = get_type_hints(cls)
    return {entry.name: hints[entry.name] for entry in fields(cls)}


def _build(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (UnionType, Union):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is list:
        return [_build(get_args(hint)[0], entry) for entry in value]
    if hint is Decimal:
        return Decimal(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and is_dataclass(hint):
        kinds = _fields(hint)
        return hint(**{name: _build(kind, value[name]) for name, kind in kinds.items()})
    return value
