"""What the simulator remembers: plain records, stored as JSON text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulators.common.people import Person


@dataclass(frozen=True)
class Seller:
    """The account that sells; fields left ``None`` are not checked in a NF-e."""

    seller_id: str = "A3SIMULADOVENDE"
    name: str = "FABRICA SIMULADA"
    cnpj: str = "98765432000198"
    state_tax_id: str | None = None
    zip_code: str | None = None
    uf: str | None = None


@dataclass(frozen=True)
class CatalogItem:
    """One listing of the seller."""

    seller_sku: str
    asin: str
    title: str
    price: Decimal
    quantity: int = 25
    status: tuple[str, ...] = ("BUYABLE", "DISCOVERABLE")


@dataclass
class Listing:
    """The present state of a listing."""

    sku: str
    asin: str
    title: str
    price: Decimal
    quantity: int
    status: list[str]


@dataclass
class Item:
    """An order item; ``discount`` is the one of the whole line."""

    id: str
    sku: str
    asin: str
    title: str
    quantity: int
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    freight: Decimal = Decimal(0)
    fulfilled: int = 0
    asked_cancel: str = ""
    cancelled_by: str = ""

    @property
    def goods(self) -> Decimal:
        """Price of the units."""
        return self.unit_price * self.quantity

    @property
    def proceeds(self) -> Decimal:
        """What the line brings."""
        return self.goods - self.discount + self.freight


@dataclass
class Package:
    """A package of an order as the Orders API shows it."""

    id: str
    status: str
    detail: str
    carrier: str = "Amazon Logistics"
    tracking: str = ""
    created: datetime | None = None
    shipped: datetime | None = None


@dataclass
class Order:
    """PENDING → UNSHIPPED → SHIPPED, or CANCELLED before."""

    id: str
    status: str
    created: datetime
    updated: datetime
    program: str
    items: list[Item]
    buyer: Person
    payment: str = "CreditCard"
    fulfilled_by: str = "MERCHANT"
    b2b: bool = False
    tax_type: str = ""
    """Type of the buyer's registration; "" = the true one."""
    no_tax: bool = False
    label_opens: datetime | None = None
    shipment_id: str = ""
    packages: list[Package] = field(default_factory=list)
    cancelled_at: datetime | None = None
    delivered_at: datetime | None = None
    label_fetched: bool = False

    @property
    def total(self) -> Decimal:
        """What the buyer pays."""
        return sum((item.proceeds for item in self.items), Decimal(0))


@dataclass
class Invoice:
    """A submitted NF-e: Processing → Accepted or Rejected."""

    order_id: str
    key: str
    state: str
    problem: str = ""
    submitted: datetime | None = None


@dataclass
class Shipment:
    """A shipment of External Fulfillment: CREATED → … → SHIPLABEL_GENERATED."""

    id: str
    order_id: str
    status: str
    created: datetime
    updated: datetime
    packages: list[dict[str, Any]] = field(default_factory=list)
    option: str = ""


@dataclass
class Return:
    """Goods of one SKU that come back."""

    id: str
    order_id: str
    sku: str
    quantity: int
    status: str
    created: datetime
    updated: datetime
    reason: str = "Item defeituoso"
