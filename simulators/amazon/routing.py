"""A route of the API: it counts for an operation, and every answer has a request id."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Handler, Route, parse_date

from .errors import bad_input

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from .engine import Engine


def operation(
    method: str, rule: str, name: str, handler: Handler, params: str = ""
) -> Route:
    """``params``: names of the query parameters, separated by spaces."""

    def limited(engine: Engine, request: Request, **args: Any) -> Answer:
        headers = engine.buckets.take(name)
        answer = handler(engine, request, **args)
        answer.headers.update(headers)
        answer.headers["x-amzn-RequestId"] = secrets.token_hex(8)
        return answer

    return Route(method, rule, limited, frozenset(params.split()))


def body_of(request: Request, *required: str) -> dict[str, Any]:
    """The JSON object of a request.

    :raise SpError: no JSON, or a required key is missing
    """
    if request.mimetype != "application/json":
        raise bad_input("Content-Type must be application/json")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise bad_input("a JSON object is expected")
    missing = [name for name in required if not body.get(name)]
    if missing:
        raise bad_input(f"missing in the body: {', '.join(missing)}")
    return body


def needed(request: Request, name: str, value: str = "") -> str:
    """A parameter that must be there (and be ``value``).

    :raise SpError: it is not
    """
    given = request.args.get(name, "")
    if not given or (value and given != value):
        raise bad_input(f"'{name}' is missing or invalid")
    return given


def choices(request: Request, name: str, known: frozenset[str]) -> set[str]:
    """The values of a list parameter, separated by commas.

    :raise SpError: one of them is unknown
    """
    given = set(filter(None, request.args.get(name, "").split(",")))
    if given - known:
        raise bad_input(f"'{name}' has invalid values: {sorted(given - known)}")
    return given


def moment_of(request: Request, name: str) -> datetime | None:
    """A date parameter, None when it is not given.

    :raise SpError: no ISO 8601 date
    """
    given = request.args.get(name)
    if given is None:
        return None
    found = parse_date(given)
    if found is None:
        raise bad_input(f"'{name}' is no ISO 8601 date")
    return found
