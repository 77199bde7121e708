"""Module Returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import LIST_WINDOW, PAGE_MAX
from .errors import ShopeeError, bad_param, refused
from .payloads import return_detail
from .records import Return
from .routing import body_of, moment, need, number, success

if TYPE_CHECKING:
    from .engine import Engine

# Action → (statuses it is offered in, the status after it, fields of the body).
_ACTIONS: dict[str, tuple[set[str], str, frozenset[str]]] = {
    "confirm": ({"REQUESTED", "PROCESSING"}, "ACCEPTED", frozenset()),
    "accept_offer": ({"REQUESTED"}, "ACCEPTED", frozenset()),
    "offer": (
        {"REQUESTED"},
        "REQUESTED",
        frozenset({"proposed_solution", "proposed_adjusted_refund_amount"}),
    ),
    "dispute": (
        {"REQUESTED", "PROCESSING", "ACCEPTED"},
        "SELLER_DISPUTE",
        frozenset({"email", "dispute_reason_id", "dispute_text_reason", "image_list"}),
    ),
}


def get_return_list(engine: Engine, request: Request) -> Answer:
    """Pages by number, windows of 15 days."""
    page, size = number(request, "page_no"), number(request, "page_size")
    if page < 1 or not 1 <= size <= PAGE_MAX:
        raise bad_param("page_no or page_size is invalid")
    first = moment(request, "update_time_from")
    last = moment(request, "update_time_to")
    if not first < last or last - first > LIST_WINDOW:
        raise bad_param("The period must not be more than 15 days")
    found = engine.store.find("return", Return, first=first, last=last)
    start = (page - 1) * size
    rows = [return_detail(entry) for entry in found[start : start + size]]
    return success({"more": start + size < len(found), "return": rows})


def get_return_detail(engine: Engine, request: Request) -> Answer:
    """One return."""
    return success(return_detail(_return(engine, need(request, "return_sn"))))


def _action(name: str) -> Callable[[Engine, Request], Answer]:
    offered, then, fields = _ACTIONS[name]

    def act(engine: Engine, request: Request) -> Answer:
        body = body_of(request, {"return_sn"}, fields)
        entry = _return(engine, str(body["return_sn"]))
        if entry.status not in offered:
            raise refused("error_perm", f"The return is {entry.status}.")
        engine.lifecycle.move_return(entry, then)
        return success({"return_sn": entry.return_sn})

    return act


def _return(engine: Engine, return_sn: str) -> Return:
    entry = engine.store.get_return(return_sn)
    if entry is None:
        raise ShopeeError("error_data", "The return you queried doesn't exist.")
    return entry


_LIST = frozenset({"page_no", "page_size", "update_time_from", "update_time_to"})
_PATH = "/api/v2/returns/"
ROUTES = (
    Route("GET", f"{_PATH}get_return_list", get_return_list, _LIST),
    Route(
        "GET", f"{_PATH}get_return_detail", get_return_detail, frozenset({"return_sn"})
    ),
    *(Route("POST", f"{_PATH}{name}", _action(name)) for name in _ACTIONS),
)
