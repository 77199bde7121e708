"""Faults to inject: the next N calls of a path fail in a chosen way."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .errors import ControlError
from .routing import Answer

BEFORE = frozenset(
    {"reset_before", "timeout_before", "http_error", "rate_limited", "api_error"}
)
"""The call has no effect."""
AFTER = frozenset(
    {
        "reset_after",
        "timeout_after",
        "truncated_json",
        "truncated_body",
        "unknown_enum",
        "extra_fields",
        "partial",
    }
)
"""The call takes effect; only the answer suffers."""


@dataclass
class Fault:
    """One planned fault; ``times`` counts down."""

    kind: str
    path: str = "/"
    """Prefix of the path."""
    method: str | None = None
    times: int = 1
    every: int = 1
    """Only each n-th call that matches fails."""
    status: int = 503
    """For ``http_error`` (with HTML) and ``api_error`` (in the channel's shape)."""
    seconds: float = 30
    """Real seconds a ``timeout_*`` stays silent before the line is cut."""
    error: str = "internal_error"
    """The channel's code of an ``api_error``."""
    error_code: str | None = None
    """A second, finer code, where the channel has one."""
    fields: tuple[str, ...] = ("status", "substatus")
    """Keys an ``unknown_enum`` changes."""
    value: str = "simulated_unknown_value"
    missing: tuple[str, ...] = ("buyer", "feedback")
    """Keys a ``partial`` answer lacks."""

    @classmethod
    def from_spec(cls, spec: dict[str, Any], kinds: Iterable[str] = ()) -> Fault:
        """Build from JSON, refusing what is not known; ``kinds``: the channel's own."""
        known = {entry.name for entry in fields(cls)}
        allowed = BEFORE | AFTER | set(kinds)
        if set(spec) - known or spec.get("kind") not in allowed:
            raise ControlError(f"bad fault {spec}: kinds are {sorted(allowed)}")
        values = dict(spec)
        for name in ("fields", "missing"):
            if name in values:
                values[name] = tuple(values[name])
        return cls(**values)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return self.method in (None, method) and path.startswith(self.path)


class FaultBook:
    """The planned faults, first come first served."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._seen: Counter[int] = Counter()

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return and count down the first fault that matches."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.matches(method, path):
                    self._seen[id(fault)] += 1
                    if self._seen[id(fault)] % fault.every:
                        continue
                    fault.times -= 1
                    return fault
        return None

    def clear(self) -> None:
        """Forget all plans."""
        with self._lock:
            self._faults.clear()
            self._seen.clear()

    def pending(self) -> list[dict[str, Any]]:
        """What is still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._faults if fault.times > 0]


def spoil(fault: Fault, answer: Answer) -> Answer:
    """The answer as the faults leave it that all channels share (a copy)."""
    if fault.kind == "truncated_json":
        return replace(answer, raw=answer.body[: len(answer.body) // 2])
    change = _CHANGES.get(fault.kind)
    if change is None or answer.raw is not None or answer.status >= 300:
        return answer
    payload = json.loads(json.dumps(answer.payload))
    change(fault, payload)
    return replace(answer, payload=payload)


def objects(value: Any) -> list[dict[str, Any]]:
    """Every object in a payload, the outer ones first."""
    if isinstance(value, dict):
        inner = [found for entry in value.values() for found in objects(entry)]
        return [value, *inner]
    if isinstance(value, list):
        return [found for entry in value for found in objects(entry)]
    return []


def _unknown_enum(fault: Fault, payload: Any) -> None:
    for entry in objects(payload):
        for name in fault.fields:
            if isinstance(entry.get(name), str):
                entry[name] = fault.value


def _extra_fields(fault: Fault, payload: Any) -> None:
    for entry in objects(payload):
        entry["simulated_extra_field"] = {"nested": [1, None]}


def _partial(fault: Fault, payload: Any) -> None:
    if isinstance(payload, dict):
        for name in fault.missing:
            payload.pop(name, None)


_CHANGES: dict[str, Callable[[Fault, Any], None]] = {
    "unknown_enum": _unknown_enum,
    "extra_fields": _extra_fields,
    "partial": _partial,
}
