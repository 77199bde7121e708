"""External Fulfillment Returns 2024-09-11: list by creation, one by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer

from . import payloads
from .errors import bad_input, not_found
from .records import Return
from .routing import moment_of, operation

if TYPE_CHECKING:
    from .engine import Engine


def listed(engine: Engine, request: Request) -> Answer:
    """``listReturns``; the token is the number of those shown before."""
    size = int(request.args.get("maxResults", "10"))
    if not 1 <= size <= 100:
        raise bad_input("'maxResults' must be 1 to 100")
    since = moment_of(request, "createdSince")
    start = int(request.args.get("nextToken", "0"))
    found = [
        one
        for one in engine.store.find("return", Return)
        if since is None or one.created >= since
    ]
    found.sort(key=lambda one: (one.created, one.id))
    page = found[start : start + size]
    payload: dict[str, Any] = {"returns": [_shown(engine, one) for one in page]}
    if start + size < len(found):
        payload["nextToken"] = str(start + size)
    return Answer(payload)


def get(engine: Engine, request: Request, return_id: str) -> Answer:
    """``getReturn``."""
    found = engine.store.get("return", return_id, Return)
    if found is None:
        raise not_found(f"Return {return_id}")
    return Answer(_shown(engine, found))


def _shown(engine: Engine, record: Return) -> dict[str, Any]:
    return payloads.returned(record, engine.lifecycle.order(record.order_id))


_PATH = "/externalFulfillment/2024-09-11/returns"
ROUTES = (
    operation("GET", _PATH, "listReturns", listed, "createdSince maxResults nextToken"),
    operation("GET", _PATH + "/<return_id>", "getReturn", get),
)
