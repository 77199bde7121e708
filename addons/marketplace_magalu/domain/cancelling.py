"""Asks Magalu to cancel: a ticket per delivery (``POST /seller/v0/tickets``).

There is no call that cancels an order; the ticket is the seller's way to it, and the
order's status tells whether it happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import NotFound, Rejected

from . import deliveries as parts
from .client import Client
from .tickets import TICKETS
from .traces import TRANSACTION, Watcher
from .values import Json, drift_guarded, ident, rows, sub, text

_REASONS = {
    "out_of_stock": "Produto sem estoque",
    "undeliverable": "Entrega impossível no endereço",
    "buyer_asked": "Cancelamento pedido pelo cliente",
}
_SHIPPED = frozenset({"shipped", "delivered", "finished"})
_TYPE = "cancellation"


def cancel(
    client: Client,
    watcher: Watcher,
    order: Json,
    reason: str,
    lines: Mapping[str, int] | None,
) -> None:
    """Open a ticket for each delivery that is to go; one that is gone is skipped.

    :raise Rejected: only a part of a delivery, or one that was shipped
    """
    for delivery in _wanted(order, lines):
        if _asked_already(client, order, delivery):
            continue
        body = {
            "type": _TYPE,
            "order": {
                "code": ident(order["code"]),
                "delivery": {"id": ident(delivery["id"]), "items": _items(delivery)},
            },
            "channel": {"id": ident(sub(order, "channel", "id"))},
            "reason": _REASONS.get(reason, reason),
        }
        ref = client.write("POST", TICKETS, ident(order["code"]), body)
        watcher.check(TRANSACTION, ref)


@drift_guarded
def _wanted(order: Json, lines: Mapping[str, int] | None) -> list[Json]:
    found = parts.living(rows(order["deliveries"]))
    if lines is not None:
        _ensure_whole(found, lines)
        found = [d for d in found if _keys(d).keys() & lines.keys()]
    if any(text(d["status"]) in _SHIPPED for d in found):
        raise Rejected("too_late", "the delivery was shipped")
    return found


def _ensure_whole(deliveries: list[Json], lines: Mapping[str, int]) -> None:
    """A ticket cancels a delivery, never a part of it."""
    for delivery in deliveries:
        keys = _keys(delivery)
        asked = {key: lines[key] for key in keys if lines.get(key)}
        if asked and asked != keys:
            raise Rejected("partial_delivery", "Magalu cancels whole deliveries only")


def _keys(delivery: Json) -> dict[str, Decimal]:
    return {
        parts.line_key(delivery, item): parts.quantity(item)
        for item in parts.items(delivery)
    }


def _items(delivery: Json) -> list[Json]:
    return [
        {"sku": sub(item, "info", "sku"), "quantity": item["quantity"]}
        for item in parts.items(delivery)
    ]


@drift_guarded
def _asked_already(client: Client, order: Json, delivery: Json) -> bool:
    """Whether a ticket of this kind is there: a lost answer must not open another."""
    params = {"order__code": ident(order["code"])}
    try:
        found = client.page(TICKETS, 0, params)
    except NotFound:
        return False
    return any(
        text(row.get("type")) == _TYPE
        and sub(row, "order", "delivery", "id") == delivery["id"]
        for row in found
    )
