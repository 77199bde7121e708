"""What the seller does to a sale: cancel it, split its parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.errors import TransitionRefused
from simulators.common.channel.routing import Answer, Route

from .errors import MlError, bad_request, not_found
from .routing import json_object

if TYPE_CHECKING:
    from .engine import Engine

_REASONS = frozenset(
    "OUT_OF_STOCK BUYER_NOT_ENOUGH_MONEY BUYER_REGRETS SELLER_REGRETS "
    "BUYER_DID_NOT_ANSWER THEY_NOT_HONORING_POLICIES OTHER_MY_RESPONSIBILITY "
    "OTHER_THEIR_RESPONSIBILITY DUBIOUS_BUYER UNAVAILABLE_PRODUCT "
    "WRONG_RECEIVER_ADDRESS UNPRINTED_LABEL".split()
)
_SPLIT_REASONS = frozenset(
    "FRAGILE ANOTHER_WAREHOUSE IRREGULAR_SHAPE OTHER_MOTIVE DIMENSIONS_EXCEEDED".split()
)
_MAX_MESSAGE = 160


def post_feedback(engine: Engine, request: Request, order_id: int) -> Answer:
    """``POST /orders/{id}/feedback`` with ``fulfilled: false`` cancels the sale.

    Page "feedback de uma venda": reason, rating and a message are obligatory.
    """
    order, body = engine.store.get_order(order_id), json_object(request)
    if order is None:
        raise MlError(404, "order_not_found", f"Order {order_id} not found")
    if body.get("fulfilled") is not False:
        raise bad_request("fulfilled: only false is simulated")
    if body.get("reason") not in _REASONS or body.get("rating") not in (
        "neutral",
        "negative",
    ):
        raise bad_request("reason and rating are required")
    if not 0 < len(body.get("message") or "") < _MAX_MESSAGE:
        raise bad_request("message must be under 160 characters")
    if order.is_cancelled:
        raise MlError(400, "feedback_already_exists", "Feedback already exists")
    try:
        engine.lifecycle.cancel(order, "seller")
    except TransitionRefused as error:
        raise MlError(400, "order_not_cancellable", str(error)) from error
    number = engine.store.next_number("feedback")
    return Answer({"id": 9_000_000_000 + number, "order_id": order.id}, status=201)


def post_split(engine: Engine, request: Request, shipment_id: int) -> Answer:
    """``POST /shipments/{id}/split`` ``{reason, packs[]}``: one new parcel per pack."""
    shipment, body = engine.shipment(shipment_id), json_object(request)
    if body.get("reason") not in _SPLIT_REASONS:
        raise bad_request("unknown reason")
    if shipment.status != "ready_to_ship":
        raise MlError(400, "invalid_shipment", f"Shipment is {shipment.status}")
    wanted = [_orders(pack) for pack in body.get("packs") or []]
    have = {
        order.id: sum(line.quantity for line in order.lines)
        for order in engine.store.orders_of_shipment(shipment_id)
    }
    asked: dict[int, int] = {}
    for pack in wanted:
        for order_id, quantity in pack.items():
            asked[order_id] = asked.get(order_id, 0) + quantity
    if len(wanted) < 2 or asked != have:
        raise bad_request("packs must hold every unit of the shipment once")
    new = engine.splitting.split(shipment, wanted, body["reason"])
    return Answer({"shipments": [{"id": entry.id} for entry in new]}, status=201)


def _orders(pack: dict[str, list[dict[str, int]]]) -> dict[int, int]:
    rows = pack.get("orders") or []
    if not rows:
        raise not_found("orders", "in pack")
    return {int(row["id"]): int(row["quantity"]) for row in rows}


ROUTES = (
    Route("POST", "/orders/<int:order_id>/feedback", post_feedback),
    Route("POST", "/shipments/<int:shipment_id>/split", post_split),
)
