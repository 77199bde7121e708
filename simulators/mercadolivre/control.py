"""The control plane under ``/__ctl/``: what a person or a test does to the market.

No token is needed: the server listens on 127.0.0.1 only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from .const import CONTROL_PREFIX
from .errors import MlError, bad_request, not_found
from .faults import Fault
from .lifecycle import CANCEL_REASONS, TransitionRefused
from .ordering import create_order
from .records import CatalogItem, Order
from .routing import Answer, Handler, Route

if TYPE_CHECKING:
    from .engine import Engine

_GENERATE = frozenset(
    "n seed catalog start cancel_plan cancel_delay_seconds packs notify".split()
)


def _body(request: Request) -> dict[str, Any]:
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise bad_request("a JSON object is expected")
    return body


def _order(engine: Engine, body: dict[str, Any]) -> Order:
    order = engine.store.get_order(int(body.get("order_id", 0)))
    if order is None:
        raise not_found("order", body.get("order_id"))
    return order


def health(engine: Engine, request: Request) -> Answer:
    """Alive, and for whom."""
    return Answer(
        {
            "status": "ok",
            "seller_id": engine.seller.user_id,
            "client_id": engine.oauth.credentials.client_id,
            "accept_homologation": engine.accept_homologation,
            "now": engine.clock.now().isoformat(),
        }
    )


def orders(engine: Engine, request: Request) -> Answer:
    """Every order with its state, plan and history."""
    return Answer({"orders": engine.overview()})


def order(engine: Engine, request: Request) -> Answer:
    """Create one order from a partial specification."""
    created = create_order(engine, _body(request))
    return Answer(
        {
            "order_id": created.id,
            "shipment_id": created.shipment_id,
            "billing_info_id": str(created.billing_id),
            "payment_id": created.payment.id,
        },
        status=201,
    )


def generate(engine: Engine, request: Request) -> Answer:
    """Create many orders; the same seed again doubles nothing."""
    body = _body(request)
    unknown = set(body) - _GENERATE
    if unknown or "n" not in body or "seed" not in body:
        raise bad_request(f"n and seed are required; known: {sorted(_GENERATE)}")
    if "start" in body:
        body["start"] = datetime.fromisoformat(body["start"])
    if "catalog" in body:
        body["catalog"] = [CatalogItem.from_spec(spec) for spec in body["catalog"]]
    before = engine.store.count_orders()
    ids = engine.generate(body.pop("n"), body.pop("seed"), **body)
    created = engine.store.count_orders() - before
    return Answer({"created": created, "order_ids": ids}, status=201)


def cancel(engine: Engine, request: Request) -> Answer:
    """Cancel an order now: ``{order_id, group = buyer, silent = false}``."""
    body = _body(request)
    group = body.get("group", "buyer")
    if group not in CANCEL_REASONS:
        raise bad_request(f"group must be one of {sorted(CANCEL_REASONS)}")
    found = _order(engine, body)
    engine.lifecycle.cancel(found, group, silent=bool(body.get("silent", False)))
    return Answer({"order_id": found.id, "status": found.status})


def pay(engine: Engine, request: Request) -> Answer:
    """The buyer of an unpaid order pays."""
    found = _order(engine, _body(request))
    engine.lifecycle.approve_payment(found)
    return Answer({"order_id": found.id, "status": found.status})


def fraud(engine: Engine, request: Request) -> Answer:
    """Put the tag ``fraud_risk_detected`` on an order."""
    found = _order(engine, _body(request))
    engine.lifecycle.flag_fraud(found)
    return Answer({"order_id": found.id, "tags": found.tags})


def ship(engine: Engine, request: Request) -> Answer:
    """The carrier scans parcels at pick-up; 409 when one must not travel."""
    return _move(engine, request, engine.lifecycle.ship, "shipped")


def deliver(engine: Engine, request: Request) -> Answer:
    """The carrier delivers parcels."""
    return _move(engine, request, engine.lifecycle.deliver, "delivered")


def _move(engine: Engine, request: Request, action: Any, done: str) -> Answer:
    results = {}
    for shipment_id in _body(request).get("shipment_ids", []):
        try:
            action(engine.shipment(int(shipment_id)))
        except TransitionRefused as error:
            results[str(shipment_id)] = str(error)
        except MlError:
            results[str(shipment_id)] = "not_found"
        else:
            results[str(shipment_id)] = done
    good = all(result == done for result in results.values())
    return Answer({"results": results}, status=200 if good else 409)


def fault(engine: Engine, request: Request) -> Answer:
    """Plan a fault; GET lists what is pending, DELETE forgets it."""
    if request.method == "POST":
        engine.faults.add(Fault.from_spec(_body(request)))
    elif request.method == "DELETE":
        engine.faults.clear()
    return Answer({"faults": engine.faults.pending()})


def clock(engine: Engine, request: Request) -> Answer:
    """Read, ``{"set": ISO}`` or ``{"advance": seconds}``."""
    if request.method == "POST":
        body = _body(request)
        if "set" in body:
            engine.clock.set(datetime.fromisoformat(body["set"]))
        if "advance" in body:
            engine.clock.advance(timedelta(seconds=body["advance"]))
        engine.save_clock()
        engine.lifecycle.tick()
    return Answer({"now": engine.clock.now().isoformat()})


def settings(engine: Engine, request: Request) -> Answer:
    """``{ready_delay_seconds, accept_homologation, reuse_kills_grant}``."""
    body = _body(request)
    if "ready_delay_seconds" in body:
        delay = timedelta(seconds=body["ready_delay_seconds"])
        engine.lifecycle.ready_delay = delay
    if "accept_homologation" in body:
        engine.accept_homologation = bool(body["accept_homologation"])
    if "reuse_kills_grant" in body:
        engine.oauth.reuse_kills_grant = bool(body["reuse_kills_grant"])
    return Answer(
        {
            "ready_delay_seconds": engine.lifecycle.ready_delay.total_seconds(),
            "accept_homologation": engine.accept_homologation,
            "reuse_kills_grant": engine.oauth.reuse_kills_grant,
        }
    )


def log(engine: Engine, request: Request) -> Answer:
    """The requests of this run (no control calls), and the incidents."""
    entries = [asdict(entry) for entry in list(engine.log)]
    return Answer({"log": entries, "incidents": engine.store.incidents()})


def counters(engine: Engine, request: Request) -> Answer:
    """Totals of everything."""
    rows = engine.overview()
    notes = Counter(note.state for note in engine.store.notifications())
    calls = Counter(f"{e.method} {_pattern(e.path)}" for e in list(engine.log))
    incidents = engine.store.incidents()
    return Answer(
        {
            "orders": Counter(row["status"] for row in rows),
            "shipments": Counter(
                "/".join(
                    filter(None, (row["shipment_status"], row["shipment_substatus"]))
                )
                for row in rows
            ),
            "cancelled_by_plan": Counter(
                row["plan"] for row in rows if row["plan"] and row["cancelled_at"]
            ),
            "invoices": len(engine.store.all_invoices()),
            "labels": sum(row["label_fetched"] for row in rows),
            "shipped": sum(row["shipped"] for row in rows),
            "shipped_cancelled": len(incidents),
            "incidents": incidents,
            "notifications": notes,
            "requests": calls,
        }
    )


def _pattern(path: str) -> str:
    return "/".join("{id}" if part.isdigit() else part for part in path.split("/"))


def notifications(engine: Engine, request: Request) -> Answer:
    """Configure the delivery of events; GET shows settings and events."""
    if request.method == "POST":
        return Answer(asdict(engine.events.configure(_body(request))))
    events = [
        {
            "topic": note.topic,
            "resource": note.resource,
            "state": note.state,
            "attempts": note.attempts,
            "deliveries": note.deliveries,
        }
        for note in engine.store.notifications()
    ]
    return Answer({"config": asdict(engine.events.config), "events": events})


def authorize(engine: Engine, request: Request) -> Answer:
    """The seller agrees: ``{redirect_uri?, code_challenge?}`` → code."""
    body = _body(request)
    code = engine.oauth.authorize(body.get("redirect_uri"), body.get("code_challenge"))
    return Answer({"code": code, "seller_id": engine.seller.user_id})


def kill_grant(engine: Engine, request: Request) -> Answer:
    """The seller revokes the application."""
    engine.oauth.kill_grant()
    return Answer({"status": "revoked"})


def reset(engine: Engine, request: Request) -> Answer:
    """Back to an empty market."""
    engine.reset()
    return Answer({"status": "empty"})


def _route(method: str, name: str, handler: Handler) -> Route:
    def guarded(engine: Engine, request: Request) -> Answer:
        try:
            return handler(engine, request)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise bad_request(f"{type(error).__name__}: {error}") from error

    return Route(method, CONTROL_PREFIX + name, guarded, auth=False)


ROUTES = (
    _route("GET", "health", health),
    _route("GET", "orders", orders),
    _route("POST", "order", order),
    _route("POST", "generate", generate),
    _route("POST", "cancel", cancel),
    _route("POST", "pay", pay),
    _route("POST", "fraud", fraud),
    _route("POST", "ship", ship),
    _route("POST", "deliver", deliver),
    _route("GET", "fault", fault),
    _route("POST", "fault", fault),
    _route("DELETE", "fault", fault),
    _route("GET", "clock", clock),
    _route("POST", "clock", clock),
    _route("POST", "settings", settings),
    _route("GET", "log", log),
    _route("GET", "counters", counters),
    _route("GET", "notifications", notifications),
    _route("POST", "notifications", notifications),
    _route("POST", "authorize", authorize),
    _route("POST", "kill_grant", kill_grant),
    _route("POST", "reset", reset),
)
