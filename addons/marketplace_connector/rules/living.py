"""What a reading of a channel's order means for our living order. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_UP, Decimal
from enum import StrEnum

from odoo.addons.industry_b2c_sales.domain.axes import Axis, Fact, parse_state
from odoo.addons.industry_b2c_sales.domain.intake import (
    CENT,
    IntakeAddress,
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
    IntakePayment,
)

from ..domain.contract import (
    Address,
    InvoiceState,
    Line,
    Order,
    OrderState,
    Parcel,
    Party,
    Payment,
    PaymentState,
)

CHANNEL_SHIPS = "fulfillment_by_channel"
"""Stock and NF-e are the channel's: the order never reserves ours."""
NOT_OURS_TO_SHIP = frozenset({CHANNEL_SHIPS, "test"})
LOST = frozenset({OrderState.CANCELLED, OrderState.SUPERSEDED})
GONE = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED})


class Freshness(StrEnum):
    """How a reading compares with what is stored."""

    NEWER = "newer"
    SAME = "same"
    STALE = "stale"


class Intake(StrEnum):
    """What to do with an order that has no sale order yet."""

    CREATE = "create"
    WAIT = "wait"
    NEVER = "never"


def freshness(
    order: Order, stored_at: datetime | None, stored_digest: str, stored_partial: bool
) -> Freshness:
    """Older readings are ignored, equal ones change nothing.

    The database keeps whole seconds, so two changes of one second are told apart by the
    digest alone. A whole reading always beats a partial one of the same moment.
    """
    at = order.updated_at.replace(microsecond=0) if order.updated_at else None
    if stored_at and at and at < stored_at:
        return Freshness.STALE
    if stored_partial and not order.partial:
        return Freshness.NEWER
    if stored_digest and stored_digest == order.raw_digest:
        return Freshness.SAME
    return Freshness.NEWER


def decide(order: Order, now: datetime) -> Intake:
    """May this reading become a sale order?

    Only a whole, paid and released order does. What was cancelled before we ever had it
    stays out; so does what the channel ships from its own stock.
    """
    if order.flags & NOT_OURS_TO_SHIP or order.state in LOST | GONE:
        return Intake.NEVER
    if order.partial or order.buyer.masked or order.recipient.address.masked:
        return Intake.WAIT
    if order.hold_until and order.hold_until > now:
        return Intake.WAIT
    if order.state != OrderState.READY or order.payment_state != PaymentState.PAID:
        return Intake.WAIT
    return Intake.CREATE


def forward(order: Order) -> tuple[Parcel, ...]:
    """The living parcels to the buyer."""
    return tuple(
        parcel
        for parcel in order.parcels
        if parcel.direction == "forward" and not parcel.superseded_by
    )


def channel_note(order: Order) -> str:
    """Key of the NF-e that the channel itself issued for its own stock; "" = none."""
    if CHANNEL_SHIPS not in order.flags:
        return ""
    return next((t.key for t in order.invoice_targets if t.key), "")


def facts(order: Order, source: str) -> tuple[Fact, ...]:
    """What the reading says on each axis.

    The uid is made of order, axis, state and the channel's time: the same change is one
    fact, whether a notification, the poll or the sweep brought it.
    """
    at = order.updated_at or order.created_at
    found = [
        _fact(order, source, Axis.ORDER, order.state, order.state_raw, at),
        _fact(order, source, Axis.PAYMENT, order.payment_state, "", at),
    ]
    for target in order.invoice_targets:
        # Our own side knows more about a note than "not required" or "unknown".
        if target.state not in (InvoiceState.UNKNOWN, InvoiceState.NOT_REQUIRED):
            found.append(_fact(order, source, Axis.FISCAL, target.state, "", at))
    for parcel in forward(order):
        moment = parcel.updated_at or at
        found.append(
            _fact(order, source, Axis.PARCEL, parcel.state, parcel.state_raw, moment)
        )
    return tuple(found)


def _fact(
    order: Order, source: str, axis: Axis, state: StrEnum, raw: str, at: datetime
) -> Fact:
    parsed = parse_state(axis, state.value)
    return Fact(
        axis=axis,
        state=parsed,
        raw=raw or state.value,
        source=source,
        at=at,
        uid=f"{source}:{order.external_id}:{axis}:{parsed}:{raw}:{at.isoformat()}",
    )


def intake_order(order: Order, source: str, buyer: Party) -> IntakeOrder:
    """The order for ``sale.order._b2c_intake``.

    Its total is the channel's ``total``, whoever bears which discount.

    :param buyer: who the NF-e is for (``adapter.buyer_fiscal``)
    """
    consumer = _address(buyer.address, buyer)
    shipping = _address(order.recipient.address, order.recipient)
    if not shipping.zip or shipping == consumer:
        shipping = None
    return IntakeOrder(
        source=source,
        external_id=order.external_id,
        ordered_at=order.created_at,
        consumer=IntakeConsumer(
            name=buyer.name,
            vat=buyer.doc,
            email=buyer.email,
            phone=buyer.phone,
            address=consumer if consumer.zip else shipping or consumer,
        ),
        shipping=shipping if consumer.zip else None,
        lines=tuple(_line(line) for line in order.lines if _quantity(line) > 0),
        payments=tuple(_payment(p) for p in order.payments if _pays(p)),
        paid_total=order.total,
        # Instalment interest is paid to the channel, but the note carries it: what the
        # buyer paid is its total.
        freight=order.freight_buyer + order.interest,
        channel_discount=_coupon(order),
        pack_id=order.pack_id or "",
        intermediary_vat=order.intermediary_cnpj,
        intermediary_ref=order.intermediary_id,
        facts=facts(order, source),
    )


def _address(address: Address, party: Party) -> IntakeAddress:
    return IntakeAddress(
        street=address.street,
        number=address.number,
        complement=" ".join(filter(None, (address.complement, address.reference))),
        district=address.district,
        city=address.city,
        city_ibge=address.ibge,
        uf=address.state,
        zip=address.zip,
        country=address.country,
        recipient=party.name,
        phone=party.phone,
    )


def units_left(order: Order) -> dict[str, Decimal]:
    """How many units are still sold of each line of which some were cancelled.

    Empty for a reading that may have left something out.
    """
    if order.partial or order.state in LOST:
        return {}
    return {line.key: _quantity(line) for line in order.lines if line.qty_cancelled}


def refunded(order: Order) -> Decimal:
    """What the channel has paid back to the buyer, in BRL."""
    return sum((payment.refunded for payment in order.payments), Decimal(0))


def _quantity(line: Line) -> Decimal:
    return line.qty - line.qty_cancelled


def _line(line: Line) -> IntakeLine:
    quantity = _quantity(line)
    reduction = _seller_reduction(line)
    return IntakeLine(
        key=line.key,
        sku=line.sku,
        quantity=quantity,
        unit_price=line.unit_price + reduction,
        discount=reduction * quantity,
        title=line.title,
        item_id=line.item_id,
        variation_id=line.variation_id,
        # Out of the price already, like the seller's, but no discount of the note.
        channel_discount=(line.channel_discount * quantity / line.qty).quantize(CENT),
    )


def _seller_reduction(line: Line) -> Decimal:
    """What the seller took off one unit, which the note shows as a discount (vDesc).

    In whole cents, as prices are: of 10.00 off three units 3.34 are told for each, and
    the price before the discount is as much higher.
    """
    if line.unit_price <= 0:
        return Decimal(0)
    return (line.seller_discount / line.qty).quantize(CENT, ROUND_UP)


def _coupon(order: Order) -> Decimal:
    """What the channel paid for the buyer, at most the order: a coupon may be told for
    a whole cart."""
    standing = [payment for payment in order.payments if _pays(payment)]
    paid_by_others = sum((p.amount - p.paid_total for p in standing), Decimal(0))
    return max(Decimal(0), min(paid_by_others, order.total))


def _pays(payment: Payment) -> bool:
    return payment.state in (PaymentState.PAID, PaymentState.PART_REFUNDED)


def _payment(payment: Payment) -> IntakePayment:
    return IntakePayment(
        method=payment.method,
        amount=payment.amount,
        brand=payment.card_brand,
        acquirer_cnpj=payment.acquirer_cnpj,
        auth_code=payment.auth_code,
        installments=payment.installments,
    )
