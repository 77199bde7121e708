"""Undue consumption (cStat 656): counters and the one-hour block.

NT 2018.002 defaults, see ``Settings.abuse_limits``: the same note with the same
rejection 30 times, the same event or voiding 20 times, one note consulted 10
times, one receipt 40 times, all within an hour of the simulated clock.
"""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Any

from .cstat import Rejection
from .office import Office
from .store import moment, stamp

WINDOW = timedelta(hours=1)
BLOCKS = "block"
"""Sequence that counts the blocks."""


def check_block(office: Office, cnpj: str) -> None:
    """Refuse every request of a blocked taxpayer."""
    block = office.store.row("SELECT until FROM block WHERE cnpj = ?", cnpj)
    if block and moment(block["until"]) > office.now():
        raise Rejection(656)


def count(office: Office, cnpj: str, kind: str, subject: str) -> None:
    """Count one use; beyond the limit the taxpayer is blocked for an hour."""
    now = office.now()
    name = f"{kind}:{subject}"
    office.store.insert("usage", cnpj=cnpj, subject=name, at=stamp(now))
    used = office.store.row(
        "SELECT count(*) AS uses FROM usage WHERE cnpj = ? AND subject = ? AND at > ?",
        *(cnpj, name, stamp(now - WINDOW)),
    )
    if used and used["uses"] > office.settings.abuse_limits[kind]:
        block(office, cnpj)
        raise Rejection(656, f"det: {kind} {subject}")


def block(office: Office, cnpj: str) -> None:
    """Refuse everything of a taxpayer for an hour from now."""
    until = stamp(office.now() + WINDOW)
    office.store.execute("INSERT OR REPLACE INTO block VALUES (?, ?)", cnpj, until)
    office.store.execute("DELETE FROM usage WHERE cnpj = ?", cnpj)
    office.store.next_value(BLOCKS)


def report(office: Office) -> dict[str, Any]:
    """How often a taxpayer was blocked, and how close any came to it.

    ``most`` is the highest use of one subject within an hour, by kind.
    """
    row = office.store.row("SELECT value FROM sequence WHERE name = ?", BLOCKS)
    most = dict.fromkeys(office.settings.abuse_limits, 0)
    uses = office.store.rows("SELECT cnpj, subject, at FROM usage ORDER BY at")
    recent: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)
    for use in uses:
        at, times = moment(use["at"]), recent[use["cnpj"], use["subject"]]
        times.append(at)
        while times[0] <= at - WINDOW:
            times.popleft()
        kind = use["subject"].partition(":")[0]
        most[kind] = max(most[kind], len(times))
    return {
        "blocks": row["value"] if row else 0,
        "most": most,
        "limits": office.settings.abuse_limits,
    }
