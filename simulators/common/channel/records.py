"""Records as JSON text, and the event on its way to the callback.

Money is ``Decimal`` and is stored as text; times are aware UTC datetimes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


@dataclass
class Notification:
    """One event on its way to the callback.

    ``data``: what the channel posts beside the topic, where a path is not all.
    """

    uid: str
    topic: str
    resource: str
    received: datetime
    due: datetime
    attempts: int = 0
    state: str = "queued"
    """``queued`` → ``sent`` or, after the last try, ``missed``; ``lost``: never."""
    last_request_ms: int = 0
    last_http_code: int = 0
    deliveries: int = 0
    data: dict[str, Any] = field(default_factory=dict)


def encode(record: Any) -> str:
    """Serialise a record without losing a cent or a microsecond."""
    return json.dumps(asdict(record), default=_encode_scalar, ensure_ascii=False)


def decode(cls: type[T], text: str) -> T:
    """Rebuild a record of type ``cls`` from the text of :func:`encode`."""
    return cast(T, _build(cls, json.loads(text)))


def _encode_scalar(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"cannot store {type(value).__name__}")


@cache
def _fields(cls: type) -> dict[str, Any]:
    """Type by field name. To resolve a dataclass's hints takes longer than the rest of
    an answer."""
    hints = get_type_hints(cls)
    return {entry.name: hints[entry.name] for entry in fields(cls)}


def _build(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (UnionType, Union):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is list:
        return [_build(get_args(hint)[0], entry) for entry in value]
    if hint is Decimal:
        return Decimal(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and is_dataclass(hint):
        kinds = _fields(hint)
        # A record that was stored before a field came lacks it.
        known = {name: kind for name, kind in kinds.items() if name in value}
        return hint(**{name: _build(kind, value[name]) for name, kind in known.items()})
    return value
