"""What a request must hold; the wrong one is the API's 400."""

from __future__ import annotations

from datetime import datetime

from werkzeug.wrappers import Request

from simulators.common.channel.routing import parse_date

from .errors import bad_request


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
    moment = parse_date(text)
    if moment is None:
        raise bad_request(f"parameter {name} is not a date with an offset")
    return moment
