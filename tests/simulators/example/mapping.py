"""The made-up channel's order as ours: one function, no network."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from odoo.addons.marketplace_connector.domain import contract as c
from odoo.addons.marketplace_connector.domain.values import drift_guarded

ORDERS = {
    "new": c.OrderState.AWAITING_PAYMENT,
    "paid": c.OrderState.READY,
    "shipped": c.OrderState.SHIPPED,
    "cancelled": c.OrderState.CANCELLED,
}
PARCELS = {
    "new": c.ParcelState.NOT_READY,
    "paid": c.ParcelState.AWAITING_INVOICE,
    "shipped": c.ParcelState.IN_TRANSIT,
    "cancelled": c.ParcelState.CANCELLED,
}


@drift_guarded
def read(raw, shop):
    """A word without a meaning becomes UNKNOWN and is kept; money is Decimal."""
    ref, status, key = raw["id"], raw["status"], raw["key"]
    lines = tuple(_line(number, row) for number, row in enumerate(raw["lines"]))
    total = sum(line.qty * line.unit_price for line in lines)
    paid = c.PaymentState.PAID if raw["paid"] else c.PaymentState.PENDING
    needed = c.InvoiceState.ACCEPTED if key else c.InvoiceState.NEEDED
    buyer, gone = _buyer(raw), raw["cancelled"]
    seen = repr((status, key, lines, asdict(buyer)))
    return c.Order(
        channel="example",
        account_ref=shop,
        external_id=ref,
        pack_id=None,
        number=ref,
        state=ORDERS.get(status, c.OrderState.UNKNOWN),
        state_raw=status,
        payment_state=paid,
        created_at=datetime.fromisoformat(raw["created"]),
        updated_at=datetime.fromisoformat(raw["updated"]),
        paid_at=None,
        hold_until=None,
        buyer=buyer,
        recipient=buyer,
        lines=lines,
        payments=(c.Payment(ref, paid, "pix", total, total),),
        parcels=(c.Parcel(ref, PARCELS.get(status, c.ParcelState.UNKNOWN), status),),
        invoice_targets=(
            c.InvoiceTarget(c.DocUnit.ORDER, ref, (ref,), True, needed, key),
        ),
        fees=(),
        goods_total=total,
        freight_buyer=Decimal(0),
        discount_seller=Decimal(0),
        discount_channel=Decimal(0),
        total=total,
        cancellation=_cancellation(gone) if gone else None,
        unknown=() if status in ORDERS else (f"order.status={status}",),
        raw_digest=hashlib.sha256(seen.encode()).hexdigest(),
    )


def _line(number, row):
    quantity, price = Decimal(row["qty"]), row["price"]
    return c.Line(str(number), row["sku"], row["sku"], quantity, price, price)


def _buyer(raw):
    """No address before the payment: masked, which is not the same as empty."""
    who, where = raw["buyer"], raw["address"]
    if where is None:
        return c.Party(name=who["name"], doc_type="CPF", doc=who["cpf"], masked=True)
    address = c.Address(zip=where["zip"], city=where["city"])
    return c.Party(name=who["name"], doc_type="CPF", doc=who["cpf"], address=address)


def _cancellation(moment):
    return c.Cancellation("buyer", "", "", datetime.fromisoformat(moment))
