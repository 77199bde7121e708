"""What the buyer pays for an order: lines, freight, discounts, payments.

Amounts are integers with a ``normalizer``. Magalu does not say whether the price of an
item is meant before or after a discount of the order, so the total decides it; when
nothing adds up, nobody guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    Line,
    Payment,
    PaymentState,
)

from . import deliveries as parts
from .values import ZERO, Json, digits, ident, moment, money, part, rows, sub, text
from .vocabulary import CARD_METHODS, METHODS

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Sale:
    """The money of one order; ``goods`` + ``freight`` + ``interest`` = ``total``."""

    lines: tuple[Line, ...]
    goods: Decimal
    freight: Decimal
    interest: Decimal
    discount: Decimal
    total: Decimal


def sale(order: Json) -> Sale:
    """Lines and totals.

    :raise ValueError: the parts do not add up to the total
    """
    pairs = [(d, item) for d in rows(order["deliveries"]) for item in parts.items(d)]
    gross = [_price(item) * parts.quantity(item) for _delivery, item in pairs]
    total = money(order["amounts"], "total")
    freight = part(order["amounts"], "freight")
    discount = part(order["amounts"], "discount")
    rest = total - sum(gross, ZERO) - freight
    taken_off = discount and rest + discount == 0
    if rest < 0 and not taken_off:
        raise ValueError("the amounts do not add up")
    shares = spread(discount, gross) if discount else [ZERO] * len(gross)
    return Sale(
        lines=tuple(
            _line(delivery, item, share, taken_off=bool(taken_off))
            for (delivery, item), share in zip(pairs, shares, strict=True)
        ),
        goods=sum(gross, ZERO) - (discount if taken_off else ZERO),
        freight=freight,
        # What instalments cost the buyer is in the total and nowhere else.
        interest=max(ZERO, rest),
        discount=discount,
        total=total,
    )


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Parts of an amount in whole cents, by weight; the last takes what is left."""
    whole = sum(weights, ZERO)
    shares = [
        (amount * weight / whole).quantize(CENT, ROUND_DOWN) if whole else ZERO
        for weight in weights
    ]
    if shares:
        shares[-1] += amount - sum(shares, ZERO)
    return shares


def payments(order: Json, state: PaymentState) -> tuple[Payment, ...]:
    """Means of payment; their state is that of the order, they have none of their
    own."""
    return tuple(
        _payment(f"{ident(order['code'])}:{place}", row, state, order)
        for place, row in enumerate(rows(order.get("payments")), start=1)
    )


def unknown_words(order: Json) -> list[str]:
    """Methods of payment that are in no known list."""
    methods = [text(row.get("method")) for row in rows(order.get("payments"))]
    return [f"payment.method={word}" for word in methods if word not in METHODS]


def _price(item: Json) -> Decimal:
    return money(item["unit_price"], "value")


def _line(delivery: Json, item: Json, share: Decimal, *, taken_off: bool) -> Line:
    """``share``: of the order's discount; ``taken_off``: the price does not show it."""
    count, price = parts.quantity(item), _price(item)
    reduction = share / count
    net = price - reduction if taken_off else price
    gone = parts.is_cancelled(delivery)
    return Line(
        key=parts.line_key(delivery, item),
        sku=text(sub(item, "info", "sku")),
        title=text(sub(item, "info", "name")),
        qty=count,
        unit_price=net,
        unit_list_price=net + reduction,
        seller_discount=share,
        qty_cancelled=count if gone else ZERO,
        # The SKU is what offers, stock and prices are known by.
        item_id=text(sub(item, "info", "sku")),
        location=text(sub(delivery, "branch", "id")),
    )


def _payment(ref: str, row: Json, state: PaymentState, order: Json) -> Payment:
    method = METHODS.get(text(row.get("method")), "other")
    is_card = method in CARD_METHODS
    amount = money(row, "amount")
    brand = text(row.get("brand") or row.get("method_brand")).lower()
    return Payment(
        external_id=ref,
        state=state,
        method=method,
        amount=amount,
        paid_total=amount,
        installments=int(row.get("installments") or 1),
        card_brand=brand if is_card else "",
        acquirer_cnpj=digits(sub(row, "gateway", "document")) if is_card else "",
        auth_code=text(row.get("authorization_code")) if is_card else "",
        approved_at=moment(order.get("approved_at")),
        refunded=amount if state == PaymentState.REFUNDED else ZERO,
    )
