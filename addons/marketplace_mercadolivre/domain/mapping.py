"""An order with its shipment to the normalised order.

Source: API page "gerenciamento de vendas". Tags are read before the status.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar

from odoo.addons.marketplace_connector.domain.contract import (
    Cancellation,
    Fee,
    InvoiceTarget,
    Line,
    LiveCheck,
    Order,
    OrderState,
    Parcel,
    Party,
)

from ..const import (
    CHANNEL,
    FLAG_OF_TAG,
    FULFILLMENT,
    INTERMEDIARY_CNPJ,
    PACK_SPLIT,
    TAG_DELIVERED,
    TAG_FRAUD,
    TAG_NO_SHIPPING,
    TAG_PAID,
)
from . import payments as pay
from . import shipments as ship
from .parties import receiver
from .values import ZERO, Json, drift_guarded, ident, moment, money, sub, text
from .vocabulary import (
    CANCEL_REQUESTED,
    DEAD_ORDERS,
    KNOWN_ORDERS,
    ORDER_OF_PARCEL,
    PAID_ORDERS,
    UNPAID_ORDERS,
    parcel_state,
)

R = TypeVar("R")

# Without these nothing can be sold; a 206 answer may lack any of them.
_ESSENTIAL = ("buyer", "order_items", "payments")


@drift_guarded
def map_order(
    raw: Json,
    shipment: Json | None,
    *,
    order_ids: Iterable[str] = (),
    sla: Json | None = None,
    partial: bool = False,
) -> Order:
    """Normalise one order.

    :param shipment: its forward shipment, None when there is none (yet)
    :param order_ids: all orders of the shipment; by default this one
    :param partial: the answer was a 206, or the shipment could not be read
    :raise ContractDrift: the shape is not the documented one
    """
    order_id = ident(raw["id"])
    recipient = receiver(shipment) if shipment else Party()
    lines = _lines(raw)
    payments = tuple(pay.payment(entry) for entry in _payments(raw))
    sold = ((line.qty - line.qty_cancelled) * line.unit_price for line in lines)
    goods = sum(sold, ZERO)
    freight, interest = pay.freight(_payments(raw)), pay.interest(_payments(raw))
    pack_id = ident(raw.get("pack_id")) or None
    order = Order(
        channel=CHANNEL,
        account_ref=ident(sub(raw, "seller", "id")),
        external_id=order_id,
        pack_id=pack_id,
        number=pack_id or order_id,
        state=order_state(raw, shipment),
        state_raw=_raw_state(raw, shipment),
        payment_state=pay.payment_state(payments, raw),
        created_at=_required(moment(raw["date_created"])),
        updated_at=_newest(raw, shipment),
        paid_at=min(filter(None, (p.approved_at for p in payments)), default=None),
        hold_until=moment(sub(shipment, "lead_time", "buffering", "date")),
        buyer=Party(external_id=ident(sub(raw, "buyer", "id"))),
        recipient=recipient,
        lines=lines,
        payments=payments,
        parcels=_parcels(shipment, sla),
        invoice_targets=_targets(shipment, tuple(order_ids) or (order_id,)),
        fees=_fees(raw),
        goods_total=goods,
        freight_buyer=freight,
        interest=interest,
        discount_seller=sum((line.seller_discount for line in lines), ZERO),
        discount_channel=sum((line.channel_discount for line in lines), ZERO),
        total=goods + freight + interest,
        intermediary_cnpj=INTERMEDIARY_CNPJ,
        intermediary_id=ident(sub(raw, "seller", "id")),
        billing_ref=ident(sub(raw, "buyer", "billing_info", "id")),
        cancellation=_cancellation(raw),
        flags=_flags(raw, shipment),
        unknown=tuple(_unknown(raw, shipment)),
        partial=partial or not all(map(raw.get, _ESSENTIAL)),
    )
    # Before the payment a mask is normal; on an order that is ready it is a gap.
    if order.state == OrderState.READY and recipient.masked:
        order = replace(order, partial=True)
    return replace(order, raw_digest=_digest(order))


@drift_guarded
def map_live(raw: Json, shipment: Json | None) -> LiveCheck:
    """The two states that decide whether an order may still be shipped."""
    payments = tuple(pay.payment(entry) for entry in _payments(raw))
    return LiveCheck(
        order_state=order_state(raw, shipment),
        payment_state=pay.payment_state(payments, raw),
        state_raw=_raw_state(raw, shipment),
        flags=_flags(raw, shipment),
    )


def order_state(raw: Json, shipment: Json | None) -> OrderState:
    """State of the order axis: cancellation, then fraud, then the parcel."""
    status = text(raw["status"])
    if status in DEAD_ORDERS or status == CANCEL_REQUESTED:
        return _dead_state(raw, shipment, status)
    if text(sub(shipment, "substatus")) == PACK_SPLIT:
        return OrderState.SUPERSEDED
    tags = _tags(raw)
    gone = _parcel_order_state(shipment)
    if TAG_DELIVERED in tags or gone == OrderState.DELIVERED:
        return OrderState.DELIVERED
    if gone == OrderState.SHIPPED:
        return OrderState.SHIPPED
    if TAG_FRAUD in tags:
        return OrderState.ON_HOLD
    if TAG_PAID not in tags and status not in PAID_ORDERS:
        known = status in UNPAID_ORDERS
        return OrderState.AWAITING_PAYMENT if known else OrderState.UNKNOWN
    if status not in KNOWN_ORDERS:
        return OrderState.UNKNOWN
    if gone is not None:
        return gone
    # Paid and without a parcel: delivered by agreement, or the shipment is on its way.
    return OrderState.READY if TAG_NO_SHIPPING in tags else OrderState.ON_HOLD


def is_dead(raw: Json) -> bool:
    """Whether the order alone tells that nothing will be shipped."""
    return raw.get("status") in DEAD_ORDERS


@drift_guarded
def shipment_id(raw: Json) -> str:
    """The id of the forward shipment; empty when the order does not tell."""
    return ident(sub(raw, "shipping", "id"))


def _dead_state(raw: Json, shipment: Json | None, status: str) -> OrderState:
    codes = {
        text(sub(raw, "cancel_detail", "code")),
        text(sub(raw, "status_detail", "code")),
        text(sub(shipment, "substatus")),
    }
    # The seller split the pack: siblings took over, nobody cancelled the purchase.
    if PACK_SPLIT in codes:
        return OrderState.SUPERSEDED
    requested = status == CANCEL_REQUESTED
    return OrderState.CANCEL_REQUESTED if requested else OrderState.CANCELLED


def _parcel_order_state(shipment: Json | None) -> OrderState | None:
    if shipment is None:
        return None
    words = (text(shipment["status"]), text(shipment.get("substatus")))
    return ORDER_OF_PARCEL[parcel_state(*words)[0]]


def _raw_state(raw: Json, shipment: Json | None) -> str:
    words = [text(raw["status"])]
    words += [f"+{tag}" for tag in sorted(_tags(raw) & {TAG_FRAUD, TAG_DELIVERED})]
    if shipment:
        words.append(ship.raw_state(shipment))
    return " ".join(words)


def _lines(raw: Json) -> tuple[Line, ...]:
    lines: list[Line] = []
    taken: set[str] = set()
    for number, entry in enumerate(raw.get("order_items") or (), start=1):
        item = entry["item"]
        key = f"{ident(item['id'])}:{ident(item.get('variation_id'))}"
        if key in taken:
            # The same listing twice: the position in the cart tells them apart.
            key = f"{key}#{ident(entry.get('element_id')) or number}"
        taken.add(key)
        lines.append(_line(key, item, entry))
    return tuple(lines)


def _line(key: str, item: Json, entry: Json) -> Line:
    """``discounts`` are per unit: gross_price = (unit_price + full) × quantity.

    ``quantity`` is what is still sold, ``requested_quantity`` what was bought.
    """
    left, price = money(entry["quantity"]), money(entry["unit_price"])
    quantity = max(left, money(sub(entry, "requested_quantity", "value")))
    amounts = [sub(row, "amounts") or {} for row in entry.get("discounts") or ()]
    full = sum((money(row.get("full")) for row in amounts), ZERO)
    seller = sum((money(row.get("seller")) for row in amounts), ZERO)
    return Line(
        key=key,
        sku=text(item.get("seller_sku")) or text(item.get("seller_custom_field")),
        title=text(item.get("title")),
        qty=quantity,
        unit_price=price,
        unit_list_price=price + full,
        seller_discount=seller * quantity,
        channel_discount=max(ZERO, full - seller) * quantity,
        qty_cancelled=quantity - left,
        item_id=ident(item["id"]),
        variation_id=ident(item.get("variation_id")),
    )


def _parcels(shipment: Json | None, sla: Json | None) -> tuple[Parcel, ...]:
    return (ship.parcel(shipment, sla),) if shipment else ()


def _targets(
    shipment: Json | None, order_ids: tuple[str, ...]
) -> tuple[InvoiceTarget, ...]:
    return (ship.invoice_target(shipment, order_ids),) if shipment else ()


def _fees(raw: Json) -> tuple[Fee, ...]:
    """``sale_fee`` is documented per unit, but was seen per line: an estimate only."""
    rows = raw.get("order_items") or ()
    amount = sum((money(r.get("sale_fee")) * money(r["quantity"]) for r in rows), ZERO)
    return (Fee("commission", amount, estimated=True, code="sale_fee"),)


def _cancellation(raw: Json) -> Cancellation | None:
    detail = raw.get("cancel_detail")
    if not detail and text(raw["status"]) not in DEAD_ORDERS | {CANCEL_REQUESTED}:
        return None
    detail = detail or raw.get("status_detail") or {}
    by = text(detail.get("requested_by"))
    return Cancellation(
        by=by if by in ("buyer", "seller") else "channel" if by else "unknown",
        code=text(detail.get("code")),
        reason=text(detail.get("description")),
        at=moment(detail.get("date")),
    )


def _flags(raw: Json, shipment: Json | None) -> frozenset[str]:
    flags = {FLAG_OF_TAG[tag] for tag in _tags(raw) if tag in FLAG_OF_TAG}
    if raw.get("mediations"):
        flags.add("mediation")
    if text(sub(shipment, "logistic", "type")) == FULFILLMENT:
        flags.add("fulfillment_by_channel")
    return frozenset(flags)


def _unknown(raw: Json, shipment: Json | None) -> list[str]:
    status = text(raw["status"])
    words = [] if status in KNOWN_ORDERS else [f"order.status={status}"]
    words += pay.unknown_words(_payments(raw))
    return words + (ship.unknown_words(shipment) if shipment else [])


def _tags(raw: Json) -> set[str]:
    return {str(tag) for tag in raw.get("tags") or ()}


def _payments(raw: Json) -> list[Json]:
    return list(raw.get("payments") or ())


def _newest(raw: Json, shipment: Json | None) -> datetime | None:
    """A shipment changes without its order; both make the state."""
    moments = (
        moment(raw.get("last_updated")),
        moment(sub(shipment, "last_updated")),
    )
    return max(filter(None, moments), default=None)


def _required(value: R | None) -> R:
    if value is None:
        raise ValueError("a required value is missing")
    return value


def _digest(order: Order) -> str:
    """Hash of everything visible but the time of the last change."""
    data = asdict(replace(order, updated_at=None))
    for entry in data["parcels"]:
        del entry["updated_at"]
    data["flags"] = sorted(order.flags)
    encoded = json.dumps(data, default=str, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()
