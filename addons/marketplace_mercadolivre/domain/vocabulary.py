"""The words of Mercado Livre for states, and ours.

Source: API pages "gerenciamento de vendas" and "gerenciamento de envios". Lists grow
without notice: what is not here becomes UNKNOWN where it decides something, and is
reported as unknown in any case.
"""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.contract import (
    OrderState,
    ParcelState,
    PaymentState,
)

UNPAID_ORDERS = frozenset(
    {"confirmed", "payment_required", "payment_in_process", "partially_paid"}
)
PAID_ORDERS = frozenset({"paid", "partially_refunded"})
DEAD_ORDERS = frozenset({"cancelled", "invalid"})
CANCEL_REQUESTED = "pending_cancel"
KNOWN_ORDERS = UNPAID_ORDERS | PAID_ORDERS | DEAD_ORDERS | {CANCEL_REQUESTED}

PAYMENTS = {
    "approved": PaymentState.PAID,
    "authorized": PaymentState.PENDING,
    "pending": PaymentState.PENDING,
    "in_process": PaymentState.PENDING,
    "in_mediation": PaymentState.IN_DISPUTE,
    "rejected": PaymentState.REJECTED,
    "cancelled": PaymentState.REJECTED,
    "refunded": PaymentState.REFUNDED,
    "partially_refunded": PaymentState.PART_REFUNDED,
    "charged_back": PaymentState.CHARGED_BACK,
}

METHODS = {
    "credit_card": "credit_card",
    "debit_card": "debit_card",
    "prepaid_card": "voucher",
    "account_money": "account_money",
    "digital_wallet": "account_money",
    "digital_currency": "credit_line",
    "ticket": "boleto",
    "bank_transfer": "bank_transfer",
    "pix": "pix",
    "atm": "other",
}
CARD_METHODS = frozenset({"credit_card", "debit_card"})
BRANDS = {
    "master": "mastercard",
    "debmaster": "mastercard",
    "visa": "visa",
    "debvisa": "visa",
    "elo": "elo",
    "debelo": "elo",
    "amex": "amex",
    "hipercard": "hipercard",
    "diners": "diners",
    "cabal": "cabal",
    "debcabal": "cabal",
    "aura": "aura",
    "melicard": "mercadopago",
}

# Shipment status → state, where the substatus changes nothing.
_BY_STATUS = {
    "to_be_agreed": ParcelState.NOT_READY,
    "pending": ParcelState.NOT_READY,
    "handling": ParcelState.NOT_READY,
    "active": ParcelState.NOT_READY,
    "not_specified": ParcelState.NOT_READY,
    "not_verified": ParcelState.NOT_READY,
    "stale_ready_to_ship": ParcelState.PRINTED,
    "shipped": ParcelState.IN_TRANSIT,
    "stale_shipped": ParcelState.IN_TRANSIT,
    "delivered": ParcelState.DELIVERED,
    "not_delivered": ParcelState.FAILED,
    "cancelled": ParcelState.CANCELLED,
    "closed": ParcelState.CANCELLED,
}

_HANDED_OVER = (
    "picked_up dropped_off in_hub in_transit in_warehouse measures_ready "
    "rejected_in_hub waiting_for_last_mile_authorization"
)
_STILL_HERE = (
    "printed in_pickup_list ready_for_pkl_creation ready_for_pickup ready_for_dropoff "
    "stale delayed ready_to_pack packed in_packing_list in_plp on_route_to_pickup "
    "picking_up looking_for_driver waiting_for_carrier_authorization "
    "authorized_by_carrier shipping_order_initialized"
)
_RETURNING = (
    "returning_to_sender returning_to_warehouse returning_to_hub soon_to_be_returned "
    "picked_up_for_return returned_to_hub returned_to_agency"
)


def _all(
    status: str, substatuses: str, state: ParcelState
) -> dict[tuple[str, str], ParcelState]:
    return {(status, word): state for word in substatuses.split()}


# (status, substatus) → state, where the substatus decides.
_BY_BOTH: dict[tuple[str, str], ParcelState] = {
    ("handling", "invoice_pending"): ParcelState.AWAITING_INVOICE,
    ("ready_to_ship", "invoice_pending"): ParcelState.AWAITING_INVOICE,
    ("ready_to_ship", "ready_to_print"): ParcelState.LABEL_READY,
    ("ready_to_ship", "on_hold"): ParcelState.NOT_READY,
    ("ready_to_ship", "claimed_me"): ParcelState.NOT_READY,
    **{("ready_to_ship", word): ParcelState.PRINTED for word in _STILL_HERE.split()},
    **{
        ("ready_to_ship", word): ParcelState.HANDED_OVER
        for word in _HANDED_OVER.split()
    },
    **{("not_delivered", word): ParcelState.RETURNING for word in _RETURNING.split()},
    ("not_delivered", "returned"): ParcelState.RETURNED,
    ("not_delivered", "returned_to_warehouse"): ParcelState.RETURNED,
    ("not_delivered", "lost"): ParcelState.LOST,
    ("not_delivered", "stolen"): ParcelState.LOST,
    ("not_delivered", "destroyed"): ParcelState.LOST,
    ("not_delivered", "confiscated"): ParcelState.LOST,
    ("not_delivered", "not_recovered"): ParcelState.LOST,
}

# Documented words whose status alone decides.
_HARMLESS: dict[str, frozenset[str]] = {
    status: frozenset(words.split())
    for status, words in {
        "pending": "cost_exceeded under_review reviewed fraudulent waiting_for_payment "
        "shipment_paid creating_route manufacturing buffered creating_shipping_order",
        "handling": "regenerating waiting_for_label_generation manufacturing "
        "waiting_for_return_confirmation return_confirmed agency_unavailable",
        "shipped": "delayed waiting_for_withdrawal contact_with_carrier_required "
        "receiver_absent reclaimed not_localized forwarded_to_third soon_deliver "
        "refused_delivery bad_address changed_address negative_feedback need_review "
        "stale operator_intervention claimed_me retained out_for_delivery "
        "delivery_failed waiting_for_confirmation at_the_door buyer_edt_limit_stale "
        "delivery_blocked awaiting_tax_documentation dangerous_area buyer_rescheduled "
        "failover picked_up dropped_off customs",
        "delivered": "damaged fulfilled_feedback no_action_taken double_refund "
        "inferred",
        "not_delivered": "receiver_absent to_review waiting_for_withdrawal "
        "negative_feedback not_localized double_refund "
        "cancelled_measurement_exceeded claimed_me return_failed in_storage "
        "pending_recovery agency_unavailable "
        "rejected_damaged refused_delivery refunded_by_delay delayed delayed_to_hub "
        "shipment_stopped awaiting_tax_documentation retained damaged recovered "
        "detained_at_customs detained_at_origin unclaimed rider_not_found",
        "cancelled": "recovered label_expired cancelled_manually fraudulent "
        "return_expired return_session_expired unfulfillable closed_by_user "
        "pack_splitted shipped_outside_me shipped_outside_me_trusted inferred_shipped "
        "service_unavailable dismissed time_expired pack_partially_cancelled "
        "rejected_manually closed_store out_of_range",
    }.items()
}

# What the parcel of a paid order says about the order.
ORDER_OF_PARCEL = {
    ParcelState.NOT_READY: OrderState.ON_HOLD,
    ParcelState.AWAITING_INVOICE: OrderState.READY,
    ParcelState.TO_ARRANGE: OrderState.READY,
    ParcelState.LABEL_PENDING: OrderState.READY,
    ParcelState.LABEL_READY: OrderState.READY,
    ParcelState.PRINTED: OrderState.READY,
    ParcelState.HANDED_OVER: OrderState.SHIPPED,
    ParcelState.IN_TRANSIT: OrderState.SHIPPED,
    ParcelState.DELIVERED: OrderState.DELIVERED,
    ParcelState.FAILED: OrderState.SHIPPED,
    ParcelState.RETURNING: OrderState.SHIPPED,
    ParcelState.RETURNED: OrderState.SHIPPED,
    ParcelState.LOST: OrderState.SHIPPED,
    # The parcel died before the order: the order's own cancellation is on its way.
    ParcelState.CANCELLED: OrderState.ON_HOLD,
    ParcelState.UNKNOWN: OrderState.UNKNOWN,
}


def parcel_state(status: str, substatus: str) -> tuple[ParcelState, bool]:
    """State of a shipment, and whether both words are known.

    An unknown substatus of ``ready_to_ship`` is UNKNOWN, since there it decides;
    elsewhere the status is enough.
    """
    if (status, substatus) in _BY_BOTH:
        return _BY_BOTH[status, substatus], True
    if status == "ready_to_ship":
        if substatus:
            return ParcelState.UNKNOWN, False
        return ParcelState.LABEL_PENDING, True
    if status not in _BY_STATUS:
        return ParcelState.UNKNOWN, False
    known = not substatus or substatus in _HARMLESS.get(status, ())
    return _BY_STATUS[status], known
