"""What a person or a test does to this market, beyond what all channels have."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.control import control_route, json_body
from simulators.common.channel.errors import (
    ApiError,
    ControlError,
    TransitionRefused,
)
from simulators.common.channel.routing import Answer

from .records import CatalogItem

if TYPE_CHECKING:
    from .engine import Engine

_GENERATE = frozenset(
    "n seed catalog start cancel_plan cancel_delay_seconds packs notify".split()
)


def generate(engine: Engine, request: Request) -> Answer:
    """Create many orders; the same seed again doubles nothing."""
    body = json_body(request)
    unknown = set(body) - _GENERATE
    if unknown or "n" not in body or "seed" not in body:
        raise ControlError(f"n and seed are required; known: {sorted(_GENERATE)}")
    if "start" in body:
        body["start"] = datetime.fromisoformat(body["start"])
    if "catalog" in body:
        body["catalog"] = [CatalogItem.from_spec(spec) for spec in body["catalog"]]
    before = engine.store.count_orders()
    ids = engine.generate(body.pop("n"), body.pop("seed"), **body)
    created = engine.store.count_orders() - before
    return Answer({"created": created, "order_ids": ids}, status=201)


def ship(engine: Engine, request: Request) -> Answer:
    """The carrier scans parcels at pick-up; 409 when one must not travel."""
    return _move(engine, request, engine.lifecycle.ship, "shipped")


def deliver(engine: Engine, request: Request) -> Answer:
    """The carrier delivers parcels."""
    return _move(engine, request, engine.lifecycle.deliver, "delivered")


def _move(engine: Engine, request: Request, action: Any, done: str) -> Answer:
    results = {}
    for shipment_id in json_body(request).get("shipment_ids", []):
        try:
            action(engine.shipment(int(shipment_id)))
        except TransitionRefused as error:
            results[str(shipment_id)] = str(error)
        except ApiError:
            results[str(shipment_id)] = "not_found"
        else:
            results[str(shipment_id)] = done
    good = all(result == done for result in results.values())
    return Answer({"results": results}, status=200 if good else 409)


def ask(engine: Engine, request: Request) -> Answer:
    """A buyer asks about a listing: ``{item_id?, text?}``."""
    body = json_body(request)
    item_id = body.get("item_id") or engine.offers.all()[0].id
    text = body.get("text", "Tem em outra cor?")
    question = engine.aftersales.ask(item_id, text, 2_211_111_111)
    return Answer({"question_id": question.id}, status=201)


ROUTES = (
    control_route("POST", "ask", ask),
    control_route("POST", "generate", generate),
    control_route("POST", "ship", ship),
    control_route("POST", "deliver", deliver),
)
