"""The words of Shopee for states, and ours.

Source: developer guide "V2.0 Data Definition", API page get_return_detail. Lists grow
without notice: what is not here becomes UNKNOWN and is reported.
"""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.contract import (
    OrderState,
    ParcelState,
    ReturnState,
)

CANCELLED = "CANCELLED"
IN_CANCEL = "IN_CANCEL"
COMPLETED = "COMPLETED"
UNPAID = "UNPAID"
TO_RETURN = "TO_RETURN"

ORDERS = {
    UNPAID: OrderState.AWAITING_PAYMENT,
    "PENDING": OrderState.ON_HOLD,
    # Only a filter of the list by its documentation; the same order reads ready.
    "INVOICE_PENDING": OrderState.READY,
    "READY_TO_SHIP": OrderState.READY,
    "RETRY_SHIP": OrderState.READY,
    "PROCESSED": OrderState.READY,
    "SHIPPED": OrderState.SHIPPED,
    "TO_CONFIRM_RECEIVE": OrderState.DELIVERED,
    TO_RETURN: OrderState.SHIPPED,
    COMPLETED: OrderState.COMPLETED,
    IN_CANCEL: OrderState.CANCEL_REQUESTED,
    CANCELLED: OrderState.CANCELLED,
}

READY = "LOGISTICS_READY"
ARRANGED = "LOGISTICS_REQUEST_CREATED"
PICKUP_RETRY = "LOGISTICS_PICKUP_RETRY"
DELIVERED = "LOGISTICS_DELIVERY_DONE"

PARCELS = {
    "LOGISTICS_NOT_START": ParcelState.NOT_READY,
    # The same word as a push spells it.
    "LOGISTICS_NOT_STARTED": ParcelState.NOT_READY,
    "LOGISTICS_PENDING_ARRANGE": ParcelState.NOT_READY,
    READY: ParcelState.TO_ARRANGE,
    ARRANGED: ParcelState.LABEL_READY,
    PICKUP_RETRY: ParcelState.PRINTED,
    "LOGISTICS_PICKUP_DONE": ParcelState.IN_TRANSIT,
    DELIVERED: ParcelState.DELIVERED,
    "LOGISTICS_DELIVERY_FAILED": ParcelState.FAILED,
    "LOGISTICS_LOST": ParcelState.LOST,
    "LOGISTICS_INVALID": ParcelState.CANCELLED,
    "LOGISTICS_REQUEST_CANCELED": ParcelState.CANCELLED,
    "LOGISTICS_PICKUP_FAILED": ParcelState.CANCELLED,
    "LOGISTICS_COD_REJECTED": ParcelState.CANCELLED,
}

RETURNS = {
    "REQUESTED": ReturnState.REQUESTED,
    "ACCEPTED": ReturnState.APPROVED,
    "PROCESSING": ReturnState.APPROVED,
    "JUDGING": ReturnState.IN_REVIEW,
    "SELLER_DISPUTE": ReturnState.DISPUTED,
    "CLOSED": ReturnState.CLOSED,
    CANCELLED: ReturnState.CANCELLED,
}
# Where the goods of a running return are.
REVERSE = {
    "LOGISTICS_PICKUP_DONE": ReturnState.IN_TRANSIT,
    DELIVERED: ReturnState.RECEIVED,
    "Delivered": ReturnState.RECEIVED,
}
RETURN_ACTIONS = {
    "REQUESTED": ("confirm", "offer", "accept_offer", "dispute"),
    "PROCESSING": ("confirm", "dispute"),
    "ACCEPTED": ("dispute",),
}

# By the first words of the name that Shopee shows, without accents and case.
METHODS = (
    ("pix", "pix"),
    ("credit card", "credit_card"),
    ("cartao de credito", "credit_card"),
    ("debit card", "debit_card"),
    ("cartao de debito", "debit_card"),
    ("boleto", "boleto"),
    ("shopeepay", "account_money"),
    ("shopee pay", "account_money"),
    ("saldo", "account_money"),
    ("spaylater", "credit_line"),
    ("shopee parcelado", "credit_line"),
    ("bank transfer", "bank_transfer"),
)
CARD_METHODS = frozenset({"credit_card", "debit_card"})
BRANDS = {
    "visa": "visa",
    "master": "mastercard",
    "mastercard": "mastercard",
    "elo": "elo",
    "amex": "amex",
    "american express": "amex",
    "hipercard": "hipercard",
    "diners": "diners",
}
CANCELLED_BY = {
    "buyer": "buyer",
    "seller": "seller",
    "system": "channel",
    "ops": "channel",
}
