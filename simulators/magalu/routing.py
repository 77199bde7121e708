"""What the handlers of all paths share: pages, bodies, dates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, parse_date

from .const import DEFAULT_LIMIT, MAX_LIMIT
from .errors import bad_request

PAGE = frozenset({"_limit", "_offset", "_sort"})


def iso(moment: datetime | None) -> str | None:
    """A moment as the API writes it: UTC with milliseconds."""
    if moment is None:
        return None
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def page(request: Request, found: Sequence[dict[str, Any]]) -> Answer:
    """The envelope ``meta`` + ``results`` of one page."""
    limit = _number(request, "_limit", DEFAULT_LIMIT)
    offset = _number(request, "_offset", 0)
    if not 1 <= limit <= MAX_LIMIT:
        raise bad_request(f"_limit must be 1 to {MAX_LIMIT}")
    rows = list(found[offset : offset + limit])
    meta = {
        "page": {
            "limit": limit,
            "offset": offset,
            "count": len(rows),
            "max_limit": MAX_LIMIT,
        },
        "links": {},
    }
    return Answer({"meta": meta, "results": rows})


def sorting(request: Request, fields: set[str], default: str) -> tuple[str, bool]:
    """Field and whether backwards, from ``_sort=field:asc|desc``."""
    name, _, way = request.args.get("_sort", default).partition(":")
    if name not in fields or way not in ("asc", "desc"):
        raise bad_request(f"_sort must be one of {sorted(fields)} with :asc or :desc")
    return name, way == "desc"


def date_arg(request: Request, name: str) -> datetime | None:
    """An ISO date with offset from the query."""
    text = request.args.get(name)
    if text is None:
        return None
    moment = parse_date(text)
    if moment is None:
        raise bad_request(f"{name} is not a date with an offset")
    return moment


def body_of(request: Request, needed: set[str], known: set[str] | None = None) -> Any:
    """The JSON object of a write: all that is needed, nothing that is not known."""
    if request.mimetype != "application/json":
        raise bad_request("content type must be application/json")
    try:
        body = json.loads(request.data)
    except ValueError as error:
        raise bad_request("the body is not JSON") from error
    if not isinstance(body, dict):
        raise bad_request("the body must be an object")
    missing, strange = needed - body.keys(), body.keys() - needed - (known or set())
    if missing or strange:
        raise bad_request(f"missing {sorted(missing)}, unknown {sorted(strange)}")
    return body


def _number(request: Request, name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isdigit():
        raise bad_request(f"{name} must be a number")
    return int(text)
