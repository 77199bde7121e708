"""An order of Amazon to the normalised order.

Source: API model Orders 2026-01-01. One answer holds everything; what belongs to a data
set that was not asked for, or to a role that the application lacks, is missing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    Cancellation,
    LiveCheck,
    Order,
    OrderState,
    ParcelState,
)

from ..const import CHANNEL, INTERMEDIARY_CNPJ
from . import amounts, parties
from . import parcels as ship
from .values import Json, drift_guarded, moment, required_moment, rows, sub, text
from .vocabulary import DEAD_ORDERS, FULFILLED_BY, OPEN_ORDERS, ORDERS, SHIPPED

_B2B = "AMAZON_BUSINESS"
_CANCELLED_BY = {"BUYER": "buyer", "MERCHANT": "seller", "AMAZON": "channel"}


@drift_guarded
def map_order(raw: Json, seller: str, now: datetime) -> Order:
    """Normalise one order.

    :param seller: our seller id, which orders do not name
    :param now: decides whether the label may be printed already
    :raise ContractDrift: the shape is not the documented one
    """
    order_id = text(raw["orderId"])
    state = order_state(raw, now)
    payment_state = amounts.payment_state(ship.status(raw))
    lines = tuple(amounts.line(item) for item in rows(raw, "orderItems"))
    money = amounts.totals(raw)
    recipient = parties.receiver(raw)
    order = Order(
        channel=CHANNEL,
        account_ref=seller,
        external_id=order_id,
        pack_id=None,
        number=order_id,
        state=state,
        state_raw=_raw_state(raw),
        payment_state=payment_state,
        created_at=required_moment(raw["createdTime"]),
        updated_at=moment(raw["lastUpdatedTime"]),
        paid_at=None,
        hold_until=ship.label_opens(raw) if state == OrderState.ON_HOLD else None,
        buyer=parties.buyer(raw),
        recipient=recipient,
        lines=lines,
        payments=amounts.payments(raw, payment_state),
        parcels=ship.parcels(raw),
        invoice_targets=ship.invoice_targets(raw),
        fees=(),
        goods_total=money.goods,
        freight_buyer=money.freight,
        discount_seller=sum((line.seller_discount for line in lines), amounts.ZERO),
        discount_channel=amounts.ZERO,
        total=money.total,
        intermediary_cnpj=parties.marketplace_cnpj(raw, INTERMEDIARY_CNPJ),
        intermediary_id=seller,
        cancellation=_cancellation(raw),
        flags=_flags(raw),
        unknown=tuple(_unknown(raw, money)),
        partial=_lacks(raw, state, recipient.masked),
    )
    return replace(order, raw_digest=_digest(order))


@drift_guarded
def map_live(raw: Json, now: datetime) -> LiveCheck:
    """The two states that decide whether an order may still be shipped."""
    return LiveCheck(
        order_state=order_state(raw, now),
        payment_state=amounts.payment_state(ship.status(raw)),
        state_raw=_raw_state(raw),
        flags=_flags(raw),
    )


def order_state(raw: Json, now: datetime) -> OrderState:
    """State of the order axis: the buyer's wish to cancel goes before shipping."""
    word = ship.status(raw)
    state = ORDERS.get(word, OrderState.UNKNOWN)
    if word in OPEN_ORDERS:
        if _requests(raw):
            return OrderState.CANCEL_REQUESTED
        opens = ship.label_opens(raw)
        return OrderState.ON_HOLD if opens and opens > now else state
    packages = ship.package_states(raw)
    if word == SHIPPED and packages and set(packages) == {ParcelState.DELIVERED}:
        return OrderState.DELIVERED
    return state


def _requests(raw: Json) -> list[Json]:
    """Requests of the buyer that nobody has executed (BuyerRequestedChange)."""
    found = []
    for item in rows(raw, "orderItems"):
        wish = sub(item, "cancellation", "cancellationRequest")
        if wish and not sub(item, "cancellation", "cancellationExecution"):
            found.append(wish)
    return found


def _cancellation(raw: Json) -> Cancellation | None:
    executed = [
        done
        for item in rows(raw, "orderItems")
        if (done := sub(item, "cancellation", "cancellationExecution"))
    ]
    dead = ship.status(raw) in DEAD_ORDERS
    if executed or dead:
        first = executed[0] if executed else {}
        by = _CANCELLED_BY.get(text(first.get("cancelledBy")), "unknown")
        at = moment(raw.get("lastUpdatedTime")) if dead else None
        return _cancelled(first, by, at, partial=not dead)
    asked = _requests(raw)
    return _cancelled(asked[0], "buyer", None, partial=False) if asked else None


def _cancelled(
    detail: Json, by: str, at: datetime | None, *, partial: bool
) -> Cancellation:
    reason = text(detail.get("cancelReason"))
    return Cancellation(by=by, code=reason, reason=reason, at=at, partial=partial)


def _raw_state(raw: Json) -> str:
    words = [ship.status(raw)]
    if _requests(raw):
        words.append("+cancellationRequest")
    words += [parcel.state_raw for parcel in ship.parcels(raw)[:1]]
    return " ".join(dict.fromkeys(filter(None, words)))


def _flags(raw: Json) -> frozenset[str]:
    flags = set()
    if _B2B in (raw.get("programs") or ()):
        flags.add("b2b")
    if ship.by_amazon(raw):
        flags.add("fulfillment_by_channel")
    return frozenset(flags)


def _unknown(raw: Json, money: amounts.Totals) -> list[str]:
    words = []
    if ship.status(raw) not in ORDERS:
        words.append(f"order.status={ship.status(raw)}")
    served = text(sub(raw, "fulfillment", "fulfilledBy"))
    if served and served not in FULFILLED_BY:
        words.append(f"order.fulfilledBy={served}")
    if not money.matches:
        # The total holds; what is freight and what is goods should be looked at.
        words.append("order.proceeds=parts do not make the total")
    return words + ship.unknown_words(raw) + amounts.unknown_words(raw)


def _lacks(raw: Json, state: OrderState, masked: bool) -> bool:
    """Data that an order to be shipped must have. FBA orders never name a person."""
    if state not in (OrderState.READY, OrderState.ON_HOLD) or ship.by_amazon(raw):
        return False
    return masked or not raw.get("orderItems") or not raw.get("proceeds")


def _digest(order: Order) -> str:
    """Hash of everything visible but the time of the last change."""
    data = asdict(replace(order, updated_at=None))
    for entry in data["parcels"]:
        del entry["updated_at"]
    data["flags"] = sorted(order.flags)
    encoded = json.dumps(data, default=str, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()
