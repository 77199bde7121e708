"""Orders, deliveries, their notes, own freight, labels, traces, history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route, parse_date

from . import payloads
from .const import SALES_CHANNEL
from .errors import api_error, bad_request, not_found, refused
from .records import Delivery, Order, Trace
from .routing import PAGE, body_of, date_arg, iso, page, sorting

if TYPE_CHECKING:
    from .engine import Engine

_FILTERS = frozenset(
    "status code updated_at__gte updated_at__lte purchased_at__gte "
    "purchased_at__lte".split()
)
_NOTE = {"xml", "amount", "issued_at", "channel"}
_INVOICES = "/seller/v1/deliveries/{}/invoices"


def orders(engine: Engine, request: Request) -> Answer:
    """``GET /seller/v1/orders``: sorted by the purchase only."""
    low, high = (date_arg(request, f"updated_at__{end}") for end in ("gte", "lte"))
    found = engine.store.find("order", Order, first=low, last=high)
    for name in ("status", "code"):
        if name in request.args:
            found = [o for o in found if getattr(o, name) == request.args[name]]
    _field, backwards = sorting(request, {"purchased_at"}, "purchased_at:asc")
    found.sort(key=lambda o: (o.purchased_at, o.code), reverse=backwards)
    answer = page(request, [{"order": order} for order in found])
    rows = answer.payload["results"]
    answer.payload["results"] = [engine.order_payload(row["order"]) for row in rows]
    return answer


def order(engine: Engine, request: Request, code: str) -> Answer:
    """``GET /seller/v1/orders/{code}``: 304 when nothing changed since."""
    found = engine.lifecycle.order(code)
    if found is None:
        raise not_found("order", code)
    since = date_arg(request, "updated_at__ge")
    if since and str(iso(found.updated_at)) <= str(iso(since)):
        return Answer(raw=b"", status=304)
    return Answer(engine.order_payload(found))


def delivery(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v1/deliveries/{id}``."""
    found = _delivery(engine, ref)
    owner = engine.lifecycle.order(found.order_code)
    assert owner is not None
    return Answer(payloads.delivery_payload(found, owner, engine.seller))


def add_note(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST …/invoices``: taken (202) when it can be a note for this delivery."""
    found, body = _delivery(engine, ref), body_of(request, {"key", *_NOTE})
    _check_note(body)
    if found.status != "approved":
        raise refused("delivery_not_invoiceable", f"the delivery is {found.status}")
    standing = [note for note in found.notes if note.status != "invalid"]
    if standing or _open_trace(engine, _INVOICES.format(ref)):
        raise api_error(409, "invoice_already_exists", "the delivery has an invoice")
    if any(note.key == body["key"] for note in found.notes):
        raise api_error(409, "invoice_already_exists", "replace it under its key")
    return engine.start_trace("invoice", ref, _INVOICES.format(ref), body)


def replace_note(engine: Engine, request: Request, ref: str, key: str) -> Answer:
    """``PUT …/invoices/{key}``: another XML for a note that was refused."""
    found, body = _delivery(engine, ref), body_of(request, _NOTE)
    _check_note({**body, "key": key})
    if (key, "invalid") not in [(note.key, note.status) for note in found.notes]:
        raise not_found("invoice", key)
    return engine.start_trace(
        "invoice", ref, _INVOICES.format(ref), {**body, "key": key}
    )


def add_shipping(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST …/shippings``: own freight only."""
    found = _delivery(engine, ref)
    body = body_of(request, {"carrier", "channel", "protocol"})
    _check_channel(body)
    if not found.own_freight:
        raise refused("not_own_freight", "Magalu Entregas takes this delivery")
    if not isinstance(body["carrier"], dict) or not body["carrier"].get("name"):
        raise bad_request("carrier.name is required")
    path = f"/seller/v1/deliveries/{ref}/shippings"
    return engine.start_trace("shipping", ref, path, body)


def finish(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST …/finishing``."""
    _delivery(engine, ref)
    body = body_of(request, {"channel", "delivered_at"})
    _check_channel(body)
    _moment(body["delivered_at"])
    path = f"/seller/v1/deliveries/{ref}/finishing"
    return engine.start_trace("finishing", ref, path, body)


def trace(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /v0/traces/{id}``: not there in the first moment."""
    found = engine.store.get("trace", ref, Trace)
    if found is None:
        raise not_found("trace", ref)
    return Answer(payloads.trace_payload(found))


def traces(engine: Engine, request: Request) -> Answer:
    """``GET /v0/traces``."""
    resource = request.args.get("origin.resource")
    found = engine.store.find("trace", Trace, parent=resource)
    _field, backwards = sorting(request, {"created_at"}, "created_at:asc")
    rows = [payloads.trace_payload(entry) for entry in found]
    return page(request, rows[::-1] if backwards else rows)


def history(engine: Engine, request: Request) -> Answer:
    """``GET /v0/queues/history``: every event but those that got lost."""
    notes = [n for n in engine.store.notifications() if n.state != "lost"]
    if "type" in request.args:
        notes = [n for n in notes if n.topic == request.args["type"]]
    _field, backwards = sorting(request, {"created_at"}, "created_at:asc")
    rows = [engine.push.envelope(note) for note in notes]
    return page(request, rows[::-1] if backwards else rows)


def _delivery(engine: Engine, ref: str) -> Delivery:
    found = engine.lifecycle.delivery(ref)
    if found is None:
        raise not_found("delivery", ref)
    return found


def _open_trace(engine: Engine, resource: str) -> bool:
    found = engine.store.find("trace", Trace, parent=resource)
    return any(entry.status == "pending" for entry in found)


def _check_note(body: dict[str, Any]) -> None:
    _check_channel(body)
    _moment(body["issued_at"])
    if not isinstance(body["amount"], int) or isinstance(body["amount"], bool):
        raise bad_request("amount must be an integer (cents)")
    if not isinstance(body["xml"], str):
        raise bad_request("xml must be base64 text")
    if len(str(body["key"])) != 44:
        raise bad_request("key must have 44 digits")


def _check_channel(body: dict[str, Any]) -> None:
    channel = body["channel"]
    if not isinstance(channel, dict) or channel.get("id") != SALES_CHANNEL:
        raise refused("channel_mismatch", "channel.id is not that of the order")


def _moment(text: Any) -> datetime:
    moment = parse_date(text) if isinstance(text, str) else None
    if moment is None:
        raise bad_request(f"{text!r} is not a date with an offset")
    return moment


_DELIVERY = "/seller/v1/deliveries/<ref>"
ROUTES = (
    Route("GET", "/seller/v1/orders", orders, PAGE | _FILTERS),
    Route("GET", "/seller/v1/orders/<code>", order, frozenset({"updated_at__ge"})),
    Route("GET", _DELIVERY, delivery, frozenset({"updated_at__ge"})),
    Route("POST", f"{_DELIVERY}/invoices", add_note),
    Route("PUT", f"{_DELIVERY}/invoices/<key>", replace_note),
    Route("POST", f"{_DELIVERY}/shippings", add_shipping),
    Route("POST", f"{_DELIVERY}/finishing", finish),
    Route("GET", "/v0/traces", traces, PAGE | {"origin.resource"}),
    Route("GET", "/v0/traces/<ref>", trace),
    Route("GET", "/v0/queues/history", history, PAGE | {"type"}),
)
