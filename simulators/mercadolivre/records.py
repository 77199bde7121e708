"""What the simulator remembers: plain records, stored as JSON text.

Money is ``Decimal`` and is stored as text; times are aware UTC datetimes. JSON
floats appear only in the answers of the API (``payloads_*.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulators.common.people import Address, Person


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
    requested: int | None = None
    """Units bought, when some of them were cancelled since."""

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
    refunded: Decimal = Decimal(0)

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
    mediations: list[int] = field(default_factory=list)

    @property
    def amount_due(self) -> Decimal:
        """What the NF-e must show: what was paid, cancelled units taken off."""
        gone = sum(
            (
                line.unit_price * (line.requested - line.quantity)
                for line in self.lines
                if line.requested
            ),
            Decimal(0),
        )
        return self.payment.total_paid - gone

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
    sibling_id: int | None = None
    sibling_reason: str | None = None


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
