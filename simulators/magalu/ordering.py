"""Creates an order from a partial specification."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulators.common.channel.errors import ControlError
from simulators.common.people import make_person

from .records import Delivery, Item, Order, Sku

if TYPE_CHECKING:
    from .engine import Engine

_KEYS = frozenset(
    "lines uf paid notify freight discount interest payment installments own_freight "
    "fulfillment".split()
)
_LINE_KEYS = frozenset({"seller_sku", "quantity", "price", "delivery"})
_YOUNGEST = timedelta(minutes=1)


def create_order(engine: Engine, spec: dict[str, Any]) -> tuple[Order, list[Delivery]]:
    """Build and announce one order.

    Keys: ``lines`` ``[{seller_sku, quantity, price, delivery}]`` (``delivery`` 0, 1, …:
    which parcel it goes in), ``uf``, ``paid``, ``notify``, ``freight``, ``discount``
    and ``interest`` of the whole order (BRL), ``payment`` (``credit_card``, ``pix``,
    …), ``installments``, ``own_freight``, ``fulfillment``.
    """
    unknown = set(spec) - _KEYS
    if unknown:
        raise ControlError(f"unknown keys: {sorted(unknown)}; known: {sorted(_KEYS)}")
    number = engine.store.next_number("order")
    code, now = f"LU-{1_000_000_000_000 + number}", engine.clock.now() - _YOUNGEST
    paid = bool(spec.get("paid", True))
    deliveries = _deliveries(engine, spec, code, now, "approved" if paid else "new")
    order = Order(
        id=str(uuid.uuid4()),
        code=code,
        status="approved" if paid else "new",
        purchased_at=now,
        updated_at=engine.clock.now(),
        approved_at=now if paid else None,
        buyer=make_person(random.Random(f"magalu:{number}"), spec.get("uf")),
        delivery_ids=[delivery.id for delivery in deliveries],
        method=str(spec.get("payment", "credit_card")),
        installments=int(spec.get("installments", 1)),
        interest=_cents(spec.get("interest", 0)),
    )
    engine.lifecycle.add(order, deliveries, notify=bool(spec.get("notify", True)))
    return order, deliveries


def _deliveries(
    engine: Engine, spec: dict[str, Any], code: str, now: datetime, status: str
) -> list[Delivery]:
    groups = _items(engine, spec.get("lines") or [{}])
    weights = [sum(item.total for item in items) for items in groups]
    freights = _split(_cents(spec.get("freight", "19.90")), weights)
    discounts = _split(_cents(spec.get("discount", 0)), weights)
    own = bool(spec.get("own_freight", False))
    return [
        Delivery(
            id=str(uuid.uuid4()),
            order_code=code,
            status=status,
            items=items,
            freight=freight,
            discount=discount,
            updated_at=now,
            ship_by=now + timedelta(days=2),
            own_freight=own,
            fulfillment=bool(spec.get("fulfillment", False)),
            carrier="" if own else "Magalu Entregas",
        )
        for items, freight, discount in zip(groups, freights, discounts, strict=True)
    ]


def _items(engine: Engine, lines: list[dict[str, Any]]) -> list[list[Item]]:
    skus = engine.store.find("sku", Sku)
    groups: dict[int, list[Item]] = {}
    for place, line in enumerate(lines, start=1):
        if set(line) - _LINE_KEYS:
            raise ControlError(f"a line knows {sorted(_LINE_KEYS)}")
        wanted = line.get("seller_sku")
        sku = next((s for s in skus if wanted in (None, s.sku)), None)
        price = _cents(line["price"]) if "price" in line else sku and sku.price
        if price is None:
            raise ControlError(f"no SKU {wanted}: give a price")
        groups.setdefault(int(line.get("delivery", 0)), []).append(
            Item(
                sku=wanted or (sku.sku if sku else ""),
                title=sku.title if sku else str(wanted),
                quantity=int(line.get("quantity", 1)),
                unit_price=price,
                place=place,
            )
        )
    return [groups[key] for key in sorted(groups)]


def _split(cents: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    shares = [cents * weight // whole for weight in weights]
    shares[-1] += cents - sum(shares)
    return shares


def _cents(value: Any) -> int:
    return int((Decimal(str(value)) * 100).to_integral_value())
