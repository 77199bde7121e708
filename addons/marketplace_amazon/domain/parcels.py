"""Parcels and the NF-e of an order.

Source: API model Orders 2026-01-01. An order of Easy Ship (in Brazil: DBA) or of a
warehouse of Amazon's programme has fulfillment orders, whose ids are the shipments of
the External Fulfillment API; any other order is one parcel, named like the order.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    Parcel,
    ParcelState,
)

from ..const import EASY_SHIP, ON_SITE, PROGRAMS, SELF_SHIP
from .values import Json, moment, rows, sub, text
from .vocabulary import (
    DEAD_ORDERS,
    INVOICES,
    OPEN_ORDERS,
    PACKAGE_DETAILS,
    PACKAGES,
    PENDING_ORDERS,
    PROGRESS,
)

_EASY_SHIP = frozenset({"AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON"})
_SEPARATOR = "/"


def program(raw: Json) -> str:
    """The programme that NF-e and label of the order belong to."""
    if _EASY_SHIP & set(raw.get("programs") or ()):
        return EASY_SHIP
    return ON_SITE if shipment_ids(raw) else SELF_SHIP


def shipment_ids(raw: Json) -> list[str]:
    """Ids of the order's shipments at External Fulfillment."""
    found = rows(raw, "fulfillmentOrders")
    return [text(row["fulfillmentOrderId"]) for row in found]


def status(raw: Json) -> str:
    """``fulfillmentStatus``; empty when the data set was not included."""
    return text(sub(raw, "fulfillment", "fulfillmentStatus"))


def by_amazon(raw: Json) -> bool:
    """Whether Amazon ships it from its own warehouse (FBA) and sees to its NF-e."""
    return sub(raw, "fulfillment", "fulfilledBy") == "AMAZON"


def label_opens(raw: Json) -> datetime | None:
    """When the label may be printed; None = at any time."""
    window = sub(raw, "fulfillment", "labelPrintingWindow", "earliestDateTime")
    return moment(window)


def parcels(raw: Json) -> tuple[Parcel, ...]:
    """The order's parcels; packages do not tell which shipment they are of, so all
    parcels of an order tell the same state."""
    packages = rows(raw, "packages")
    state, word = _state(raw, packages)
    first = packages[0] if packages else {}
    refs = shipment_ids(raw) or [text(raw["orderId"])]
    fulfillment = raw.get("fulfillment") or {}
    return tuple(
        Parcel(
            external_id=ref,
            state=state,
            state_raw=word,
            logistic=program(raw),
            channel_logistics=program(raw) != SELF_SHIP,
            ship_by=moment(sub(fulfillment, "shipByWindow", "latestDateTime")),
            not_before=label_opens(raw),
            deliver_by=moment(sub(fulfillment, "deliverByWindow", "latestDateTime")),
            tracking=text(first.get("trackingNumber")),
            carrier=text(first.get("carrier")),
            lines=_lines(packages) if len(refs) == 1 else (),
            updated_at=moment(raw.get("lastUpdatedTime")),
        )
        for ref in refs
    )


def invoice_targets(raw: Json) -> tuple[InvoiceTarget, ...]:
    """One NF-e per order. Further shipments of it wait for none of their own."""
    order_id = text(raw["orderId"])
    state = invoice_state(raw)
    target = InvoiceTarget(
        unit=DocUnit.ORDER,
        external_id=f"{program(raw)}{_SEPARATOR}{order_id}",
        order_ids=(order_id,),
        required=state != InvoiceState.NOT_REQUIRED,
        state=state,
    )
    others = (
        InvoiceTarget(
            unit=DocUnit.PARCEL,
            external_id=ref,
            order_ids=(order_id,),
            required=False,
            state=InvoiceState.NOT_REQUIRED,
        )
        for ref in shipment_ids(raw)[1:]
    )
    return (target, *others)


def split_target(external_id: str) -> tuple[str, str]:
    """Programme and order of a target's id; "" and the id when it names none."""
    name, _separator, order_id = external_id.partition(_SEPARATOR)
    return (name, order_id) if name in PROGRAMS else ("", external_id)


def invoice_state(raw: Json) -> InvoiceState:
    """What Amazon thinks of the order's NF-e."""
    word = text(sub(raw, "tax", "taxInvoicing", "invoiceStatus"))
    if by_amazon(raw):
        return InvoiceState.NOT_REQUIRED
    if status(raw) in PENDING_ORDERS:
        return InvoiceState.NOT_YET
    if word:
        return INVOICES.get(word, InvoiceState.UNKNOWN)
    # Not told, but the law wants one for every sale.
    return InvoiceState.NEEDED if status(raw) in OPEN_ORDERS else InvoiceState.UNKNOWN


def unknown_words(raw: Json) -> list[str]:
    """Words that are in no documented list, as ``field=value``."""
    words = []
    invoice = text(sub(raw, "tax", "taxInvoicing", "invoiceStatus"))
    if invoice and invoice not in INVOICES:
        words.append(f"invoice.status={invoice}")
    for row in rows(raw, "packages"):
        state, detail = _package_words(row)
        if state and state not in PACKAGES:
            words.append(f"package.status={state}")
        if detail and detail not in PACKAGE_DETAILS:
            words.append(f"package.detailedStatus={detail}")
    return words


def package_states(raw: Json) -> list[ParcelState]:
    """State of each package of the order."""
    return [_package(row)[0] for row in rows(raw, "packages")]


def _state(raw: Json, packages: list[Json]) -> tuple[ParcelState, str]:
    """Of the package that is least far; without one, of the order."""
    if packages:
        living = [_package(row) for row in packages]
        return min(living, key=lambda found: PROGRESS.index(found[0]))
    word = status(raw)
    if word in PENDING_ORDERS:
        return ParcelState.NOT_READY, word
    if word in DEAD_ORDERS:
        return ParcelState.CANCELLED, word
    if word not in OPEN_ORDERS:
        known = word == "SHIPPED"
        return (ParcelState.HANDED_OVER if known else ParcelState.UNKNOWN), word
    if invoice_state(raw) not in (InvoiceState.ACCEPTED, InvoiceState.NOT_REQUIRED):
        return ParcelState.AWAITING_INVOICE, word
    own = program(raw) == SELF_SHIP
    return (ParcelState.LABEL_READY if own else ParcelState.TO_ARRANGE), word


def _package(row: Json) -> tuple[ParcelState, str]:
    state, detail = _package_words(row)
    known = PACKAGE_DETAILS.get(detail) or PACKAGES.get(state, ParcelState.UNKNOWN)
    return known, "/".join(filter(None, (state, detail)))


def _package_words(row: Json) -> tuple[str, str]:
    found = row.get("packageStatus") or {}
    return text(found.get("status")), text(found.get("detailedStatus"))


def _lines(packages: list[Json]) -> tuple[tuple[str, Decimal], ...]:
    """What is in the package; with several of them the parcel is the whole order."""
    if len(packages) != 1:
        return ()
    items = rows(packages[0], "packageItems")
    return tuple((text(r["orderItemId"]), Decimal(int(r["quantity"]))) for r in items)
