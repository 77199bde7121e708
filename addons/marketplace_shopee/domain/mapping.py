"""An order with its amounts to the normalised order.

Sources: API pages get_order_detail and get_escrow_detail, guide "V2.0 Data Definition".
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    Cancellation,
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    Line,
    LiveCheck,
    Order,
    OrderState,
    PaymentState,
)

from ..const import (
    BUYER_CANCEL_WINDOW,
    BY_SHOPEE,
    CHANNEL,
    INTERMEDIARY_CNPJ,
    NO_INVOICE_CARRIER,
)
from . import amounts, parcels
from .parties import buyer, recipient
from .values import Json, digits, drift_guarded, ident, moment, rows, text
from .vocabulary import CANCELLED, CANCELLED_BY, DELIVERED, IN_CANCEL, ORDERS, TO_RETURN

# An NF-e may still have to be issued from these.
_BEFORE_SHIPPING = frozenset(
    {OrderState.READY, OrderState.ON_HOLD, OrderState.CANCEL_REQUESTED}
)


@drift_guarded
def map_order(raw: Json, escrow: Json | None, *, shop_id: str) -> Order:
    """Normalise one order.

    :param escrow: its ``get_escrow_detail``, None while Shopee does not tell
    :raise ContractDrift: the shape is not the documented one
    """
    income = amounts.income_of(escrow)
    order_id = ident(raw["order_sn"])
    state = order_state(raw)
    lines = amounts.lines(raw, income)
    goods = amounts.goods(lines)
    freight = amounts.freight(raw, income, goods)
    total = goods + freight
    by_seller, by_channel = amounts.discounts(income)
    target = invoice_target(raw)
    order = Order(
        channel=CHANNEL,
        account_ref=shop_id,
        external_id=order_id,
        pack_id=None,
        number=order_id,
        state=state,
        state_raw=text(raw["order_status"]),
        payment_state=amounts.payment_state(raw, income, total),
        created_at=_required(moment(raw["create_time"])),
        updated_at=moment(raw.get("update_time")),
        paid_at=moment(raw.get("pay_time")),
        hold_until=_hold_until(raw, state),
        buyer=buyer(raw),
        recipient=recipient(raw),
        lines=lines,
        payments=amounts.payments(raw, income, total),
        parcels=parcels.of_order(raw, target.state),
        invoice_targets=(target,),
        fees=amounts.fees(raw, income),
        goods_total=goods,
        freight_buyer=freight,
        discount_seller=by_seller,
        discount_channel=by_channel,
        total=total,
        intermediary_cnpj=INTERMEDIARY_CNPJ,
        intermediary_id=shop_id,
        cancellation=_cancellation(raw, lines),
        flags=_flags(raw),
        unknown=tuple(_unknown(raw)),
        partial=_is_partial(raw, income, state),
    )
    return replace(order, raw_digest=_digest(order))


@drift_guarded
def map_live(raw: Json) -> LiveCheck:
    """The two states that decide whether an order may still be shipped."""
    paid = raw.get("pay_time")
    cancelled = raw["order_status"] == CANCELLED
    payment = PaymentState.PAID if paid else PaymentState.PENDING
    if cancelled:
        payment = PaymentState.REFUNDED if paid else PaymentState.REJECTED
    return LiveCheck(
        order_state=order_state(raw),
        payment_state=payment,
        state_raw=text(raw["order_status"]),
        flags=_flags(raw),
    )


def order_state(raw: Json) -> OrderState:
    """State of the order axis; a return is raised on the way or after delivery."""
    status = text(raw["order_status"])
    if status == TO_RETURN and _all_delivered(raw):
        return OrderState.DELIVERED
    return ORDERS.get(status, OrderState.UNKNOWN)


def invoice_target(raw: Json) -> InvoiceTarget:
    """The order takes one NF-e, unless its carrier takes none or Shopee issues it."""
    state, key = invoice_held(raw)
    required = not _by_shopee(raw) and not _without_invoice(raw)
    order_id = ident(raw["order_sn"])
    if not required:
        state = InvoiceState.NOT_REQUIRED
    return InvoiceTarget(
        unit=DocUnit.ORDER,
        external_id=order_id,
        order_ids=(order_id,),
        required=required,
        state=state,
        key=key or None,
    )


def invoice_held(raw: Json) -> tuple[InvoiceState, str]:
    """What the order holds, and the NF-e's access key.

    ``invoice_data`` is null, {} or full of empty texts when it holds none: only the
    key tells. ``status`` (since August 2026) tells whether it was checked already.
    """
    if "invoice_data" not in raw:
        return InvoiceState.UNKNOWN, ""
    data = raw["invoice_data"] or {}
    key = digits(data.get("access_key"))
    if key:
        status = text(data.get("status")).lower()
        known = {
            "": InvoiceState.ACCEPTED,
            "valid": InvoiceState.ACCEPTED,
            "pending": InvoiceState.PROCESSING,
        }
        return known.get(status, InvoiceState.UNKNOWN), key
    waiting = {
        OrderState.AWAITING_PAYMENT: InvoiceState.NOT_YET,
        OrderState.ON_HOLD: InvoiceState.NOT_YET,
        OrderState.READY: InvoiceState.NEEDED,
        OrderState.CANCEL_REQUESTED: InvoiceState.NOT_YET,
        OrderState.CANCELLED: InvoiceState.NOT_REQUIRED,
    }
    return waiting.get(order_state(raw), InvoiceState.UNKNOWN), ""


def is_paid(raw: Json) -> bool:
    """Whether the order's amounts are worth asking for."""
    return bool(raw.get("pay_time")) and raw.get("order_status") != CANCELLED


def _all_delivered(raw: Json) -> bool:
    states = {p.get("logistics_status") for p in rows(raw.get("package_list"))}
    return states == {DELIVERED}


def _hold_until(raw: Json, state: OrderState) -> datetime | None:
    """For an hour after the payment the buyer cancels without asking anybody."""
    paid = moment(raw.get("pay_time"))
    return paid + BUYER_CANCEL_WINDOW if paid and state in _BEFORE_SHIPPING else None


def _is_partial(raw: Json, income: Json, state: OrderState) -> bool:
    """A mask or a missing amount matters as long as an NF-e may have to be issued."""
    if not raw.get("item_list"):
        return True
    if state not in _BEFORE_SHIPPING or _by_shopee(raw):
        return False
    masked = state == OrderState.READY and buyer(raw).masked
    return masked or (is_paid(raw) and not amounts.is_priced(raw, income))


def _without_invoice(raw: Json) -> bool:
    names = [raw.get("shipping_carrier")]
    names += [p.get("shipping_carrier") for p in rows(raw.get("package_list"))]
    return any(NO_INVOICE_CARRIER in text(name).casefold() for name in names)


def _by_shopee(raw: Json) -> bool:
    return raw.get("fulfillment_flag") == BY_SHOPEE


def _cancellation(raw: Json, lines: tuple[Line, ...]) -> Cancellation | None:
    status = raw["order_status"]
    partial = any(line.qty_cancelled for line in lines) and status != CANCELLED
    if status not in (CANCELLED, IN_CANCEL) and not partial:
        return None
    by = CANCELLED_BY.get(text(raw.get("cancel_by")).lower(), "unknown")
    reason = text(raw.get("cancel_reason")) or text(raw.get("buyer_cancel_reason"))
    return Cancellation(
        by="buyer" if by == "unknown" and status == IN_CANCEL else by,
        code=reason,
        reason=text(raw.get("buyer_cancel_reason")) or reason,
        at=moment(raw.get("update_time")) if status == CANCELLED else None,
        partial=partial,
    )


def _flags(raw: Json) -> frozenset[str]:
    return frozenset({"fulfillment_by_channel"} if _by_shopee(raw) else ())


def _unknown(raw: Json) -> list[str]:
    status = text(raw["order_status"])
    words = [] if status in ORDERS else [f"order.status={status}"]
    words += [
        f"payment.method={text(entry.get('payment_method'))}"
        for entry in rows(raw.get("payment_info"))
        if amounts.method(entry.get("payment_method")) == "other"
    ]
    return words + parcels.unknown_words(raw)


def _required(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a required value is missing")
    return value


def _digest(order: Order) -> str:
    """Hash of everything visible but the time of the last change."""
    data = asdict(replace(order, updated_at=None, flags=frozenset()))
    for entry in data["parcels"]:
        del entry["updated_at"]
    data["flags"] = sorted(order.flags)
    encoded = json.dumps(data, default=str, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()
