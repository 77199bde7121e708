"""What a request must hold; the wrong one is ``error_param``."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from typing import Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer

from .errors import bad_param

Json = dict[str, Any]


def success(response: Any = None, **extra: Any) -> Answer:
    """The envelope of a success; without ``response`` for those that have none."""
    body: Json = {"error": "", "message": "", "request_id": secrets.token_hex(16)}
    if response is not None:
        body["response"] = response
    return Answer({**body, **extra})


def need(request: Request, name: str) -> str:
    """A parameter of the query that must be there."""
    text = request.args.get(name)
    if not text:
        raise bad_param(f"{name} is a required field")
    return text


def number(request: Request, name: str) -> int:
    """A whole number of the query."""
    text = need(request, name)
    if not text.isdigit():
        raise bad_param(f"{name} must be a number")
    return int(text)


def moment(request: Request, name: str) -> datetime:
    """Epoch seconds of the query."""
    return datetime.fromtimestamp(number(request, name), timezone.utc)


def listed(request: Request, name: str, most: int) -> list[str]:
    """Ids joined by commas."""
    ids = [text.strip() for text in need(request, name).split(",") if text.strip()]
    if not 1 <= len(ids) <= most:
        raise bad_param(f"{name} must have 1 to {most} entries")
    return ids


def body_of(
    request: Request, required: set[str], optional: frozenset[str] = frozenset()
) -> Json:
    """The JSON object of the body, with nothing in it that is not documented."""
    if request.mimetype != "application/json":
        raise bad_param("Content-Type must be application/json")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise bad_param("the body must be a JSON object")
    for name in sorted(required):
        if name not in body:
            raise bad_param(f"{name} is a required field")
    unknown = set(body) - required - optional
    if unknown:
        raise bad_param(f"unknown field {', '.join(sorted(unknown))}")
    return body
