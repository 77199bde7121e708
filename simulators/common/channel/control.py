"""The control plane under ``/__ctl/``: what a person or a test does to the channel.

The same for every channel, so that one bench drives them all. No token is needed: the
server listens on 127.0.0.1 only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from .errors import ControlError, TransitionRefused
from .routing import Answer, Route

if TYPE_CHECKING:
    from .engine import ChannelEngine

PREFIX = "/__ctl/"
_MAX_ORDERS = 10_000


def json_body(request: Request) -> dict[str, Any]:
    """The JSON object of a request; {} when it has no body."""
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise ControlError("a JSON object is expected")
    return body


def health(engine: ChannelEngine, request: Request) -> Answer:
    """Alive, and for whom."""
    now = engine.clock.now().isoformat()
    return Answer({"status": "ok", "now": now, **engine.health()})


def orders(engine: ChannelEngine, request: Request) -> Answer:
    """Every order as the channel knows it."""
    return Answer({"orders": engine.overview()})


def order(engine: ChannelEngine, request: Request) -> Answer:
    """Create ``count`` orders (1) from one partial specification.

    Answers the ids of the last one and ``order_ids`` of all.
    """
    spec = json_body(request)
    count = spec.pop("count", 1)
    if not isinstance(count, int) or not 1 <= count <= _MAX_ORDERS:
        raise ControlError(f"count must be 1 to {_MAX_ORDERS}")
    made = [engine.create_order(dict(spec)) for _ in range(count)]
    ids = [entry["order_id"] for entry in made]
    return Answer({**made[-1], "order_ids": ids}, status=201)


def advance(engine: ChannelEngine, request: Request) -> Answer:
    """Let something happen: ``{order_id | order_ids, event, …arguments}``.

    ``results`` tells for each order what happened, or why it could not (409).
    """
    body = json_body(request)
    ids = body.pop("order_ids", None) or [body.pop("order_id")]
    event = body.pop("event", "")
    results = {}
    for ref in map(str, ids):
        try:
            engine.advance(ref, event, body)
        except TransitionRefused as refused:
            results[ref] = str(refused)
        else:
            results[ref] = "done"
    good = all(result == "done" for result in results.values())
    return Answer({"results": results}, status=200 if good else 409)


def fault(engine: ChannelEngine, request: Request) -> Answer:
    """Plan a fault; GET lists what is pending, DELETE forgets it."""
    if request.method == "POST":
        engine.plan_fault(json_body(request))
    elif request.method == "DELETE":
        engine.faults.clear()
    return Answer({"faults": engine.faults.pending()})


def clock(engine: ChannelEngine, request: Request) -> Answer:
    """Read, ``{"set": ISO}`` or ``{"advance": seconds}``."""
    if request.method == "POST":
        body = json_body(request)
        if "set" in body:
            engine.clock.set(datetime.fromisoformat(body["set"]))
        if "advance" in body:
            engine.clock.advance(timedelta(seconds=body["advance"]))
        engine.save_clock()
        engine.tick()
    return Answer({"now": engine.clock.now().isoformat()})


def settings(engine: ChannelEngine, request: Request) -> Answer:
    """Change some settings (``latency_ms`` and the channel's own); all of them."""
    for name, value in json_body(request).items():
        engine.configure(name, value)
    return Answer(engine.settings())


def requests_made(engine: ChannelEngine, request: Request) -> Answer:
    """The requests of this run (no control calls), and the incidents."""
    entries = [asdict(entry) for entry in list(engine.log)]
    return Answer({"log": entries, "incidents": engine.store.incidents()})


def counters(engine: ChannelEngine, request: Request) -> Answer:
    """Orders by state, requests by operation, events by state, what was done."""
    rows = engine.overview()
    common = {
        "orders": Counter(row["status"] for row in rows),
        "cancelled": sum(row["cancelled_at"] is not None for row in rows),
        "invoices": len({row["fiscal_key"] for row in rows} - {None}),
        "labels": sum(row["label_fetched"] for row in rows),
        "shipped": sum(row["shipped"] for row in rows),
        "incidents": engine.store.incidents(),
        "notifications": Counter(note.state for note in engine.store.notifications()),
        "requests": Counter(f"{e.method} {_pattern(e.path)}" for e in list(engine.log)),
    }
    return Answer({**common, **engine.counters(rows)})


def _pattern(path: str) -> str:
    return "/".join("{id}" if part.isdigit() else part for part in path.split("/"))


def notifications(engine: ChannelEngine, request: Request) -> Answer:
    """Configure the delivery of events; GET shows settings and events."""
    if request.method == "POST":
        return Answer(asdict(engine.events.configure(json_body(request))))
    events = [
        {
            "topic": note.topic,
            "resource": note.resource,
            "state": note.state,
            "attempts": note.attempts,
            "deliveries": note.deliveries,
            "ms": note.last_request_ms,
        }
        for note in engine.store.notifications()
    ]
    return Answer({"config": asdict(engine.events.config), "events": events})


def authorize(engine: ChannelEngine, request: Request) -> Answer:
    """The seller agrees: what the call-back carries (``code``, …)."""
    return Answer(engine.authorize(json_body(request)))


def kill_grant(engine: ChannelEngine, request: Request) -> Answer:
    """The seller revokes the application."""
    engine.kill_grant()
    return Answer({"status": "revoked"})


def expire_tokens(engine: ChannelEngine, request: Request) -> Answer:
    """The access tokens of the present end; the grant goes on."""
    engine.store.expire_tokens("access", engine.clock.now() - timedelta(hours=1))
    return Answer({"status": "expired"})


def reset(engine: ChannelEngine, request: Request) -> Answer:
    """Back to an empty channel."""
    engine.reset()
    return Answer({"status": "empty"})


def control_route(method: str, name: str, handler: Callable[..., Answer]) -> Route:
    """A route of the control plane: what the handler chokes on is a 400."""

    def guarded(engine: ChannelEngine, request: Request) -> Answer:
        try:
            return handler(engine, request)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise ControlError(f"{type(error).__name__}: {error}") from error

    return Route(method, PREFIX + name, guarded, auth=False)


ROUTES = (
    control_route("GET", "health", health),
    control_route("GET", "orders", orders),
    control_route("POST", "order", order),
    control_route("POST", "advance", advance),
    control_route("GET", "fault", fault),
    control_route("POST", "fault", fault),
    control_route("DELETE", "fault", fault),
    control_route("GET", "clock", clock),
    control_route("POST", "clock", clock),
    control_route("POST", "settings", settings),
    control_route("GET", "requests", requests_made),
    control_route("GET", "counters", counters),
    control_route("GET", "notifications", notifications),
    control_route("POST", "notifications", notifications),
    control_route("POST", "authorize", authorize),
    control_route("POST", "kill_grant", kill_grant),
    control_route("POST", "expire_tokens", expire_tokens),
    control_route("POST", "reset", reset),
)
