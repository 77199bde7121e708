"""Arranges shipments and fetches their labels, tells the tracking of own carriers.

Source: API model External Fulfillment Shipments 2024-09-11 (Easy Ship, in Brazil DBA):
confirm the shipment → create its packages → choose a pick-up → label. Each step is
read back from the shipment's status, so repeating is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    ContractDrift,
    LabelBatch,
    LabelFile,
    NotYet,
    RateLimited,
    Rejected,
    TokenExpired,
)

from .client import Client
from .errors import BUG, OPERATOR, WINDOW_CLOSED
from .parcels import label_opens
from .values import Json, drift_guarded, moment, rows, stamp, sub, text

PDF = "pdf"
ZPL = "zpl2"
FORMATS = frozenset({PDF, ZPL})

# After these every further call would fail as well.
_HOPELESS = (AuthDead, TokenExpired, RateLimited)

_NEW = frozenset({"CREATED", "ACCEPTED"})
_UNPACKED = frozenset({"CREATED", "ACCEPTED", "CONFIRMED"})
_LABELLED = "SHIPLABEL_GENERATED"
_GONE = frozenset({"SHIPPED", "DELIVERED"})
_REJECT = {
    "out_of_stock": "OUT_OF_STOCK",
    "undeliverable": "OUT_OF_STOCK",
    "buyer_asked": "CUSTOMER_REQUESTED",
}


def arrange(
    client: Client, parcels: Sequence[str], now: datetime
) -> list[tuple[str, ChannelError | None]]:
    """Confirm and pack each shipment; the error of one does not stop the others."""
    results: list[tuple[str, ChannelError | None]] = []
    for at, ref in enumerate(parcels):
        try:
            _prepare(client, ref, now)
            results.append((ref, None))
        except _HOPELESS as error:
            return results + [(left, error) for left in parcels[at:]]
        except ChannelError as error:
            results.append((ref, error))
    return results


def labels(
    client: Client, parcels: Sequence[str], fmt: str, now: datetime
) -> LabelBatch:
    """One file for each package. The format is the one set in Seller Central: Amazon
    takes no wish, so what comes is told as it is."""
    if fmt not in FORMATS:
        raise Rejected("label_format", f"unknown label format {fmt}", who=BUG)
    files: list[LabelFile] = []
    failed: dict[str, ChannelError] = {}
    wanted = list(dict.fromkeys(parcels))
    for at, ref in enumerate(wanted):
        try:
            files += _labels_of(client, ref, now)
        except _HOPELESS as error:
            failed.update(dict.fromkeys(wanted[at:], error))
            break
        except ChannelError as error:
            failed[ref] = error
    return LabelBatch(tuple(files), tuple(failed.items()))


def reject(client: Client, shipment_ids: Sequence[str], reason: str) -> None:
    """Cancel shipments as a whole; Amazon knows no part of one.

    :raise Rejected: a shipment has gone, or its state does not allow it any more
    """
    word = _REJECT.get(reason, "OUT_OF_STOCK")
    for ref in shipment_ids:
        shipment = client.shipment(ref)
        if _status(shipment) == "CANCELLED":
            continue
        _ensure_rejectable(shipment)
        lines = [
            {"lineItem": line, "reason": word} for line in _line_items(shipment, 0)
        ]
        body = {"referenceId": f"reject-{ref}", "lineItems": lines}
        client.process_shipment(ref, "REJECT", body)


def own_package(
    order: Json, carrier: str, code: str, shipped_at: datetime
) -> Json | None:
    """``packageDetail`` of an own carrier; None when Amazon has this tracking."""
    known = {text(row.get("trackingNumber")) for row in rows(order, "packages")}
    if code in known:
        return None
    return {
        "packageReferenceId": str(len(known) + 1),
        "carrierCode": "Other",
        "carrierName": carrier,
        "trackingNumber": code,
        "shipDate": stamp(shipped_at),
        "orderItems": [
            {"orderItemId": text(row["orderItemId"]), "quantity": quantity}
            for row in rows(order, "orderItems")
            if (quantity := _unfulfilled(row))
        ],
    }


def _prepare(client: Client, ref: str, now: datetime) -> Json:
    """The shipment, confirmed and packed."""
    shipment = client.shipment(ref)
    _ensure_alive(shipment)
    _ensure_time(shipment, now)
    if _status(shipment) in _NEW:
        body = {"lineItems": [{"lineItem": row} for row in _line_items(shipment)]}
        client.process_shipment(ref, "CONFIRM", body)
    if _status(shipment) in _UNPACKED and not rows(shipment, "packages"):
        client.create_packages(ref, _packages(shipment))
        shipment = client.shipment(ref)
    return shipment


def _labels_of(client: Client, ref: str, now: datetime) -> list[LabelFile]:
    shipment = _prepare(client, ref, now)
    packages = _package_ids(shipment)
    # A label that exists is only given again when it is asked for as a second one.
    again = _status(shipment) == _LABELLED
    option = "" if again else _option(client.shipping_options(ref, packages[0]))
    try:
        found = client.ship_labels(
            ref, "REGENERATE" if again else "GENERATE", option, packages
        )
    except NotYet as error:
        raise _closed(client, shipment, error) from error
    return [_file(client, ref, row) for row in found]


@drift_guarded
def _file(client: Client, ref: str, row: Json) -> LabelFile:
    if row.get("status") == "FAILURE":
        detail = row.get("errorDetails") or {}
        code, words = text(detail.get("code")), text(detail.get("message"))
        raise Rejected(code or "label_failed", words, who=OPERATOR)
    body = client.file(text(row["fileData"]["url"])).content
    if body.startswith(b"%PDF"):
        return LabelFile(body, "application/pdf", (ref,), PDF)
    if b"^XA" in body:
        return LabelFile(body, "text/plain", (ref,), ZPL)
    raise ContractDrift("label: neither PDF nor ZPL", body[:200])


@drift_guarded
def _option(payload: Json) -> str:
    """The recommended pick-up, else the first; none where none is to be chosen."""
    options = rows(payload, "shippingOptions")
    chosen = payload.get("recommendedShippingOption") or (options or [{}])[0]
    return text(chosen.get("shippingOptionId"))


@drift_guarded
def _packages(shipment: Json) -> list[Json]:
    """Packages as Amazon recommends them: we know no sizes here.

    :raise Rejected: it recommends none; a person packs in Seller Central
    """
    recommended = rows(shipment, "shippingInfo", "recommendedPackages")
    if not recommended:
        raise Rejected("package_size", "no recommended packages", who=OPERATOR)
    units = {
        text(row["shipmentLineItemId"]): int(row["numberOfUnits"])
        for row in rows(shipment, "lineItems")
    }
    return [
        {
            "id": f"{number:03}",
            "dimensions": row["dimensions"],
            "weight": row["weight"],
            "packageLineItems": [
                {"packageLineItemId": line, "quantity": units[line]}
                for line in (text(item["lineItemId"]) for item in row["lineItems"])
            ],
        }
        for number, row in enumerate(recommended, start=1)
    ]


@drift_guarded
def _package_ids(shipment: Json) -> list[str]:
    found = [text(row["id"]) for row in rows(shipment, "packages")]
    if not found:
        raise NotYet("the packages are not there yet", code="no_packages")
    return found


@drift_guarded
def _line_items(shipment: Json, quantity: int | None = None) -> list[Json]:
    """All lines of a shipment; with a quantity as the reject example wants them."""
    return [
        {
            "id": text(row["shipmentLineItemId"]),
            "quantity": int(row["numberOfUnits"]) if quantity is None else quantity,
        }
        for row in rows(shipment, "lineItems")
    ]


def _ensure_alive(shipment: Json) -> None:
    word = _status(shipment)
    if word == "CANCELLED":
        raise Rejected("shipment_cancelled", "the shipment was cancelled", OPERATOR)
    if word in _GONE:
        raise Rejected("shipment_gone", "the shipment has left already", OPERATOR)


@drift_guarded
def _ensure_time(shipment: Json, now: datetime) -> None:
    opens = moment(shipment.get("earliestPackDateTime"))
    if opens and opens > now:
        raise NotYet("packing starts later", opens, code=WINDOW_CLOSED)


@drift_guarded
def _ensure_rejectable(shipment: Json) -> None:
    allowed = sub(shipment, "shipmentInfo", "orderStatesEligibleForRejection")
    if _status(shipment) in _GONE or (
        allowed is not None and _status(shipment) not in allowed
    ):
        raise Rejected("too_late", "the shipment cannot be cancelled any more")


def _closed(client: Client, shipment: Json, error: NotYet) -> NotYet:
    """The same error with the moment, which only the order tells."""
    order_id = text(sub(shipment, "shipmentInfo", "buyerOrderId"))
    try:
        opens = label_opens(client.order(order_id)) if order_id else None
    except ChannelError:
        opens = None
    return NotYet(str(error), opens, code=error.code)


def _status(shipment: Json) -> str:
    return text(shipment.get("status"))


@drift_guarded
def _unfulfilled(item: Json) -> int:
    told = sub(item, "fulfillment", "quantityUnfulfilled")
    return int(item["quantityOrdered"] if told is None else told)
