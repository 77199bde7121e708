"""What happened to a note, in order: its attempts and its events as one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """``what``: kind of the fact (created, send, receipt, consult, cancel …, or the
    code of an event); ``outcome``: of an attempt; ``code`` and ``detail``: cStat and
    its words, or the protocol and the wording of an event."""

    at: datetime
    what: str
    outcome: str = ""
    code: str = ""
    detail: str = ""


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first; entries of one moment as they came; the same fact once."""
    return sorted(dict.fromkeys(entries), key=lambda entry: entry.at)
