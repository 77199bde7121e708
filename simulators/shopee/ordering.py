"""Turns the partial specification of ``POST /__ctl/order`` into an order.

Everything left out is made up, the same for the same number of order. Beside the
ordinary choices a specification can ask for what goes wrong in real life.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulators.common.channel.errors import ControlError
from simulators.common.people import make_person

from .const import (
    BY_SHOPEE,
    NOT_START,
    READY,
    READY_TO_SHIP,
    SHIP_TIME,
    UNPAID,
)
from .records import CatalogItem, Line, Order, Package

if TYPE_CHECKING:
    from .engine import Engine

_KEYS = frozenset(
    "lines uf paid notify freight seller_discount shopee_discount seller_voucher "
    "shopee_voucher payment channel_id paid_ago unknown_sku invalid_cpf "
    "partial_cancel".split()
)
_LINE_KEYS = frozenset({"seller_sku", "quantity", "price"})
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTUVWXYZ"
_PAID_AGO = timedelta(minutes=90)


def create_order(engine: Engine, spec: dict[str, Any]) -> Order:
    """Create, store and announce one order."""
    unknown = set(spec) - _KEYS
    if unknown:
        raise ControlError(f"unknown keys {sorted(unknown)}; known: {sorted(_KEYS)}")
    number = engine.store.next_number("order")
    order = _order(engine, number, spec)
    engine.add(order, notify=bool(spec.get("notify", True)))
    return order


def _order(engine: Engine, number: int, spec: dict[str, Any]) -> Order:
    rng = random.Random(f"shopee:{number}")
    now = engine.clock.now().replace(microsecond=0)
    paid = bool(spec.get("paid", True))
    ago = spec.get("paid_ago")
    paid_at = now - (_PAID_AGO if ago is None else timedelta(seconds=ago))
    channel = int(spec.get("channel_id", 90003))
    buyer = make_person(rng, spec.get("uf"))
    if spec.get("invalid_cpf"):
        last = (int(buyer.document[-1]) + 1) % 10
        buyer = replace(buyer, document=f"{buyer.document[:-1]}{last}")
    payment = spec.get("payment") or rng.choice(("Pix", "Credit Card"))
    is_card = "Card" in payment
    return Order(
        order_sn=_serial(now.strftime("%y%m%d"), number),
        status=READY_TO_SHIP if paid else UNPAID,
        created_at=paid_at - timedelta(minutes=1),
        updated_at=now,
        paid_at=paid_at if paid else None,
        ship_by=now + SHIP_TIME,
        buyer_id=258_000_000 + number,
        buyer=buyer,
        lines=_lines(engine, rng, spec),
        package=Package(
            number=f"OFG{100_000_000 + number}",
            channel_id=channel,
            status=READY if paid else NOT_START,
        ),
        freight=_money(spec, "freight", "0" if rng.random() < 0.6 else "12.90"),
        payment=payment,
        card_brand=rng.choice(("VISA", "MASTER", "ELO")) if is_card else "",
        transaction_id=f"{rng.randrange(10**6):06d}" if is_card else _pix(rng),
        seller_voucher=_money(spec, "seller_voucher", "0"),
        shopee_voucher=_money(spec, "shopee_voucher", "0"),
        partial_cancel=bool(spec.get("partial_cancel", False)),
    )


def _lines(engine: Engine, rng: random.Random, spec: dict[str, Any]) -> list[Line]:
    chosen = spec.get("lines") or [{}]
    items = list(engine.catalog)
    rng.shuffle(items)
    lines = []
    for place, entry in enumerate(chosen):
        if set(entry) - _LINE_KEYS:
            raise ControlError(f"a line knows {sorted(_LINE_KEYS)}")
        item = _item(items, entry, place)
        sku = "SKU-DESCONHECIDO" if spec.get("unknown_sku") else item.seller_sku
        lines.append(
            Line(
                item_id=item.item_id,
                model_id=item.model_id,
                sku=sku,
                title=item.title,
                model_name=item.model_name,
                quantity=int(entry.get("quantity", 1)),
                original_price=Decimal(str(entry.get("price", item.price))),
                seller_discount=_money(spec, "seller_discount", "0"),
                shopee_discount=_money(spec, "shopee_discount", "0"),
            )
        )
    return lines


def _item(items: list[CatalogItem], entry: dict[str, Any], place: int) -> CatalogItem:
    sku = entry.get("seller_sku")
    if sku is None:
        return items[place % len(items)]
    for item in items:
        if item.seller_sku == sku:
            return item
    raise ControlError(f"no item with the SKU {sku}")


def _serial(day: str, number: int) -> str:
    """``order_sn``: the day and letters, unique by the number."""
    letters = ""
    value = 41_000_000 + number * 7919
    while value:
        value, rest = divmod(value, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return f"{day}{letters:0>8}"


def _pix(rng: random.Random) -> str:
    return f"E38372267{rng.randrange(10**20):020d}"


def _money(spec: dict[str, Any], key: str, default: str) -> Decimal:
    return Decimal(str(spec.get(key, default)))


def by_shopee(order: Order) -> bool:
    """Whether Shopee ships it from its own stock."""
    return order.package.channel_id == BY_SHOPEE
