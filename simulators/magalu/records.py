"""What the simulator remembers: plain records; money in cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulators.common.people import Person


@dataclass(frozen=True)
class Seller:
    """The organisation that sells; without a CNPJ any issuer's NF-e is taken."""

    tenant: str = "5d1c3f0e-7b7a-4a53-9a0e-3f5f0c8e1a11"
    seller_id: str = "fabricasimulada"
    name: str = "Fábrica Simulada"
    cnpj: str | None = None


@dataclass(frozen=True)
class CatalogItem:
    """One SKU of the seller."""

    sku: str
    title: str
    price: Decimal
    ean: str = ""
    status: str = "PUBLISHED"
    quantity: int = 10

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> CatalogItem:
        """Build from JSON; ``price`` may be a number or text."""
        return cls(**{**spec, "price": Decimal(str(spec["price"]))})


@dataclass
class Item:
    """A line of a delivery."""

    sku: str
    title: str
    quantity: int
    unit_price: int
    place: int

    @property
    def total(self) -> int:
        """Cents for the line."""
        return self.unit_price * self.quantity


@dataclass
class Note:
    """An NF-e that was sent: ``validating`` → ``approved`` | ``invalid``."""

    key: str
    amount: int
    issued_at: datetime
    status: str
    due: datetime


@dataclass
class Delivery:
    """``new`` → ``approved`` → ``invoiced`` → ``shipped`` → ``delivered``."""

    id: str
    order_code: str
    status: str
    items: list[Item]
    freight: int
    discount: int
    updated_at: datetime
    ship_by: datetime
    own_freight: bool = False
    fulfillment: bool = False
    carrier: str = "Magalu Entregas"
    protocol: str | None = None
    notes: list[Note] = field(default_factory=list)
    label_fetched_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def total(self) -> int:
        """What the buyer pays for it, freight with it: the amount of its NF-e."""
        goods = sum(item.total for item in self.items)
        return goods + self.freight - self.discount

    @property
    def approved_key(self) -> str | None:
        """Key of the note that was approved."""
        return next((n.key for n in self.notes if n.status == "approved"), None)


@dataclass
class Order:
    """A sale with its deliveries; the deliveries are records of their own."""

    id: str
    code: str
    status: str
    purchased_at: datetime
    updated_at: datetime
    approved_at: datetime | None
    buyer: Person
    delivery_ids: list[str]
    method: str
    installments: int
    interest: int = 0


@dataclass
class Trace:
    """What becomes of an asynchronous write: ``pending`` → ``completed``."""

    id: str
    resource: str
    created_at: datetime
    due: datetime
    action: str
    ref: str
    body: dict[str, Any]
    status: str = "pending"
    code: str = ""
    message: str = ""


@dataclass
class Sku:
    """One SKU with its price and stock."""

    sku: str
    title: str
    status: str
    ean: str
    price: int
    list_price: int
    quantity: int


@dataclass
class TicketMessage:
    """A text of a ticket; ``destination`` customer, channel or seller."""

    id: str
    destination: str
    owner: str
    message: str
    created_at: datetime
    file: str | None = None


@dataclass
class Ticket:
    """A protocol of the SAC."""

    id: str
    code: str
    type: str
    status: str
    reason: str
    order_code: str
    delivery_id: str
    created_at: datetime
    updated_at: datetime
    due_date: datetime
    events: list[str] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    messages: list[TicketMessage] = field(default_factory=list)
