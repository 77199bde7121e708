"""Reproducible orders: the same seed gives the same buyers, lines and ids.

Order ``i`` depends on the seed and on ``i`` only, so asking again with the same
seed finds the ids already there and doubles nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulators.common.people import Person, make_person

from .const import BRT_ZONE, CANCEL_PLANS, PLAN_BEFORE_INVOICE, PLAN_SHARE
from .records import CatalogItem, Line, Order, Payment, Shipment

CENT = Decimal("0.01")
MAX_ORDERS_PER_SEED = 100_000
_BLOCKS = 90_000

_ORDER_BASE = 2_000_010_000_000_000
_PACK_BASE = 2_000_030_000_000_000
_SHIPMENT_BASE = 41_000_000_000
_PAYMENT_BASE = 90_000_000_000
_BUYER_BASE = 2_200_000_000
_BILLING_BASE = 677_000_000_000_000_000

_CARDS = ("master", "visa", "elo", "amex")
_LOGISTICS = ("cross_docking", "cross_docking", "drop_off", "xd_drop_off")


@dataclass
class OrderTraits:
    """What a caller may ask of one order; ``None`` lets the seed decide."""

    lines: list[tuple[CatalogItem, int]] | None = None
    buyer: Person | None = None
    uf: str | None = None
    seller_discount: Decimal | None = None
    freight: Decimal | None = None
    payment: str | None = None
    installments: int | None = None
    interest: Decimal = Decimal(0)
    logistic_type: str | None = None
    pack_id: int | None = None
    shipment_id: int | None = None
    tags: list[str] = field(default_factory=list)


def plan_cancellations(
    indexes: Sequence[int], seed: str, plan: dict[str, int] | None
) -> dict[int, str]:
    """Choose which orders the buyer will cancel, and when.

    Without a plan each kind takes 2 % of the orders, at least one from five
    orders on. Kinds never share an order.
    """
    count = len(indexes)
    if plan is None:
        share = max(1, round(count * PLAN_SHARE)) if count >= 5 else 0
        plan = {kind: share for kind in CANCEL_PLANS}
    if set(plan) - set(CANCEL_PLANS):
        raise ValueError(f"cancel_plan knows {CANCEL_PLANS} only")
    if sum(plan.values()) > count:
        raise ValueError(f"{sum(plan.values())} cancellations for {count} orders")
    chosen = random.Random(f"{seed}:cancel").sample(list(indexes), sum(plan.values()))
    result: dict[int, str] = {}
    for kind in CANCEL_PLANS:
        for _ in range(plan.get(kind, 0)):
            result[chosen.pop()] = kind
    return result


def silent_orders(plans: dict[int, str]) -> set[int]:
    """Every other ``before_invoice`` cancellation is not notified, the first too."""
    early = sorted(i for i, kind in plans.items() if kind == PLAN_BEFORE_INVOICE)
    return set(early[::2])


class OrderFactory:
    """Builds the order and the shipment number ``index`` of a seed."""

    def __init__(self, seed: str, catalog: Sequence[CatalogItem]) -> None:
        self.seed = seed
        self.catalog = catalog
        digest = hashlib.sha256(seed.encode()).digest()
        self._block = int.from_bytes(digest[:8], "big") % _BLOCKS

    def serial(self, index: int) -> int:
        """A number no other order of any (likely) seed has."""
        return self._block * MAX_ORDERS_PER_SEED + index

    def order_id(self, index: int) -> int:
        """The id that order ``index`` has or will have."""
        return _ORDER_BASE + self.serial(index)

    def pack_id(self, index: int) -> int:
        """The id of the cart whose first order is ``index``."""
        return _PACK_BASE + self.serial(index)

    def shipment_id(self, index: int) -> int:
        """The id of the parcel whose first order is ``index``."""
        return _SHIPMENT_BASE + self.serial(index)

    def build(
        self, index: int, created: datetime, traits: OrderTraits | None = None
    ) -> tuple[Order, Shipment]:
        """Return a paid order and its parcel waiting for the NF-e."""
        traits = traits or OrderTraits()
        rng = random.Random(f"{self.seed}:{index}")
        buyer = make_person(rng, traits.uf)
        buyer = traits.buyer or buyer
        lines = self._lines(rng, traits)
        freight = _freight(rng) if traits.freight is None else traits.freight
        approved = created + timedelta(seconds=rng.randrange(2, 30))
        serial = self.serial(index)
        payment = _payment(rng, traits, lines, freight, created, approved)
        payment.id = _PAYMENT_BASE + serial
        tags = ["pack_order"] if traits.pack_id else []
        order = Order(
            id=_ORDER_BASE + serial,
            pack_id=traits.pack_id,
            shipment_id=traits.shipment_id or self.shipment_id(index),
            buyer_id=_BUYER_BASE + serial % 700_000_000,
            billing_id=_BILLING_BASE + serial,
            status="paid",
            date_created=created,
            date_closed=approved,
            last_updated=approved + timedelta(seconds=rng.randrange(5, 90)),
            lines=lines,
            payment=payment,
            buyer=buyer,
            billing_address=buyer.address,
            tags=[*tags, "not_delivered", "paid", *traits.tags],
        )
        return order, _shipment(rng, order, traits, freight)

    def _lines(self, rng: random.Random, traits: OrderTraits) -> list[Line]:
        chosen = traits.lines
        if chosen is None:
            dice = rng.random()
            first = rng.choice(list(self.catalog))
            chosen = [(first, 2 if dice < 0.05 else 1)]
            others = [item for item in self.catalog if item != first]
            if 0.05 <= dice < 0.10 and others:
                chosen.append((rng.choice(others), 1))
        discounted = rng.random() < 0.12
        share = Decimal(rng.choice(("0.05", "0.08", "0.10"))) if discounted else None
        lines = []
        for number, (item, quantity) in enumerate(chosen, start=1):
            full = _cents(item.price * share) if share else Decimal(0)
            seller = _cents(full * Decimal("0.6"))
            if traits.seller_discount is not None:
                full = seller = traits.seller_discount
            price = item.price - full
            lines.append(
                Line(
                    item=item,
                    quantity=quantity,
                    unit_price=price,
                    full_discount=full,
                    seller_discount=seller,
                    sale_fee=_cents(price * Decimal("0.12")),
                    element_id=number,
                )
            )
        return lines


def _freight(rng: random.Random) -> Decimal:
    """About a third of the buyers pay for the delivery."""
    cents = rng.randrange(990, 4990)
    return Decimal(cents) * CENT if rng.random() < 0.35 else Decimal(0)


def _payment(
    rng: random.Random,
    traits: OrderTraits,
    lines: list[Line],
    freight: Decimal,
    created: datetime,
    approved: datetime,
) -> Payment:
    kind = rng.choices(("credit_card", "pix", "account_money"), (5, 4, 1))[0]
    card = rng.choice(_CARDS)
    installments = rng.choice((1, 1, 2, 3, 6, 10))
    code = f"{rng.randrange(1_000_000):06d}"
    kind = traits.payment or kind
    is_card = kind == "credit_card"
    return Payment(
        id=0,
        method_id=card if is_card else kind,
        type="bank_transfer" if kind == "pix" else kind,
        installments=(traits.installments or installments) if is_card else 1,
        transaction_amount=sum((line.total for line in lines), Decimal(0)),
        shipping_cost=freight,
        interest=traits.interest,
        authorization_code=code if is_card else None,
        date_created=created,
        date_approved=approved,
        date_last_modified=approved,
    )


def _shipment(
    rng: random.Random, order: Order, traits: OrderTraits, freight: Decimal
) -> Shipment:
    local = order.date_created.astimezone(BRT_ZONE)
    deadline = local.replace(hour=23, minute=59, second=59, microsecond=0)
    seller_cost = Decimal(rng.randrange(600, 3500)) * CENT
    logistic = rng.choice(_LOGISTICS)
    return Shipment(
        id=order.shipment_id,
        status="ready_to_ship",
        substatus="invoice_pending",
        date_created=order.date_created + timedelta(seconds=3),
        last_updated=order.last_updated,
        logistic_type=traits.logistic_type or logistic,
        receiver_id=order.buyer_id,
        receiver=order.buyer,
        buyer_cost=freight,
        seller_cost=seller_cost,
        gross_cost=seller_cost + freight,
        expected_date=deadline + timedelta(days=1),
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
