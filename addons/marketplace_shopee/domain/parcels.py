"""Packages: what an order shows of them, and what we tell Shopee about them.

Sources: API pages get_package_detail, get_shipping_parameter, ship_order and
update_tracking_status, guide "Order management (BR)".
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    InvoiceState,
    NotFound,
    NotYet,
    Parcel,
    ParcelState,
    RateLimited,
    Rejected,
    Transient,
)

from ..const import DETAIL_BATCH, OWN_CHANNELS
from .amounts import line_key
from .batches import read_all
from .client import Client
from .errors import OPERATOR
from .values import Json, drift_guarded, ident, moment, money, rows, sub, text
from .vocabulary import ARRANGED, DELIVERED, PARCELS, PICKUP_RETRY, READY

_SHIPPED = "logistics_pickup_done"
_DELIVERED = "logistics_delivery_done"
Arranged = tuple[str, ChannelError | None]


# --- reading


def of_order(raw: Json, invoice: InvoiceState) -> tuple[Parcel, ...]:
    """The parcels as the order shows them."""
    return tuple(
        parcel(raw, package, invoice) for package in rows(raw.get("package_list"))
    )


def parcel(raw: Json, package: Json, invoice: InvoiceState) -> Parcel:
    """One package: ready means "arrange it", unless the NF-e is missing first."""
    status = text(package.get("logistics_status"))
    state = PARCELS.get(status, ParcelState.UNKNOWN)
    waits = invoice in (InvoiceState.NEEDED, InvoiceState.PROCESSING)
    if state == ParcelState.TO_ARRANGE and waits:
        state = ParcelState.AWAITING_INVOICE
    channel = ident(package.get("logistics_channel_id"))
    return Parcel(
        external_id=ident(package["package_number"]),
        state=state,
        state_raw=status,
        logistic=channel,
        channel_logistics=channel not in OWN_CHANNELS,
        ship_by=moment(raw.get("ship_by_date")),
        tracking=text(package.get("tracking_number")),
        carrier=text(package.get("shipping_carrier"))
        or text(raw.get("shipping_carrier")),
        lines=_lines(package),
        updated_at=moment(raw.get("update_time")),
    )


def unknown_words(raw: Json) -> list[str]:
    """Words of packages that are in no documented list, as ``field=value``."""
    states = [text(p.get("logistics_status")) for p in rows(raw.get("package_list"))]
    return [f"package.status={word}" for word in states if word and word not in PARCELS]


def _lines(package: Json) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (line_key(item), money(item.get("model_quantity")))
        for item in rows(package.get("item_list"))
    )


def read(
    client: Client, numbers: Sequence[str]
) -> tuple[dict[str, Json], dict[str, ChannelError]]:
    """Packages by their number, as they are now."""

    def fetch(chunk: Sequence[str]) -> dict[str, Json]:
        return {ident(p.get("package_number")): p for p in client.packages(chunk)}

    return read_all(numbers, DETAIL_BATCH, fetch)


def is_arranged(package: Json) -> bool:
    """``LOGISTICS_READY`` stands before and shortly after ``ship_order``; on the
    seller's own channels the order never leaves its status at all."""
    if package.get("fulfillment_status") == READY:
        return bool(package.get("is_shipment_arranged"))
    return package.get("fulfillment_status") in (ARRANGED, PICKUP_RETRY)


# --- arranging


def arrange(client: Client, numbers: Sequence[str], pickup: bool) -> list[Arranged]:
    """Ship orders; what is arranged already is left alone.

    :param pickup: whether the carrier fetches the parcels, where Shopee lets choose
    """
    found, errors = read(client, numbers)
    results: list[Arranged] = []
    for number in dict.fromkeys(numbers):
        error = errors.get(number)
        if error is None:
            try:
                _arrange(client, found[number], pickup)
            except FATAL:
                raise
            except ChannelError as caught:
                error = caught
        results.append((number, error))
    return results


def _arrange(client: Client, package: Json, pickup: bool) -> None:
    if is_arranged(package):
        return
    status = text(package.get("fulfillment_status"))
    if status != READY:
        raise _not_arrangeable(status)
    order_sn, number = ident(package["order_sn"]), ident(package["package_number"])
    offered = client.shipping_parameter(order_sn, number)
    body = {"order_sn": order_sn, "package_number": number, **_way(offered, pickup)}
    try:
        client.ship(body)
    except RateLimited:
        raise
    except Transient as error:
        # It may have been done: a second call would be a second arrangement.
        with suppress(ChannelError, KeyError):
            if is_arranged(read(client, [number])[0][number]):
                return
        raise error


def _not_arrangeable(status: str) -> ChannelError:
    state = PARCELS.get(status, ParcelState.UNKNOWN)
    if state in (ParcelState.NOT_READY, ParcelState.UNKNOWN):
        return NotYet(f"the package is {status}", code=status)
    return Rejected(status, "the package is past its arrangement", who=OPERATOR)


@drift_guarded
def _way(offered: Json, pickup: bool) -> Json:
    """``pickup`` or ``dropoff`` as the call wants it; an empty one must be there, too.

    :raise NotYet: no time slot is offered (yet)
    :raise Rejected: neither way is open
    """
    needed = offered.get("info_needed") or {}
    ways = ("pickup", "dropoff") if pickup else ("dropoff", "pickup")
    way = next((name for name in ways if name in needed), "")
    if way == "dropoff":
        return {"dropoff": {}}
    if way == "pickup":
        return {"pickup": _pickup(offered, needed["pickup"] or [])}
    raise Rejected("non_integrated", "the package needs a tracking of ours", OPERATOR)


def _pickup(offered: Json, needed: list[str]) -> Json:
    """The address that is marked for it, and the first time slot."""
    addresses = rows(sub(offered, "pickup", "address_list"))
    marked = [a for a in addresses if "pickup_address" in (a.get("address_flag") or ())]
    if not addresses:
        raise NotYet("no pick-up address is offered", code="no_pickup_address")
    address = (marked or addresses)[0]
    chosen: Json = {}
    if "address_id" in needed:
        chosen["address_id"] = address["address_id"]
    if "pickup_time_id" in needed:
        slots = rows(address.get("time_slot_list"))
        if not slots:
            raise NotYet("no pick-up time is offered", code="no_pickup_time")
        chosen["pickup_time_id"] = slots[0]["pickup_time_id"]
    return chosen


# --- the seller's own carrier


def shipped(client: Client, number: str, code: str, url: str) -> None:
    """Tell that the seller's own carrier has the parcel; Shopee keeps its own time."""
    body = {"logistics_status": _SHIPPED, "tracking_number": code}
    _progress(client, number, {**body, **({"tracking_url": url} if url else {})})


def delivered(client: Client, number: str) -> None:
    """Tell that the seller's own carrier delivered."""
    _progress(client, number, {"logistics_status": _DELIVERED})


def _progress(client: Client, number: str, body: Json) -> None:
    found, errors = read(client, [number])
    if number not in found:
        raise errors.get(number) or NotFound(number)
    package = found[number]
    done = {_SHIPPED: ("LOGISTICS_PICKUP_DONE", DELIVERED), _DELIVERED: (DELIVERED,)}
    if package.get("fulfillment_status") in done[body["logistics_status"]]:
        return
    if ident(package.get("logistics_channel_id")) not in OWN_CHANNELS:
        raise Rejected("not_own_carrier", "the parcel goes with Shopee", who=OPERATOR)
    answer = client.tracking_status({"order_sn": ident(package["order_sn"]), **body})
    # A failure comes without any error, too.
    if text(answer.get("update_result")).lower() not in ("succeed", "success"):
        raise Rejected("update_failed", "the status was not taken", who=OPERATOR)
