"""CPU and SQL of a piece of work in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Meter:
    """Adds up what runs inside ``with meter.running(cr)``."""

    cpu_seconds: float = 0.0
    sql: int = 0

    @contextmanager
    def running(self, cr) -> Iterator[None]:
        """Count until the block ends; its writes are flushed and counted too."""
        sql, cpu = cr.sql_log_count, time.process_time()
        yield
        cr.flush()
        self.cpu_seconds += time.process_time() - cpu
        self.sql += cr.sql_log_count - sql

    def each(self, count: int) -> dict[str, float]:
        """Milliseconds of CPU and queries for one of ``count`` orders."""
        return {
            "cpu_ms": round(self.cpu_seconds * 1000 / count, 1),
            "sql": round(self.sql / count, 1),
        }
