"""SAC: tickets, events, messages, return codes; every write is a transaction."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from . import payloads
from .const import MAX_MESSAGE
from .errors import bad_request, not_found, refused
from .nfe import Refused
from .records import Ticket, TicketMessage, Trace
from .routing import PAGE, body_of, date_arg, iso, page, sorting

if TYPE_CHECKING:
    from .engine import Engine

_EVENTS = ("product_sent", "return_info_sent", "authorize_refund", "product_received")
_DESTINATIONS = frozenset({"customer", "channel", "seller"})
_FILTERS = frozenset("status order__code updated_at_gte updated_at_lte".split())


def tickets(engine: Engine, request: Request) -> Answer:
    """``GET /seller/v0/tickets``."""
    low, high = (date_arg(request, f"updated_at_{end}") for end in ("gte", "lte"))
    found = engine.store.find("ticket", Ticket, first=low, last=high)
    if "status" in request.args:
        found = [t for t in found if t.status == request.args["status"]]
    if "order__code" in request.args:
        found = [t for t in found if t.order_code == request.args["order__code"]]
    field, backwards = sorting(request, {"created_at", "updated_at"}, "created_at:asc")
    found.sort(key=lambda t: (getattr(t, field), t.id), reverse=backwards)
    return page(request, [payloads.ticket_payload(entry) for entry in found])


def ticket(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v0/tickets/{id}``."""
    return Answer(payloads.ticket_payload(_ticket(engine, ref)))


def events(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET …/events``."""
    rows = [{"type": name, "code": None} for name in _ticket(engine, ref).events]
    return page(request, rows)


def add_event(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST …/events``."""
    _open(engine, ref)
    body = body_of(request, {"type"}, {"code"})
    if body["type"] not in _EVENTS:
        raise bad_request(f"type must be one of {_EVENTS}")
    return _start(engine, "ticket_event", ref, body)


def messages(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET …/messages``."""
    rows = [
        {
            "id": entry.id,
            "message": entry.message,
            "destination": entry.destination,
            "owner": {"code": entry.owner, "name": entry.owner},
            "created_at": iso(entry.created_at),
            "attachments": [{"id": entry.file}] if entry.file else [],
        }
        for entry in _ticket(engine, ref).messages
    ]
    return page(request, rows)


def add_message(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST /seller/v0/…/messages`` (JSON)."""
    _open(engine, ref)
    body = body_of(request, {"message", "destination", "owner"}, {"code"})
    owner = body["owner"]
    if not isinstance(owner, dict) or not owner.get("code") or not owner.get("name"):
        raise bad_request("owner.code and owner.name are required")
    return _say(engine, ref, {**body, "owner": owner["code"], "file": None})


def add_file(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST /seller/v1/…/messages`` (a form with a file)."""
    _open(engine, ref)
    form, file = request.form, request.files.get("file")
    names = ("message", "destination", "owner_code", "owner_name")
    if file is None or not all(form.get(name) for name in names):
        raise bad_request(f"file and {', '.join(names)} are required")
    body = {
        "message": form["message"],
        "destination": form["destination"],
        "owner": form["owner_code"],
        "file": file.filename,
    }
    return _say(engine, ref, body)


def returns(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET …/returns``: codes for the buyer's parcel."""
    rows = [
        {"id": code, "reverse_code": code.upper(), "valid_for_days": 10}
        for code in _ticket(engine, ref).returns
    ]
    return page(request, rows)


def add_return(engine: Engine, request: Request, ref: str) -> Answer:
    """``POST …/returns``: no body is needed."""
    _open(engine, ref)
    return _start(engine, "ticket_return", ref, {})


def transaction(engine: Engine, request: Request, ref: str) -> Answer:
    """``GET /seller/v0/transactions/{id}``."""
    found = engine.store.get("trace", ref, Trace)
    if found is None or not found.action.startswith("ticket_"):
        raise not_found("transaction", ref)
    answer = {"id": found.id, "status": found.status, "code": found.code}
    return Answer({**answer, "message": found.message})


def end_event(engine: Engine, trace: Trace) -> None:
    """What an event does at its end."""
    found = _ticket(engine, trace.ref)
    if trace.body["type"] in found.events:
        raise Refused("event_already_exists", "the ticket has this event")
    found.events.append(trace.body["type"])
    if trace.body["type"] == "authorize_refund":
        found.status = "closed"
    put(engine, found)


def end_message(engine: Engine, trace: Trace) -> None:
    """What a message does at its end."""
    found, body = _ticket(engine, trace.ref), trace.body
    found.messages.append(
        TicketMessage(
            id=trace.id,
            destination=body["destination"],
            owner=body["owner"],
            message=body["message"],
            created_at=engine.clock.now(),
            file=body["file"],
        )
    )
    put(engine, found)


def end_return(engine: Engine, trace: Trace) -> None:
    """A return code is given."""
    found = _ticket(engine, trace.ref)
    found.returns.append(f"rev-{uuid.uuid4().hex[:8]}")
    put(engine, found)


def put(engine: Engine, entry: Ticket) -> None:
    """Store a ticket that changed, and announce it."""
    entry.updated_at = engine.clock.now()
    engine.store.put("ticket", entry.id, entry, updated=entry.updated_at)
    resource = f"/seller/v0/tickets/{entry.id}"
    data = {"id": entry.id, "status": entry.status}
    engine.events.add("tickets_ticket", resource, data)


def _say(engine: Engine, ref: str, body: dict[str, Any]) -> Answer:
    if body["destination"] not in _DESTINATIONS:
        raise bad_request(f"destination must be one of {sorted(_DESTINATIONS)}")
    if not body["message"] or len(body["message"]) > MAX_MESSAGE:
        raise refused("invalid_message", f"1 to {MAX_MESSAGE} characters")
    return _start(engine, "ticket_message", ref, body)


def _start(engine: Engine, action: str, ref: str, body: dict[str, Any]) -> Answer:
    answer = engine.start_trace(action, ref, f"/seller/v0/tickets/{ref}", body)
    return Answer({"transaction_id": answer.payload["trace_id"]}, status=202)


def _ticket(engine: Engine, ref: str) -> Ticket:
    found = engine.store.get("ticket", ref, Ticket)
    if found is None:
        raise not_found("ticket", ref)
    return found


def _open(engine: Engine, ref: str) -> None:
    if _ticket(engine, ref).status == "closed":
        raise refused("ticket_closed", "the ticket is closed")


_TICKET = "/seller/v0/tickets/<ref>"
ROUTES = (
    Route("GET", "/seller/v0/tickets", tickets, PAGE | _FILTERS),
    Route("GET", _TICKET, ticket),
    Route("GET", f"{_TICKET}/events", events, PAGE),
    Route("POST", f"{_TICKET}/events", add_event),
    Route("GET", f"{_TICKET}/messages", messages, PAGE),
    Route("POST", f"{_TICKET}/messages", add_message),
    Route("POST", "/seller/v1/tickets/<ref>/messages", add_file),
    Route("GET", f"{_TICKET}/returns", returns, PAGE),
    Route("POST", f"{_TICKET}/returns", add_return),
    Route("GET", "/seller/v0/transactions/<ref>", transaction),
)
