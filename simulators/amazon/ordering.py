"""Turns the partial specification of ``POST /__ctl/order`` into an order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulators.common.channel.errors import ControlError
from simulators.common.people import make_cnpj, make_person

from .const import ORDER_AGE, PROGRAMS
from .records import CatalogItem, Item, Order, Shipment

if TYPE_CHECKING:
    from .engine import Engine

_KEYS = frozenset(
    "lines uf paid notify program payment freight discount invalid_cpf tax_type no_tax "
    "company fulfilled_by label_opens_seconds age_seconds unknown_sku".split()
)


def create_order(engine: Engine, spec: dict[str, Any]) -> Order:
    """Create, store and announce one order (and its shipment)."""
    if set(spec) - _KEYS:
        raise ControlError(f"unknown keys {sorted(set(spec) - _KEYS)}: {sorted(_KEYS)}")
    program = spec.get("program", "EasyShip")
    if program not in PROGRAMS:
        raise ControlError(f"program must be one of {PROGRAMS}")
    number = engine.store.next_number("order")
    order = _order(engine, number, program, spec)
    paid = spec.get("paid", True)
    order.status = "UNSHIPPED" if paid else "PENDING"
    engine.lifecycle.save(order, at=order.updated, notify=spec.get("notify", True))
    if paid:
        engine.lifecycle.plan_shipment(order, at=order.updated)
    return order


def _order(engine: Engine, number: int, program: str, spec: dict[str, Any]) -> Order:
    rng = random.Random(f"amazon:{number}")
    age = timedelta(seconds=spec.get("age_seconds", ORDER_AGE.total_seconds()))
    at = engine.clock.now() - age
    buyer = make_person(rng, spec.get("uf"))
    if spec.get("company"):
        buyer = replace(buyer, document_type="CNPJ", document=make_cnpj(rng))
    if spec.get("invalid_cpf"):
        wrong = str((int(buyer.document[-1]) + 1) % 10)
        buyer = replace(buyer, document=buyer.document[:-1] + wrong)
    order = Order(
        id=f"701-{number:07}-{rng.randrange(10**7):07}",
        status="PENDING",
        created=at,
        updated=at,
        program=program,
        items=_items(engine, number, spec),
        buyer=buyer,
        payment=spec.get("payment", "CreditCard"),
        fulfilled_by=spec.get("fulfilled_by", "MERCHANT"),
        b2b=bool(spec.get("company")),
        tax_type=spec.get("tax_type", ""),
        no_tax=bool(spec.get("no_tax")),
    )
    if "label_opens_seconds" in spec:
        wait = timedelta(seconds=spec["label_opens_seconds"])
        order.label_opens = engine.clock.now() + wait
    return order


def _items(engine: Engine, number: int, spec: dict[str, Any]) -> list[Item]:
    """``freight`` and ``discount`` (of the line) go to the first item."""
    wanted = spec.get("lines") or [{}]
    if spec.get("unknown_sku"):
        wanted = [*wanted, {"seller_sku": f"DESCONHECIDO-{number:04}"}]
    items = [_item(engine, number, at, row) for at, row in enumerate(wanted, start=1)]
    items[0].freight = Decimal(str(spec.get("freight", "0")))
    items[0].discount = Decimal(str(spec.get("discount", "0")))
    return items


def _item(engine: Engine, number: int, at: int, row: dict[str, Any]) -> Item:
    known: dict[str, CatalogItem] = {one.seller_sku: one for one in engine.catalog}
    first = engine.catalog[(at - 1) % len(engine.catalog)]
    offer = known.get(row.get("seller_sku", ""), first)
    return Item(
        id=f"{number:010}{at:04}",
        sku=row.get("seller_sku", offer.seller_sku),
        asin=offer.asin,
        title=offer.title,
        quantity=int(row.get("quantity", 1)),
        unit_price=Decimal(str(row.get("price", offer.price))),
    )


def shipment_of(order: Order) -> Shipment:
    """The shipment that Amazon plans for a released order."""
    return Shipment(
        id=order.shipment_id,
        order_id=order.id,
        status="ACCEPTED",
        created=order.updated,
        updated=order.updated,
    )
