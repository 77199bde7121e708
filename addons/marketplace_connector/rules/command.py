"""What we tell a channel about one order besides its NF-e, and how we read it back.

Pure: the models keep the rows, this decides which call of the adapter a row is and
whether an earlier call has arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..domain.contract import (
    Feature,
    InvoiceTarget,
    NotFound,
    Order,
    OrderState,
    ParcelState,
)
from .living import LOST


class Kind(StrEnum):
    CANCEL = "cancel"
    ANSWER_CANCEL = "answer_cancel"
    INVOICE_CANCELLED = "invoice_cancelled"
    OWN_TRACKING = "own_tracking"
    OWN_DELIVERED = "own_delivered"


FEATURES = {
    Kind.CANCEL: Feature.CANCEL,
    Kind.ANSWER_CANCEL: Feature.ANSWER_CANCEL,
    Kind.INVOICE_CANCELLED: Feature.INVOICE_CANCELLED,
    Kind.OWN_TRACKING: Feature.OWN_TRACKING,
    Kind.OWN_DELIVERED: Feature.OWN_TRACKING,
}
"""What a channel must offer to be told; where it does not, a person is asked."""

DELIVERED = frozenset({OrderState.DELIVERED, OrderState.COMPLETED})


class CancelReason(StrEnum):
    """``reason`` of ``CancelChannel.cancel``."""

    OUT_OF_STOCK = "out_of_stock"
    UNDELIVERABLE = "undeliverable"
    BUYER_ASKED = "buyer_asked"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to tell. ``args`` are JSON values:

    * cancel: ``reason``; for some units only ``lines`` (units by line key) and ``cut``
      (units by line key that are cancelled once it has taken effect)
    * answer_cancel: ``accept``
    * invoice_cancelled: ``key`` of the NF-e
    * own_tracking: ``carrier``, ``code``, ``url``, ``at`` (ISO)
    * own_delivered: ``at`` (ISO)
    """

    kind: Kind
    order_id: str
    parcel_id: str = ""
    target: InvoiceTarget | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


def tell(adapter: Any, command: Command) -> None:
    """Make the call; raises what the adapter raises."""
    args = command.args
    if command.kind == Kind.CANCEL:
        adapter.cancel(command.order_id, args["reason"], args.get("lines"))
    elif command.kind == Kind.ANSWER_CANCEL:
        adapter.answer_cancel(command.order_id, args["accept"])
    elif command.kind == Kind.INVOICE_CANCELLED:
        adapter.invoice_cancelled(command.target, args["key"])
    elif command.kind == Kind.OWN_TRACKING:
        adapter.own_tracking(
            command.parcel_id,
            args["carrier"],
            args["code"],
            args["url"],
            datetime.fromisoformat(args["at"]),
        )
    else:
        adapter.own_delivered(command.parcel_id, datetime.fromisoformat(args["at"]))


def has_landed(adapter: Any, command: Command) -> bool:
    """Ask the channel whether an earlier call has taken effect.

    :raise ChannelError: nobody can tell; it must not be repeated
    """
    if command.kind == Kind.INVOICE_CANCELLED:
        return adapter.invoice_status(command.target).key != command.args["key"]
    found = next(iter(adapter.orders([command.order_id])), None)
    if isinstance(found, Order):
        return is_told(command, found)
    raise found[1] if found else NotFound("the channel did not answer for this order")


def is_told(command: Command, order: Order) -> bool:
    """Does this reading of the order show what the command wants?"""
    args = command.args
    if command.kind == Kind.CANCEL:
        return order.state in LOST or _has_cut(order, args.get("cut"))
    if command.kind == Kind.ANSWER_CANCEL:
        wanted = LOST if args["accept"] else set(OrderState) - LOST
        return order.state != OrderState.CANCEL_REQUESTED and order.state in wanted
    parcels = [one for one in order.parcels if one.external_id == command.parcel_id]
    if command.kind == Kind.OWN_TRACKING:
        return any(parcel.tracking == args["code"] for parcel in parcels)
    return order.state in DELIVERED or any(
        parcel.state == ParcelState.DELIVERED for parcel in parcels
    )


def _has_cut(order: Order, wanted: Mapping[str, int] | None) -> bool:
    """Are at least these units of each line cancelled?"""
    if not wanted:
        return False
    cut = {line.key: line.qty_cancelled for line in order.lines}
    return all(cut.get(key, 0) >= units for key, units in wanted.items())
