"""Undue consumption (cStat 656): counters and the one-hour block.

NT 2018.002 defaults, see ``Settings.abuse_limits``: the same note with the same
rejection 30 times, the same event or voiding 20 times, one note consulted 10
times, one receipt 40 times, all within an hour of the simulated clock.
"""

from __future__ import annotations

from datetime import timedelta

from .cstat import Rejection
from .office import Office
from .store import moment, stamp

WINDOW = timedelta(hours=1)


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
