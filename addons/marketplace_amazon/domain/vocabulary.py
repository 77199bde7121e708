"""The words of Amazon for states, and ours.

Sources: API models Orders 2026-01-01 and External Fulfillment 2024-09-11. Lists grow
without notice: what is not here becomes UNKNOWN where it decides something, and is
reported as unknown in any case.
"""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.contract import (
    InvoiceState,
    OrderState,
    ParcelState,
    ReturnState,
)

PENDING_ORDERS = frozenset({"PENDING", "PENDING_AVAILABILITY"})
OPEN_ORDERS = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})
SHIPPED = "SHIPPED"
DEAD_ORDERS = frozenset({"CANCELLED", "UNFULFILLABLE"})

ORDERS = {
    **dict.fromkeys(PENDING_ORDERS, OrderState.AWAITING_PAYMENT),
    **dict.fromkeys(OPEN_ORDERS, OrderState.READY),
    SHIPPED: OrderState.SHIPPED,
    **dict.fromkeys(DEAD_ORDERS, OrderState.CANCELLED),
}

INVOICES = {
    "NOT_REQUIRED": InvoiceState.NOT_REQUIRED,
    "NOT_FOUND": InvoiceState.NEEDED,
    "PROCESSING": InvoiceState.PROCESSING,
    "ERRORED": InvoiceState.REJECTED,
    "ACCEPTED": InvoiceState.ACCEPTED,
}
"""``taxInvoicing.invoiceStatus`` of an order."""

SUBMISSIONS = {
    "Processing": InvoiceState.PROCESSING,
    "Accepted": InvoiceState.ACCEPTED,
    "Errored": InvoiceState.REJECTED,
    "Rejected": InvoiceState.REJECTED,
    "NotFound": InvoiceState.NEEDED,
}
"""``getInvoiceStatus``: of the order (Errored) and of one NF-e (Rejected)."""

PACKAGES = {
    "PENDING": ParcelState.LABEL_PENDING,
    "IN_TRANSIT": ParcelState.IN_TRANSIT,
    "SHIPPED": ParcelState.HANDED_OVER,
    "DELIVERED": ParcelState.DELIVERED,
    "CANCELLED": ParcelState.CANCELLED,
    "UNDELIVERABLE": ParcelState.FAILED,
}
PACKAGE_DETAILS = {
    "PENDING_SCHEDULE": ParcelState.TO_ARRANGE,
    "PENDING_PICK_UP": ParcelState.LABEL_READY,
    "PENDING_DROP_OFF": ParcelState.LABEL_READY,
    "LABEL_CANCELLED": ParcelState.TO_ARRANGE,
    "PICKED_UP": ParcelState.HANDED_OVER,
    "DROPPED_OFF": ParcelState.HANDED_OVER,
    "AT_ORIGIN_FC": ParcelState.IN_TRANSIT,
    "AT_DESTINATION_FC": ParcelState.IN_TRANSIT,
    "OUT_FOR_DELIVERY": ParcelState.IN_TRANSIT,
    "DELIVERED": ParcelState.DELIVERED,
    "REJECTED_BY_BUYER": ParcelState.FAILED,
    "UNDELIVERABLE": ParcelState.FAILED,
    "DAMAGED": ParcelState.FAILED,
    "RETURNING_TO_SELLER": ParcelState.RETURNING,
    "RETURNED_TO_SELLER": ParcelState.RETURNED,
    "LOST": ParcelState.LOST,
}
"""``detailedStatus`` of a package; it decides before ``status``."""

PROGRESS = (
    ParcelState.UNKNOWN,
    ParcelState.TO_ARRANGE,
    ParcelState.LABEL_PENDING,
    ParcelState.LABEL_READY,
    ParcelState.HANDED_OVER,
    ParcelState.IN_TRANSIT,
    ParcelState.LOST,
    ParcelState.FAILED,
    ParcelState.RETURNING,
    ParcelState.RETURNED,
    ParcelState.DELIVERED,
    ParcelState.CANCELLED,
)
"""Of several packages the one that is least far speaks for the parcel."""

METHODS = {
    "CreditCard": "credit_card",
    "DebitCard": "debit_card",
    "Pix": "pix",
    "Boleto": "boleto",
    "GiftCertificate": "voucher",
    "GiftCard": "voucher",
    "PointsAccount": "voucher",
    "Invoice": "credit_line",
    "Standard": "other",
    "Other": "other",
}

FULFILLED_BY = frozenset({"AMAZON", "MERCHANT"})

RETURNS = {
    "CREATED": ReturnState.APPROVED,
    "CARRIER_NOTIFIED_TO_PICK_UP_FROM_CUSTOMER": ReturnState.APPROVED,
    "CARRIER_OUT_FOR_PICK_UP_FROM_CUSTOMER": ReturnState.APPROVED,
    "CUSTOMER_CANCELLED_PICK_UP": ReturnState.APPROVED,
    "CUSTOMER_RESCHEDULED_PICK_UP": ReturnState.APPROVED,
    "PICKED_FROM_CUSTOMER": ReturnState.IN_TRANSIT,
    "CUSTOMER_DROPPED_OFF": ReturnState.IN_TRANSIT,
    "IN_TRANSIT": ReturnState.IN_TRANSIT,
    "OUT_FOR_DELIVERY": ReturnState.IN_TRANSIT,
    "REPLANNED": ReturnState.IN_TRANSIT,
    "DELIVERED": ReturnState.RECEIVED,
    "PARTIALLY_PROCESSED": ReturnState.IN_REVIEW,
    "PROCESSED": ReturnState.CLOSED,
    "REJECTED": ReturnState.REJECTED,
    "CANCELLED": ReturnState.CANCELLED,
}
RETURN_PARCELS = {
    ReturnState.APPROVED: ParcelState.NOT_READY,
    ReturnState.IN_TRANSIT: ParcelState.RETURNING,
    ReturnState.RECEIVED: ParcelState.RETURNED,
    ReturnState.IN_REVIEW: ParcelState.RETURNED,
    ReturnState.CLOSED: ParcelState.RETURNED,
    ReturnState.CANCELLED: ParcelState.CANCELLED,
    ReturnState.REJECTED: ParcelState.CANCELLED,
    ReturnState.UNKNOWN: ParcelState.UNKNOWN,
}
