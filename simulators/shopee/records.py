"""What the simulator remembers: plain records, stored as JSON text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulators.common.people import Person

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Shop:
    """The shop that sells; fields left ``None`` are not checked in a NF-e."""

    shop_id: int = 727_720_655
    name: str = "Fábrica Simulada"
    cnpj: str = "98765432000198"
    state_tax_id: str | None = None
    uf: str | None = None


@dataclass(frozen=True)
class CatalogItem:
    """One item, or one variation (model) of it; ``model_id`` 0 = it has none."""

    item_id: int
    model_id: int
    seller_sku: str
    title: str
    price: Decimal
    model_name: str = ""
    gtin: str = ""
    stock: int = 100
    status: str = "NORMAL"
    kit: bool = False

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> CatalogItem:
        """Build from JSON; ``price`` may be a number or text."""
        return cls(**{**spec, "price": Decimal(str(spec["price"]))})


@dataclass
class Offer:
    """The state of a catalogue item that the shop can change."""

    item: CatalogItem
    price: Decimal
    stock: int
    reserved: int = 0
    in_promotion: bool = False


@dataclass
class Line:
    """An order line; prices and discounts are per unit."""

    item_id: int
    model_id: int
    sku: str
    title: str
    model_name: str
    quantity: int
    original_price: Decimal
    seller_discount: Decimal = Decimal(0)
    shopee_discount: Decimal = Decimal(0)
    cancelled: int = 0

    @property
    def price(self) -> Decimal:
        """What a unit costs after the discounts of the offer."""
        return self.original_price - self.seller_discount - self.shopee_discount


@dataclass
class Package:
    """The parcel of an order."""

    number: str
    channel_id: int
    status: str
    arranged: bool = False
    tracking: str = ""
    documents: dict[str, Any] = field(default_factory=dict)
    """Moment at which each kind of label is ready, ``failed`` instead of one."""
    label_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass
class Invoice:
    """The NF-e that the order holds; ``valid_at``: when its check is over."""

    key: str
    number: str
    series: str
    issued_at: datetime
    total: Decimal
    products: Decimal
    cfop: str
    xml: str
    valid_at: datetime


@dataclass
class Cancellation:
    """Who cancelled, why and when."""

    by: str
    reason: str
    at: datetime


@dataclass
class Order:
    """One order with its parcel."""

    order_sn: str
    status: str
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None
    ship_by: datetime
    buyer_id: int
    buyer: Person
    lines: list[Line]
    package: Package
    freight: Decimal
    payment: str
    card_brand: str
    transaction_id: str
    seller_voucher: Decimal = Decimal(0)
    shopee_voucher: Decimal = Decimal(0)
    invoice: Invoice | None = None
    cancellation: Cancellation | None = None
    cancel_request: str = ""
    before_cancel: str = ""
    partial_cancel: bool = False
    refund: Decimal = Decimal(0)

    @property
    def goods(self) -> Decimal:
        """The offers' prices after the seller's discounts, voucher taken off."""
        return self._sum("seller_discount") - self.seller_voucher

    @property
    def nfe_total(self) -> Decimal:
        """What the NF-e shows: Shopee's own discounts are paid by Shopee."""
        return self.goods + self.freight

    @property
    def total_amount(self) -> Decimal:
        """What left the buyer's pocket."""
        by_shopee = sum(
            (line.shopee_discount * (line.quantity - line.cancelled))
            for line in self.lines
        )
        return self.nfe_total - by_shopee - self.shopee_voucher

    def _sum(self, discount: str) -> Decimal:
        return sum(
            (
                (line.original_price - getattr(line, discount))
                * (line.quantity - line.cancelled)
                for line in self.lines
            ),
            Decimal(0),
        )


@dataclass
class Return:
    """A buyer wants money back, with or without sending the goods."""

    return_sn: str
    order_sn: str
    status: str
    reason: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    amount: Decimal
    lines: list[Line]
    needs_logistics: bool = True
    tracking: str = ""
    reverse_status: str = ""
