"""The answer type and the routes of all channels, and what a query holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from .engine import ChannelEngine


@dataclass
class Answer:
    """A status with a JSON payload or raw bytes."""

    payload: Any = None
    status: int = 200
    raw: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """What goes over the line."""
        if self.raw is not None:
            return self.raw
        return json.dumps(self.payload, ensure_ascii=False).encode()


Handler = Callable[..., Answer]
"""``handler(engine, request, **arguments of the path)``."""


@dataclass(frozen=True)
class Route:
    """One operation with the query parameters it knows.

    ``auth``: whether ``ChannelEngine.authenticate`` is asked before.
    """

    method: str
    rule: str
    handler: Handler
    params: frozenset[str] = frozenset()
    auth: bool = True

    def run(
        self, engine: ChannelEngine, request: Request, args: dict[str, Any]
    ) -> Answer:
        """Check token and parameters, then act."""
        if self.auth:
            engine.authenticate(request)
        unknown = set(request.args) - self.params - engine.common_params
        if unknown:
            raise engine.bad_request(f"unknown parameter: {', '.join(sorted(unknown))}")
        return self.handler(engine, request, **args)


def parse_date(text: str) -> datetime | None:
    """An aware ISO 8601 moment; None when it is none, or has no offset."""
    try:
        # An unescaped "+" of an offset arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
