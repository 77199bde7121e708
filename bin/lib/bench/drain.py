"""What a running Odoo does with its queue: CPU, memory and SQL of all its processes."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
POLL_SECONDS = 0.25
# The server's line about a request ends with its queries, their time and the rest.
JOB_LINE = re.compile(
    r'/queue_job/runjob\?[^"]*job_uuid=([0-9a-f-]+)[^"]*" 200 - (\d+) '
)


def processes(group: int) -> list[tuple[float, float]]:
    """CPU seconds and resident megabytes of each living process of a group.

    The seconds of children that are gone stand with their parent.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The program's name, in brackets, may hold blanks.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks = sum(int(value) for value in fields[11:15])
            found.append((ticks / TICKS, int(fields[21]) * PAGE_MB))
    return found


def cpu_seconds(group: int) -> float:
    """CPU of a process group so far."""
    return sum(seconds for seconds, _memory in processes(group))


def memory_mb(group: int) -> float:
    """Resident memory of a process group; what they share counts in each."""
    return sum(memory for _seconds, memory in processes(group))


def wait_until(
    condition: Callable[[], bool], seconds: float, require_alive: Callable[[], None]
) -> None:
    """Poll until the condition is true.

    :raise TimeoutError: it took too long
    """
    deadline = time.monotonic() + seconds
    while not condition():
        require_alive()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done in {seconds} s")
        time.sleep(POLL_SECONDS)


def queries_by_job(log: Path) -> dict[str, int]:
    """SQL of each job that ran, from the server's log; a job that ran twice in sum."""
    found: dict[str, int] = {}
    for uuid, queries in JOB_LINE.findall(log.read_text(errors="replace")):
        found[uuid] = found.get(uuid, 0) + int(queries)
    return found


def stages(cr: Any, queries: dict[str, int]) -> dict[str, dict[str, float]]:
    """Jobs, their queries and the seconds they held a worker, by method."""
    cr.execute(
        "SELECT method_name, uuid, coalesce(exec_time, 0) FROM queue_job"
        " WHERE uuid = ANY(%s)",
        [list(queries)],
    )
    found: dict[str, dict[str, float]] = {}
    for method, uuid, seconds in cr.fetchall():
        stage = found.setdefault(method, {"jobs": 0, "sql": 0, "seconds": 0.0})
        stage["jobs"] += 1
        stage["sql"] += queries[uuid]
        stage["seconds"] = round(stage["seconds"] + seconds, 2)
    return found
