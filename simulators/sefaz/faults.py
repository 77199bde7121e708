"""Faults a test can order for the next calls of a service."""

from __future__ import annotations

import threading
from dataclasses import dataclass

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


class Faults:
    """The queue of ordered faults, and the doors of held requests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []
        self._door = threading.Event()
        self._held = 0

    def add(self, fault: Fault) -> None:
        """Order a fault; faults of one service apply in the order they came."""
        with self._lock:
            self._queue.append(fault)

    def take(self, service: str) -> Fault | None:
        """Use up one call of the first fault that matches."""
        with self._lock:
            for fault in self._queue:
                if fault.service in ("*", service):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._queue.remove(fault)
                    return fault
        return None

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
        """Forget ordered faults and release what is held."""
        with self._lock:
            self._queue.clear()
        self.release()
