"""Faults to inject: the next N calls of a path fail in a chosen way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from .errors import bad_request

BEFORE = frozenset(
    {"reset_before", "timeout_before", "http_error", "rate_limited", "ml_error"}
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
        "cpf_lost_zeros",
        "not_propagated",
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
    status: int = 503
    """For ``http_error`` and ``ml_error``."""
    seconds: float = 30
    """Real seconds a ``timeout_*`` stays silent before the line is cut."""
    error: str = "internal_error"
    error_code: str | None = None
    fields: tuple[str, ...] = ("status", "substatus")
    """Keys an ``unknown_enum`` changes."""
    value: str = "simulated_unknown_value"
    missing: tuple[str, ...] = ("buyer", "feedback")
    """Keys a ``partial`` answer lacks."""

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> Fault:
        """Build from JSON, refusing what is not known."""
        known = {entry.name for entry in fields(cls)}
        unknown = set(spec) - known
        if unknown or spec.get("kind") not in BEFORE | AFTER:
            raise bad_request(f"bad fault {spec}: kinds are {sorted(BEFORE | AFTER)}")
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

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return and count down the first fault that matches."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.matches(method, path):
                    fault.times -= 1
                    return fault
        return None

    def clear(self) -> None:
        """Forget all plans."""
        with self._lock:
            self._faults.clear()

    def pending(self) -> list[dict[str, Any]]:
        """What is still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._faults if fault.times > 0]


def distort(fault: Fault, payload: Any) -> Any:
    """Return the payload as the fault leaves it (a copy)."""
    copy = json.loads(json.dumps(payload))
    change = _CHANGES.get(fault.kind)
    if change:
        change(fault, copy)
    return copy


def _unknown_enum(fault: Fault, payload: Any) -> None:
    for entry in _dicts(payload):
        for name in fault.fields:
            if isinstance(entry.get(name), str):
                entry[name] = fault.value


def _extra_fields(fault: Fault, payload: Any) -> None:
    for entry in list(_dicts(payload)):
        entry["simulated_extra_field"] = {"nested": [1, None]}


def _partial(fault: Fault, payload: Any) -> None:
    if isinstance(payload, dict):
        for name in fault.missing:
            payload.pop(name, None)


def _cpf_lost_zeros(fault: Fault, payload: Any) -> None:
    for entry in _dicts(payload):
        if entry.get("type") in ("CPF", "CNPJ") and "number" in entry:
            entry["number"] = entry["number"].lstrip("0")


def _dicts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        inner = [found for entry in value.values() for found in _dicts(entry)]
        return [value, *inner]
    if isinstance(value, list):
        return [found for entry in value for found in _dicts(entry)]
    return []


_CHANGES: dict[str, Callable[[Fault, Any], None]] = {
    "unknown_enum": _unknown_enum,
    "extra_fields": _extra_fields,
    "partial": _partial,
    "cpf_lost_zeros": _cpf_lost_zeros,
}
