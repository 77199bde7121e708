"""Request helpers and the answer type shared by all routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from .errors import bad_request

if TYPE_CHECKING:
    from .engine import Engine


@dataclass
class Answer:
    """A status with a JSON payload or raw bytes."""

    payload: Any = None
    status: int = 200
    raw: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Route:
    """One operation with the query parameters it knows."""

    method: str
    rule: str
    handler: Handler
    params: frozenset[str] = frozenset()
    auth: bool = True

    def run(self, engine: Engine, request: Request, args: dict[str, Any]) -> Answer:
        """Check token and parameters, then act."""
        if self.auth:
            engine.oauth.check(request.headers.get("Authorization"))
        unknown = set(request.args) - self.params
        if unknown:
            raise bad_request(f"unknown parameter: {', '.join(sorted(unknown))}")
        return self.handler(engine, request, **args)


def need_header(request: Request, name: str, value: str) -> None:
    """Refuse a request without an obligatory header."""
    if request.headers.get(name, "").lower() != value:
        raise bad_request(f"header {name}: {value} is required")


def int_param(request: Request, name: str, default: int | None = None) -> int:
    """Return a non-negative number from the query."""
    text = request.args.get(name)
    if text is None:
        if default is None:
            raise bad_request(f"parameter {name} is required")
        return default
    if not text.isdigit():
        raise bad_request(f"parameter {name} must be a number")
    return int(text)


def date_param(request: Request, name: str) -> datetime | None:
    """Return an ISO 8601 date with offset from the query."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        # An unescaped "+" of an offset arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+").replace("Z", "+00:00"))
    except ValueError as error:
        raise bad_request(f"parameter {name} is not a date") from error
    if moment.tzinfo is None:
        raise bad_request(f"parameter {name} has no offset")
    return moment
