"""Deliveries of an order: each is a parcel with its own items, NF-e and label."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    DocUnit,
    InvoiceState,
    InvoiceTarget,
    Parcel,
    ParcelState,
)

from .values import Json, digits, ident, moment, rows, sub, text
from .vocabulary import CANCELLED, INVOICES, PARCELS


def parcel(raw: Json) -> Parcel:
    """One delivery."""
    status = text(raw["status"])
    shipping = raw.get("shipping") or {}
    provider = shipping.get("provider") or {}
    return Parcel(
        external_id=ident(raw["id"]),
        state=PARCELS.get(status, ParcelState.UNKNOWN),
        state_raw=status,
        logistic=logistic(raw),
        channel_logistics=not is_own_freight(raw),
        ship_by=moment(sub(shipping, "handling_time", "limit_date")),
        deliver_by=moment(sub(shipping, "deadline", "limit_date")),
        tracking=text(sub(shipping, "tracking", "code")),
        carrier=text(provider.get("name")),
        lines=tuple((line_key(raw, item), quantity(item)) for item in items(raw)),
        updated_at=moment(raw.get("updated_at")),
    )


def invoice_target(raw: Json, order_code: str) -> InvoiceTarget:
    """What the NF-e of this delivery goes to; every delivery has its own.

    Magalu's own warehouse issues the note of what it ships.
    """
    state, key = held(raw)
    return InvoiceTarget(
        unit=DocUnit.DELIVERY,
        external_id=ident(raw["id"]),
        order_ids=(order_code,),
        required=not is_fulfillment(raw) and not is_cancelled(raw),
        state=state,
        key=key or None,
    )


def held(raw: Json) -> tuple[InvoiceState, str]:
    """State and key of the note that counts: the accepted one, else the last."""
    if is_fulfillment(raw) or is_cancelled(raw):
        return InvoiceState.NOT_REQUIRED, ""
    found = notes(raw)
    if found:
        accepted = [pair for pair in found if pair[0] == InvoiceState.ACCEPTED]
        return (accepted or found)[-1]
    return _expected(text(raw.get("status"))), ""


def notes(raw: Json) -> list[tuple[InvoiceState, str]]:
    """State and key of each note that the delivery holds."""
    return [(_note_state(row), digits(row.get("key"))) for row in _notes(raw)]


def unknown_words(raw: Json) -> list[str]:
    """Words of a delivery that are in no known list, as ``field=value``."""
    status = text(raw["status"])
    words = [] if status in PARCELS else [f"delivery.status={status}"]
    for row in _notes(raw):
        if _note_state(row) == InvoiceState.UNKNOWN:
            words.append(f"invoice.status={'/'.join(_note_words(row))}")
    return words


def items(raw: Json) -> list[Json]:
    """The items of a delivery."""
    return rows(raw.get("items"))


def line_key(raw: Json, item: Json) -> str:
    """Unique in the order: the same SKU may be in two deliveries."""
    place = item.get("sequencial") or sub(item, "info", "id")
    return f"{ident(raw['id'])}:{ident(place)}"


def quantity(item: Json) -> Decimal:
    """Units of an item.

    :raise ValueError: none, or not a number
    """
    value = item["quantity"]
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value <= 0:
        raise ValueError("a quantity is expected")
    return Decimal(value)


def is_cancelled(raw: Json) -> bool:
    """Whether nothing of it will be shipped."""
    return text(raw.get("status")) == CANCELLED


def is_fulfillment(raw: Json) -> bool:
    """Whether it leaves from Magalu's own warehouse."""
    return bool(sub(raw, "shipping", "provider", "extras", "is_fulfillment"))


def is_own_freight(raw: Json) -> bool:
    """Whether a carrier of ours takes it: only when Magalu clearly says so, since an
    absent mark says nothing."""
    return sub(raw, "shipping", "provider", "extras", "is_mle") is False


def logistic(raw: Json) -> str:
    """Name of the kind of shipping."""
    if is_fulfillment(raw):
        return "fulfillment"
    return "own_freight" if is_own_freight(raw) else "magalu_entregas"


def living(deliveries: Sequence[Json]) -> list[Json]:
    """The deliveries that are not cancelled."""
    return [raw for raw in deliveries if not is_cancelled(raw)]


def _expected(status: str) -> InvoiceState:
    """The state of a delivery that shows no note."""
    if status == "new":
        return InvoiceState.NOT_YET
    if status == "approved":
        return InvoiceState.NEEDED
    # From "invoiced" on it has one, whether the answer shows it or not.
    return InvoiceState.ACCEPTED if status in PARCELS else InvoiceState.UNKNOWN


def _notes(raw: Json) -> list[Json]:
    return rows(raw.get("invoices"))


def _note_words(row: Json) -> list[str]:
    """The status comes as a text, or as an object of id and description."""
    status = row.get("status")
    if isinstance(status, dict):
        return [text(status.get("id")), text(status.get("description"))]
    return [text(status)]


def _note_state(row: Json) -> InvoiceState:
    known = [INVOICES[w] for w in map(str.lower, _note_words(row)) if w in INVOICES]
    return known[0] if known else InvoiceState.UNKNOWN
