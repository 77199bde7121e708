"""What a request must hold; the wrong one is the API's 400."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import parse_date

from .errors import MlError, bad_request


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


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object of the body; another media type is a 415."""
    if request.mimetype != "application/json":
        raise MlError(415, "unsupported_media_type", "application/json required")
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise bad_request("the body is not JSON") from error
    if not isinstance(body, dict):
        raise bad_request("the body is not an object")
    return body
