"""The words of Magalu for states, and ours.

Magalu publishes no complete list: ``new``, ``approved``, ``invoiced``, ``shipped``,
``delivered`` and ``cancelled`` are the words of its notifications, ``finished`` was
seen in orders. Anything else becomes UNKNOWN and is reported.
"""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.contract import (
    InvoiceState,
    OrderState,
    ParcelState,
)

CANCELLED = "cancelled"

ORDERS = {
    "new": OrderState.AWAITING_PAYMENT,
    "approved": OrderState.READY,
    "invoiced": OrderState.READY,
    "shipped": OrderState.SHIPPED,
    "delivered": OrderState.DELIVERED,
    "finished": OrderState.COMPLETED,
    CANCELLED: OrderState.CANCELLED,
}

# From the least to the most advanced: an order is as far as its slowest delivery.
PROGRESS = ("new", "approved", "invoiced", "shipped", "delivered", "finished")

PARCELS = {
    "new": ParcelState.NOT_READY,
    "approved": ParcelState.AWAITING_INVOICE,
    "invoiced": ParcelState.LABEL_READY,
    "shipped": ParcelState.IN_TRANSIT,
    "delivered": ParcelState.DELIVERED,
    "finished": ParcelState.DELIVERED,
    CANCELLED: ParcelState.CANCELLED,
}

# What Magalu thinks of a note; orders name it by a text, or by id and description.
INVOICES = {
    "approved": InvoiceState.ACCEPTED,
    "authorized": InvoiceState.ACCEPTED,
    "autorizada": InvoiceState.ACCEPTED,
    "validating": InvoiceState.PROCESSING,
    "invalid": InvoiceState.REJECTED,
}

METHODS = {
    "credit_card": "credit_card",
    "debit_card": "debit_card",
    "pix": "pix",
    "boleto": "boleto",
    "bank_slip": "boleto",
    "voucher": "voucher",
    "gift_card": "voucher",
    "wallet": "account_money",
    "magalupay": "account_money",
    "bank_transfer": "bank_transfer",
}
CARD_METHODS = frozenset({"credit_card", "debit_card"})

LISTINGS = {
    "PUBLISHED": "active",
    "UNPUBLISHED": "paused",
    "BLOCKED": "paused",
    "UNDER_REVIEW": "paused",
    "DELETING": "closed",
    "DELETED": "closed",
}
