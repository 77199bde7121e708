"""Shipments to parcels and invoice targets."""

from __future__ import annotations

from collections.abc import Iterable

from odoo.addons.marketplace_connector.domain.contract import (
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    Parcel,
    ParcelState,
)

from ..const import INVOICE_LOGISTICS, KNOWN_LOGISTICS, OWN_LOGISTICS
from .values import Json, ident, moment, money, sub, text
from .vocabulary import parcel_state

_INVOICE_OF_PARCEL = {
    ParcelState.NOT_READY: InvoiceState.NOT_YET,
    ParcelState.AWAITING_INVOICE: InvoiceState.NEEDED,
    ParcelState.TO_ARRANGE: InvoiceState.ACCEPTED,
    ParcelState.LABEL_PENDING: InvoiceState.UNKNOWN,
    ParcelState.CANCELLED: InvoiceState.NOT_REQUIRED,
    ParcelState.UNKNOWN: InvoiceState.UNKNOWN,
}


def raw_state(shipment: Json) -> str:
    """``ready_to_ship/invoice_pending``: what the log keeps beside our own word."""
    words = (text(shipment.get("status")), text(shipment.get("substatus")))
    return "/".join(filter(None, words))


def parcel(shipment: Json, sla: Json | None = None, direction: str = "") -> Parcel:
    """One shipment, with the seller's deadline when ``/sla`` was read."""
    state, _known = _state(shipment)
    logistic = text(sub(shipment, "logistic", "type"))
    lead = shipment.get("lead_time") or {}
    return Parcel(
        external_id=ident(shipment["id"]),
        state=state,
        state_raw=raw_state(shipment),
        direction=direction or text(sub(shipment, "logistic", "direction")),
        logistic=logistic,
        channel_logistics=logistic not in OWN_LOGISTICS,
        ship_by=moment(sub(sla, "expected_date")),
        not_before=moment(sub(lead, "buffering", "date")),
        deliver_by=moment(sub(lead, "estimated_delivery_limit", "date")),
        tracking=text(shipment.get("tracking_number")),
        carrier=text(shipment.get("tracking_method")),
        buyer_cost=money(lead.get("cost")) if "cost" in lead else None,
        superseded_by=ident(sub(shipment, "sibling", "sibling_id")) or None,
        updated_at=moment(shipment.get("last_updated")),
    )


def invoice_target(shipment: Json, order_ids: Iterable[str]) -> InvoiceTarget:
    """The shipment takes one NF-e for all its orders.

    Required only where Mercado Livre gates the label with it; its own warehouse (Full)
    has the NF-e issued by Mercado Livre, own couriers (Flex) go without.
    """
    state, _known = _state(shipment)
    required = text(sub(shipment, "logistic", "type")) in INVOICE_LOGISTICS
    # Every state after the label exists: the channel has accepted an NF-e before.
    invoice = _INVOICE_OF_PARCEL.get(state, InvoiceState.ACCEPTED)
    return InvoiceTarget(
        unit=DocUnit.PARCEL,
        external_id=ident(shipment["id"]),
        order_ids=tuple(order_ids),
        required=required,
        state=invoice if required else InvoiceState.NOT_REQUIRED,
    )


def unknown_words(shipment: Json) -> list[str]:
    """Words of a shipment that are in no documented list, as ``field=value``."""
    _state_, known = _state(shipment)
    words = [] if known else [f"shipment.status={raw_state(shipment)}"]
    logistic = text(sub(shipment, "logistic", "type"))
    if logistic and logistic not in KNOWN_LOGISTICS:
        words.append(f"shipment.logistic={logistic}")
    return words


def orders_of(rows: Iterable[Json], seller: str) -> tuple[str, ...]:
    """Our order ids in a shipment; rows of other sellers may be among them."""
    ours = (
        ident(row["order_id"]) for row in rows if ident(row.get("seller_id")) == seller
    )
    return tuple(dict.fromkeys(ours))


def _state(shipment: Json) -> tuple[ParcelState, bool]:
    status, substatus = shipment["status"], shipment.get("substatus")
    return parcel_state(text(status), text(substatus))
