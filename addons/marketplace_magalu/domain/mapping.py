"""An order of Magalu to the normalised order. Items hang below deliveries."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    Address,
    Cancellation,
    Fee,
    LiveCheck,
    Order,
    OrderState,
    Party,
    PaymentState,
)

from ..const import CHANNEL, INTERMEDIARY_CNPJ
from . import amounts
from . import deliveries as parts
from .values import Json, digits, drift_guarded, ident, moment, part, rows, sub, text
from .vocabulary import CANCELLED, ORDERS, PROGRESS

_MASK = re.compile(r"\*{2}")
_MIXED = "deliveries=mixed_fulfillment"


@drift_guarded
def map_order(raw: Json, account_ref: str) -> Order:
    """Normalise one order.

    :param account_ref: our tenant; the order itself does not name it
    :raise ContractDrift: the shape is not the known one, or amounts do not add up
    """
    code, deliveries = ident(raw["code"]), rows(raw["deliveries"])
    payment_state = _payment_state(raw)
    paid, sale = amounts.payments(raw, payment_state), amounts.sale(raw)
    address_of = (parts.living(deliveries) or deliveries or [{}])[0]
    recipient = _recipient(address_of)
    order = Order(
        channel=CHANNEL,
        account_ref=account_ref,
        external_id=code,
        pack_id=None,
        number=code,
        state=order_state(raw),
        state_raw=text(raw["status"]),
        payment_state=payment_state,
        created_at=_created(raw),
        updated_at=_newest(raw, deliveries),
        paid_at=moment(raw.get("approved_at")),
        hold_until=None,
        buyer=_buyer(raw, recipient),
        recipient=recipient,
        lines=sale.lines,
        payments=paid,
        parcels=tuple(parts.parcel(entry) for entry in deliveries),
        invoice_targets=tuple(parts.invoice_target(row, code) for row in deliveries),
        fees=(
            Fee("commission", part(raw["amounts"], "commission"), code="commission"),
        ),
        goods_total=sale.goods,
        freight_buyer=sale.freight,
        interest=sale.interest,
        discount_seller=sale.discount,
        discount_channel=amounts.ZERO,
        total=sale.total,
        intermediary_cnpj=_intermediary(raw),
        intermediary_id=ident(sub(address_of, "seller", "id")) or account_ref,
        cancellation=_cancellation(raw, deliveries),
        flags=_flags(deliveries),
        unknown=tuple(_unknown(raw, deliveries)),
        partial=not deliveries or _is_mixed(deliveries),
    )
    if order.state == OrderState.READY and order.buyer.masked:
        order = replace(order, partial=True)
    return replace(order, raw_digest=_digest(order))


@drift_guarded
def map_live(raw: Json) -> LiveCheck:
    """The two states that decide whether an order may still be shipped."""
    return LiveCheck(
        order_state=order_state(raw),
        payment_state=_payment_state(raw),
        state_raw=text(raw["status"]),
        flags=_flags(rows(raw["deliveries"])),
    )


def order_state(raw: Json) -> OrderState:
    """State of the order axis: a cancellation, else the slowest living delivery.

    The order's own word may run ahead while one of its deliveries is still to go.
    """
    status = text(raw["status"])
    living = parts.living(rows(raw["deliveries"]))
    if status == CANCELLED or (raw["deliveries"] and not living):
        return OrderState.CANCELLED
    words = [status, *(text(entry["status"]) for entry in living)]
    if any(word not in ORDERS for word in words):
        return OrderState.UNKNOWN
    slowest = min(words[1:] or words, key=PROGRESS.index)
    # A delivery is never ahead of the payment.
    return ORDERS["new"] if status == "new" else ORDERS[slowest]


def _payment_state(raw: Json) -> PaymentState:
    """Magalu charges the buyer and tells it only by the order's status.

    What was cancelled after the approval is paid back by Magalu itself.
    """
    status = text(raw["status"])
    if status not in ORDERS:
        return PaymentState.UNKNOWN
    if status == "new":
        return PaymentState.PENDING
    if status == CANCELLED:
        approved = raw.get("approved_at")
        return PaymentState.REFUNDED if approved else PaymentState.REJECTED
    return PaymentState.PAID


def _buyer(raw: Json, recipient: Party) -> Party:
    """Who the NF-e is for; the only address that Magalu gives is the delivery's."""
    customer = raw.get("customer") or {}
    document = digits(customer.get("document_number"))
    is_firm = text(customer.get("customer_type")).upper() == "PJ" or len(document) == 14
    return Party(
        name=text(customer.get("name")),
        doc_type="CNPJ" if is_firm else "CPF",
        doc=document,
        address=recipient.address,
        masked=recipient.masked or _masked(customer, "name", "document_number"),
    )


def _recipient(delivery: Json) -> Party:
    recipient = sub(delivery, "shipping", "recipient") or {}
    address = _address(recipient.get("address") or {})
    return Party(
        name=text(recipient.get("name")),
        doc=digits(recipient.get("document_number")),
        address=address,
        masked=address.masked or _masked(recipient, "name"),
    )


def _address(raw: Json) -> Address:
    return Address(
        street=text(raw.get("street")),
        number=text(raw.get("number")),
        complement=text(raw.get("complement")),
        district=text(raw.get("district")),
        city=text(raw.get("city")),
        state=text(raw.get("state")).upper(),
        zip=digits(raw.get("zipcode")),
        country=text(raw.get("country")) or "BR",
        reference=text(raw.get("reference")),
        masked=_masked(raw, "street", "number", "zipcode"),
    )


def _masked(raw: Json, *names: str) -> bool:
    return any(_MASK.search(ident(raw.get(name))) for name in names)


def _intermediary(raw: Json) -> str:
    """Which marketplace sold it: Netshoes and others sell through the same API."""
    return digits(sub(raw, "channel", "marketplace", "document")) or INTERMEDIARY_CNPJ


def _cancellation(raw: Json, deliveries: list[Json]) -> Cancellation | None:
    """Magalu tells neither who cancelled nor why."""
    gone = [entry for entry in deliveries if parts.is_cancelled(entry)]
    if text(raw["status"]) != CANCELLED and not gone:
        return None
    moments = (moment(sub(entry, "shipping", "cancelled_at")) for entry in gone)
    return Cancellation(
        by="unknown",
        code=CANCELLED,
        reason="",
        at=max(filter(None, moments), default=None),
        partial=order_state(raw) != OrderState.CANCELLED,
    )


def _flags(deliveries: list[Json]) -> frozenset[str]:
    living = parts.living(deliveries) or deliveries
    theirs = living and all(map(parts.is_fulfillment, living))
    return frozenset({"fulfillment_by_channel"} if theirs else ())


def _is_mixed(deliveries: list[Json]) -> bool:
    """One part from Magalu's warehouse and one from ours: nothing here can say which
    lines to reserve, a person has to."""
    return len({parts.is_fulfillment(entry) for entry in parts.living(deliveries)}) > 1


def _unknown(raw: Json, deliveries: list[Json]) -> list[str]:
    status = text(raw["status"])
    words = [] if status in ORDERS else [f"order.status={status}"]
    for entry in deliveries:
        words += parts.unknown_words(entry)
    words += amounts.unknown_words(raw)
    return words + ([_MIXED] if _is_mixed(deliveries) else [])


def _created(raw: Json) -> datetime:
    created = moment(raw.get("purchased_at")) or moment(raw["created_at"])
    if created is None:
        raise ValueError("a date of the purchase is expected")
    return created


def _newest(raw: Json, deliveries: list[Json]) -> datetime | None:
    moments = [moment(entry.get("updated_at")) for entry in (raw, *deliveries)]
    return max(filter(None, moments), default=None)


def _digest(order: Order) -> str:
    """Hash of everything visible but the time of the last change."""
    data: dict[str, Any] = asdict(replace(order, updated_at=None))
    for entry in data["parcels"]:
        del entry["updated_at"]
    data["flags"] = sorted(order.flags)
    encoded = json.dumps(data, default=str, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()
