"""What a channel says about an order, in the suite's one vocabulary.

Order, payment, parcel and return states are the axes of the living order, so an
adapter and the sale order speak the same words.
"""

from __future__ import annotations

from enum import StrEnum

from odoo.addons.industry_b2c_sales.domain.axes import (
    OrderState,
    ParcelState,
    PaymentState,
    ReturnState,
)

__all__ = [
    "DocUnit",
    "EventAuth",
    "InvoiceState",
    "OrderState",
    "ParcelState",
    "PaymentState",
    "ReturnState",
]


class InvoiceState(StrEnum):
    """What the channel thinks of the NF-e (not what the SEFAZ thinks of it)."""

    NOT_REQUIRED = "not_required"
    NOT_YET = "not_yet"
    NEEDED = "needed"
    SENT = "sent"
    PROCESSING = "processing"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class DocUnit(StrEnum):
    """The thing of the channel that one NF-e is attached to."""

    ORDER = "order"
    PACK = "pack"
    PARCEL = "parcel"
    DELIVERY = "delivery"


class EventAuth(StrEnum):
    """What is known about the sender of a webhook.

    ``UNSIGNED`` means that the channel signs nothing and that what can be checked
    (application, account) fits: only the ids of such an event are believed.
    """

    VALID = "valid"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
