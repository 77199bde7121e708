"""Turns the partial specification of ``POST /__ctl/order`` into an order.

Everything left out comes from the generator. Besides the ordinary choices, the
specification can ask for what goes wrong in real life: an invalid CPF, a SKU the
seller does not know, an unpaid order with a masked address, a buffered parcel.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulators.common.people import make_address, make_cpf

from .const import CANCEL_PLANS
from .errors import bad_request, not_found
from .generator import OrderTraits
from .records import CatalogItem, Order, Shipment

if TYPE_CHECKING:
    from .engine import Engine

_KEYS = frozenset(
    "lines unknown_sku buyer uf invalid_cpf seller_discount freight interest payment "
    "installments logistic_type tags paid buffered_seconds plan plan_silent "
    "plan_delay_seconds lose_cpf_zeros billing_elsewhere foreign_rows age_seconds "
    "cart_with notify".split()
)
_PACK_OFFSET = 1_000_000_000
"""Between the id of a cart's first order and the cart's own."""
_BUYER_KEYS = frozenset(
    "first_name last_name cpf cnpj state_registration phone cep city ibge_code uf "
    "state street number complement neighborhood".split()
)
_ADDRESS_KEYS = frozenset(
    "cep city ibge_code uf state street number complement neighborhood".split()
)


def create_order(engine: Engine, spec: dict[str, Any]) -> Order:
    """Create, store and announce one order."""
    unknown = set(spec) - _KEYS
    if unknown:
        raise bad_request(f"unknown keys {sorted(unknown)}; known: {sorted(_KEYS)}")
    if spec.get("plan") not in (None, *CANCEL_PLANS):
        raise bad_request(f"plan must be one of {CANCEL_PLANS}")
    with engine.store.transaction():
        index = engine.store.next_number("order")
        order, shipment = engine.create(index, _traits(engine, index, spec))
        _shape_buyer(order, shipment, index, spec)
        _shape_state(engine, order, shipment, spec)
        if "cart_with" in spec:
            shipment = _join_cart(engine, order, shipment, int(spec["cart_with"]))
        engine.add(order, shipment, notify=bool(spec.get("notify", True)))
        if "buffered_seconds" in spec:
            wait = timedelta(seconds=spec["buffered_seconds"])
            shipment.buffered_until = engine.clock.now() + wait
            engine.lifecycle.buffer(shipment)
    return order


def _join_cart(
    engine: Engine, order: Order, shipment: Shipment, other_id: int
) -> Shipment:
    """The order travels in the parcel of another one, as in one cart."""
    first = engine.store.get_order(other_id)
    if first is None:
        raise not_found("order", other_id)
    if first.pack_id is None:
        first.pack_id = first.id + _PACK_OFFSET
        first.tags.insert(0, "pack_order")
        engine.store.put_order(first)
    order.pack_id, order.shipment_id = first.pack_id, first.shipment_id
    order.tags.insert(0, "pack_order")
    order.buyer, order.buyer_id = first.buyer, first.buyer_id
    order.billing_address = first.billing_address
    parcel = engine.shipment(first.shipment_id)
    return replace(
        parcel,
        buyer_cost=parcel.buyer_cost + shipment.buyer_cost,
        gross_cost=parcel.gross_cost + shipment.buyer_cost,
    )


def _traits(engine: Engine, index: int, spec: dict[str, Any]) -> OrderTraits:
    lines = [_item(engine, entry) for entry in spec.get("lines", [])]
    if spec.get("unknown_sku"):
        item = replace(
            engine.catalog[0],
            item_id=f"MLB8{index:09d}",
            variation_id=None,
            seller_sku=f"DESCONHECIDO-{index:04d}",
            title="Produto Que O Vendedor Não Conhece",
        )
        lines.append((item, 1))
    return OrderTraits(
        lines=lines or None,
        uf=spec.get("uf"),
        seller_discount=_decimal(spec, "seller_discount"),
        freight=_decimal(spec, "freight"),
        interest=_decimal(spec, "interest") or Decimal(0),
        payment=spec.get("payment"),
        installments=spec.get("installments"),
        logistic_type=spec.get("logistic_type"),
        tags=list(spec.get("tags", [])),
    )


def _item(engine: Engine, entry: dict[str, Any]) -> tuple[CatalogItem, int]:
    """``{seller_sku | item_id, quantity, …overrides}``."""
    fields = {key: value for key, value in entry.items() if key != "quantity"}
    base = engine.catalog[0]
    for item in engine.catalog:
        if entry.get("seller_sku") == item.seller_sku or (
            entry.get("item_id") == item.item_id
        ):
            base = item
            break
    if "price" in fields:
        fields["price"] = Decimal(str(fields["price"]))
    return replace(base, **fields), int(entry.get("quantity", 1))


def _shape_buyer(
    order: Order, shipment: Shipment, index: int, spec: dict[str, Any]
) -> None:
    wanted = dict(spec.get("buyer", {}))
    unknown = set(wanted) - _BUYER_KEYS
    if unknown:
        raise bad_request(f"unknown buyer keys {sorted(unknown)}")
    rng = random.Random(f"buyer:{index}")
    person = order.buyer
    if spec.get("lose_cpf_zeros"):
        wanted.setdefault("cpf", make_cpf(rng, leading_zeros=2))
        order.cpf_loses_zeros = True
    document = wanted.pop("cpf", None) or person.document
    if spec.get("invalid_cpf"):
        document = document[:-1] + str((int(document[-1]) + 1) % 10)
    person = replace(person, document=document)
    if "cnpj" in wanted:
        person = replace(
            person, document=wanted.pop("cnpj"), document_type="CNPJ", last_name=""
        )
    order.state_registration = wanted.pop("state_registration", None)
    place = {key: wanted.pop(key) for key in _ADDRESS_KEYS & set(wanted)}
    address = replace(person.address, **place)
    person = replace(person, address=address, **wanted)
    order.buyer = shipment.receiver = person
    order.billing_address = address
    if spec.get("billing_elsewhere"):
        order.billing_address = make_address(rng, address.uf)


def _shape_state(
    engine: Engine, order: Order, shipment: Shipment, spec: dict[str, Any]
) -> None:
    order.plan = spec.get("plan")
    order.plan_silent = bool(spec.get("plan_silent", False))
    order.plan_delay_seconds = int(spec.get("plan_delay_seconds", 0))
    shipment.foreign_rows = bool(spec.get("foreign_rows", False))
    if shipment.logistic_type == "fulfillment":
        # In ML's own warehouse: ML issues the NF-e and prints the label.
        shipment.substatus = "in_warehouse"
    if "age_seconds" in spec:
        _date_back(engine, order, shipment, timedelta(seconds=spec["age_seconds"]))
    if not spec.get("paid", True):
        order.status, order.date_closed = "payment_required", None
        order.tags.remove("paid")
        order.payment.status = "pending"
        order.payment.status_detail = "pending_waiting_payment"
        order.payment.date_approved = None
        shipment.status, shipment.substatus = "pending", "waiting_for_payment"


def _date_back(
    engine: Engine, order: Order, shipment: Shipment, age: timedelta
) -> None:
    moment: datetime = engine.clock.now() - age
    order.date_created = order.date_closed = order.last_updated = moment
    shipment.date_created = shipment.last_updated = moment
    order.payment.date_created = order.payment.date_approved = moment


def _decimal(spec: dict[str, Any], key: str) -> Decimal | None:
    return Decimal(str(spec[key])) if key in spec else None
