"""Payments of an order, one by one and as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import Payment, PaymentState

from ..const import ACQUIRER_CNPJ, TAG_PAID
from .values import Json, ident, moment, money, text
from .vocabulary import BRANDS, CARD_METHODS, METHODS, PAYMENTS

ZERO = Decimal(0)


def payment(raw: Json) -> Payment:
    """One entry of ``payments``.

    Interest of instalments (API page "gerenciamento de vendas"): total_paid_amount +
    coupon_amount − transaction_amount − taxes_amount − shipping_cost.
    """
    goods = money(raw.get("transaction_amount"))
    freight = money(raw.get("shipping_cost"))
    interest = _interest(raw, goods, freight)
    method = _method(raw)
    is_card = method in CARD_METHODS
    brand = text(raw.get("payment_method_id"))
    return Payment(
        external_id=ident(raw["id"]),
        state=_state(raw),
        method=method,
        amount=goods + freight + interest,
        paid_total=money(raw.get("total_paid_amount", goods + freight)),
        installments=int(raw.get("installments") or 1),
        interest=interest,
        card_brand=BRANDS.get(brand, brand) if is_card else "",
        acquirer_cnpj=ACQUIRER_CNPJ if is_card else "",
        auth_code=ident(raw.get("authorization_code")) if is_card else "",
        approved_at=moment(raw.get("date_approved")),
        refunded=money(raw.get("transaction_amount_refunded")),
        state_raw="/".join(
            filter(None, (text(raw.get("status")), text(raw.get("status_detail"))))
        ),
    )


def freight(raws: Sequence[Json]) -> Decimal:
    """What the buyer pays for the delivery, over all payments that stand."""
    return sum((money(raw.get("shipping_cost")) for raw in _standing(raws)), ZERO)


def interest(raws: Sequence[Json]) -> Decimal:
    """Instalment interest, over all payments that stand."""
    return sum((payment(raw).interest for raw in _standing(raws)), ZERO)


def payment_state(payments: Sequence[Payment], order: Json) -> PaymentState:
    """State of the order's payment axis: the worst news wins, then what is covered."""
    states = {entry.state for entry in payments}
    for worst in (
        PaymentState.CHARGED_BACK,
        PaymentState.IN_DISPUTE,
        PaymentState.UNKNOWN,
        PaymentState.PART_REFUNDED,
    ):
        if worst in states:
            return worst
    if order.get("status") == "partially_refunded":
        return PaymentState.PART_REFUNDED
    standing = states - {PaymentState.REJECTED}
    if not standing:
        return PaymentState.REJECTED if states else PaymentState.PENDING
    if standing == {PaymentState.REFUNDED}:
        return PaymentState.REFUNDED
    return _paid_or_not(payments, order)


def unknown_words(raws: Sequence[Json]) -> list[str]:
    """Words of payments that are in no documented list, as ``field=value``."""
    words = []
    for raw in raws:
        status, kind = text(raw.get("status")), text(raw.get("payment_type"))
        if status not in PAYMENTS:
            words.append(f"payment.status={status}")
        if kind and kind not in METHODS:
            words.append(f"payment.type={kind}")
    return words


def _paid_or_not(payments: Sequence[Payment], order: Json) -> PaymentState:
    paid = sum((p.amount for p in payments if p.state == PaymentState.PAID), ZERO)
    # A test order or a split one may show less than its total: their tag decides.
    if TAG_PAID in (order.get("tags") or ()) or paid >= money(
        order.get("total_amount")
    ):
        return PaymentState.PAID if paid else PaymentState.PENDING
    refunded = any(p.state == PaymentState.REFUNDED for p in payments)
    return PaymentState.PART_REFUNDED if paid and refunded else PaymentState.PENDING


def _state(raw: Json) -> PaymentState:
    state = PAYMENTS.get(text(raw.get("status")), PaymentState.UNKNOWN)
    refunded = money(raw.get("transaction_amount_refunded"))
    if state != PaymentState.PAID or not refunded:
        return state
    whole = refunded >= money(raw.get("transaction_amount"))
    return PaymentState.REFUNDED if whole else PaymentState.PART_REFUNDED


def _method(raw: Json) -> str:
    if text(raw.get("payment_method_id")) == "pix":
        return "pix"
    return METHODS.get(text(raw.get("payment_type")), "other")


def _interest(raw: Json, goods: Decimal, freight_: Decimal) -> Decimal:
    if raw.get("total_paid_amount") is None:
        return ZERO
    base = goods + money(raw.get("taxes_amount")) + freight_
    rest = money(raw["total_paid_amount"]) + money(raw.get("coupon_amount")) - base
    return max(ZERO, rest)


def _standing(raws: Sequence[Json]) -> list[Json]:
    return [raw for raw in raws if _state(raw) != PaymentState.REJECTED]
