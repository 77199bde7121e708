"""Money of an order: lines, freight, payments.

Source: API model Orders 2026-01-01 (proceeds, payment). Amazon tells amounts per line
and as text; what the buyer paid for the whole order is ``proceeds.grandTotal``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    Line,
    Payment,
    PaymentState,
)

from .parties import document
from .values import ZERO, Json, money, rows, sub, text
from .vocabulary import DEAD_ORDERS, METHODS, PENDING_ORDERS

# The NF-e has ten decimals for a unit price (vUnCom).
UNIT = Decimal("1E-10")

_GOODS = "ITEM"
_DISCOUNT = "DISCOUNT"


@dataclass(frozen=True, slots=True)
class Totals:
    """``matches``: the parts make the total that Amazon tells."""

    goods: Decimal
    freight: Decimal
    total: Decimal
    matches: bool = True


def line(item: Json) -> Line:
    """One ``orderItem``. The discount is what reduces the seller's proceeds."""
    ordered = Decimal(int(item["quantityOrdered"]))
    product = item["product"]
    gross, discount = _goods(item)
    units = ordered or Decimal(1)
    listed = (gross / units).quantize(UNIT).normalize() if gross else _price(item)
    price = ((gross - discount) / units).quantize(UNIT).normalize() if gross else listed
    return Line(
        key=text(item["orderItemId"]),
        sku=text(product.get("sellerSku")),
        title=text(product.get("title")),
        qty=ordered,
        unit_price=price,
        unit_list_price=listed,
        seller_discount=discount,
        qty_cancelled=_cancelled(item, ordered),
        item_id=text(product.get("sellerSku")),
        gift=bool(sub(item, "fulfillment", "packing", "giftOption")),
    )


def totals(raw: Json) -> Totals:
    """Goods, and all the rest that the buyer pays to the seller as freight."""
    goods = extra = ZERO
    for item in rows(raw, "orderItems"):
        gross, discount = _goods(item)
        goods += gross - discount
        extra += _extra(item)
    told = sub(raw, "proceeds", "grandTotal")
    if told is None:
        return Totals(goods, extra, goods + extra)
    total = money(told)
    return Totals(goods, total - goods, total, matches=goods + extra == total)


def payments(raw: Json, state: PaymentState) -> tuple[Payment, ...]:
    """``paymentExecutions``; the acquirer and the authorisation go into the NF-e."""
    return tuple(
        _payment(f"{text(raw['orderId'])}:{number}", row, state)
        for number, row in enumerate(rows(raw, "payment", "paymentExecutions"), start=1)
    )


def payment_state(status: str) -> PaymentState:
    """Amazon releases an order for shipping when its payment is authorised."""
    if status in PENDING_ORDERS:
        return PaymentState.PENDING
    if status in DEAD_ORDERS or not status:
        # Nobody tells whether anything was taken, or given back.
        return PaymentState.UNKNOWN
    return PaymentState.PAID


def unknown_words(raw: Json) -> list[str]:
    """Payment methods without a known meaning, as ``field=value``."""
    methods = [
        text(row.get("paymentMethod"))
        for row in rows(raw, "payment", "paymentExecutions")
    ]
    return [f"payment.method={word}" for word in methods if word not in METHODS]


def _payment(ref: str, row: Json, state: PaymentState) -> Payment:
    amount = money(row.get("paymentAmount"))
    method = METHODS.get(text(row.get("paymentMethod")), "other")
    doc_type, acquirer = document(row.get("acquirerId"))
    return Payment(
        external_id=ref,
        state=state,
        method=method,
        amount=amount,
        paid_total=amount,
        card_brand=text(row.get("cardBrand")).casefold(),
        acquirer_cnpj=acquirer if doc_type == "CNPJ" else "",
        auth_code=text(row.get("authorizationCode")),
    )


def _goods(item: Json) -> tuple[Decimal, Decimal]:
    """Price of the goods of a line and the discount on them.

    The unit price is "before any quantity-based calculations": the subtotal counts. Of
    a line whose units were cancelled the subtotal may have shrunk: there the unit price
    is the only sure thing.
    """
    ordered = int(item["quantityOrdered"])
    gross = _sum(item, _GOODS)
    if not gross or _executed(item):
        gross = _price(item) * ordered
    return gross, min(gross, _discounts(item, _GOODS))


def _extra(item: Json) -> Decimal:
    """Shipping, gift wrap and fees, less the discounts on them.

    Taxes are within Brazilian prices: a TAX of its own would be on top, as elsewhere.
    """
    found = ZERO
    for row in rows(item, "proceeds", "breakdowns"):
        kind = text(row["type"])
        if kind not in (_GOODS, _DISCOUNT):
            found += money(row["subtotal"]) - _discounts(item, kind)
    return found


def _sum(item: Json, kind: str) -> Decimal:
    found = rows(item, "proceeds", "breakdowns")
    return sum((money(r["subtotal"]) for r in found if r["type"] == kind), ZERO)


def _discounts(item: Json, kind: str) -> Decimal:
    """The discount on one kind of charge; without details it is one on the goods. Its
    sign is not documented."""
    found = ZERO
    for row in rows(item, "proceeds", "breakdowns"):
        if row["type"] != _DISCOUNT:
            continue
        details = rows(row, "detailedBreakdowns")
        if details:
            parts = [money(d.get("value")) for d in details if d.get("subtype") == kind]
            found += sum(map(abs, parts), ZERO)
        elif kind == _GOODS:
            found += abs(money(row["subtotal"]))
    return found


def _price(item: Json) -> Decimal:
    return money(sub(item, "product", "price", "unitPrice"))


def _executed(item: Json) -> bool:
    return bool(sub(item, "cancellation", "cancellationExecution"))


def _cancelled(item: Json, ordered: Decimal) -> Decimal:
    """Units that a cancellation took away: neither sent nor to be sent any more."""
    if not _executed(item):
        return ZERO
    fulfillment = item.get("fulfillment") or {}
    left = int(fulfillment.get("quantityFulfilled") or 0)
    left += int(fulfillment.get("quantityUnfulfilled") or 0)
    return max(ZERO, ordered - left)
