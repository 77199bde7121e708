"""Faults a test can order for the next calls of a service."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BEFORE = frozenset({"drop_before", "reset", "hold_before", "html_503"})
AFTER = frozenset({"drop_after", "reset_after", "hold_after", "truncate"})
KINDS = BEFORE | AFTER | {"latency", "cstat"}

MAX_HOLD_SECONDS = 600
"""Nobody waits longer than this for a release."""


@dataclass
class Fault:
    """A fault for the next ``times`` calls of ``service`` ("*" for any).

    ``drop_before`` / ``drop_after``  close the line before / after processing;
    ``reset`` / ``reset_after``       the same with a TCP reset;
    ``hold_before`` / ``hold_after``  wait for ``seconds``, or for a release;
    ``html_503``   answer an HTML page and process nothing;
    ``truncate``   process, then send half of the answer;
    ``latency``    wait ``seconds``, then process;
    ``cstat``      answer ``cstat`` without processing; ``message`` is its xMotivo.
    """

    service: str
    kind: str
    times: int = 1
    seconds: float | None = None
    cstat: int | None = None
    message: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault: {self.kind}")
        if self.kind == "cstat" and self.cstat is None:
            raise ValueError("a cstat fault needs its cstat")
        if self.cstat in (100, 150):
            raise ValueError("a forced answer cannot authorise")
        if self.kind == "latency" and self.seconds is None:
            raise ValueError("a latency fault needs its seconds")


TROUBLES: dict[str, list[dict[str, Any]]] = {
    "NFeAutorizacao4": [
        *({"kind": kind} for kind in ("drop_before", "drop_after", "reset")),
        *({"kind": kind} for kind in ("reset_after", "truncate", "html_503")),
        {"kind": "latency", "seconds": 2},
        {"kind": "cstat", "cstat": 108},
        {"kind": "cstat", "cstat": 778},
    ],
    "*": [
        *({"kind": kind} for kind in ("drop_before", "drop_after", "truncate")),
        {"kind": "html_503"},
        {"kind": "latency", "seconds": 2},
    ],
}
"""What a plan chooses from unless told: an ordinary bad day."""


@dataclass(frozen=True)
class Plan:
    """Troubles at random, the same ones for the same seed.

    ``rate`` of the calls (0 to 1) meet one; ``faults`` holds, by service or "*", the
    fields of ``Fault`` to choose from. The n-th call of a service is drawn alike.
    """

    seed: int
    rate: float
    faults: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError("the rate lies between 0 and 1")
        for service, choices in self.faults.items():
            for choice in choices:
                Fault(service, **choice)

    def draw(self, service: str, number: int) -> Fault | None:
        """The fault of the n-th call of a service, or None."""
        choices = self.faults.get(service) or self.faults.get("*")
        # The same draw everywhere is wanted here, not a secret one.
        dice = random.Random(f"{self.seed}/{service}/{number}")  # noqa: S311
        if not choices or dice.random() >= self.rate:
            return None
        return Fault(service, **dice.choice(choices))


class Faults:
    """The queue of ordered faults, the plan, and the doors of held requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []
        self._plan: Plan | None = None
        self._calls: Counter[str] = Counter()
        self._door = threading.Event()
        self._held = 0

    def add(self, fault: Fault) -> None:
        """Order a fault; faults of one service apply in the order they came."""
        with self._lock:
            self._queue.append(fault)

    def follow(self, plan: Plan | None) -> None:
        """Follow a plan from its first call on, or none."""
        with self._lock:
            self._plan = plan
            self._calls.clear()

    def take(self, service: str) -> Fault | None:
        """Use up one call of the first fault that matches, else what the plan says."""
        with self._lock:
            for fault in self._queue:
                if fault.service in ("*", service):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._queue.remove(fault)
                    return fault
            self._calls[service] += 1
            if self._plan is None:
                return None
            return self._plan.draw(service, self._calls[service])

    def hold(self, seconds: float | None) -> None:
        """Wait for a release, at most ``seconds``."""
        with self._lock:
            self._held += 1
            door = self._door
        door.wait(MAX_HOLD_SECONDS if seconds is None else seconds)
        with self._lock:
            self._held -= 1

    @property
    def held(self) -> int:
        """How many requests wait at this moment."""
        with self._lock:
            return self._held

    def release(self) -> None:
        """Let every held request go on."""
        with self._lock:
            self._door.set()
            self._door = threading.Event()

    def clear(self) -> None:
        """Forget ordered faults and the plan, release what is held."""
        with self._lock:
            self._queue.clear()
            self._plan = None
        self.release()
