"""Which refused notes may go again without a person looking at each.

NT 2018.002: the SEFAZ blocks the company (656) when the same note is refused for the
same reason more than 30 times; we stay far below.
"""

from __future__ import annotations

MAX_UNCHANGED = 5
"""Sendings of the same bytes."""
MAX_SENDINGS = 20
"""Sendings of one note, corrected in between or not."""


def may_go_again(*, sent: int, corrected: bool) -> bool:
    """``sent``: how often the note went; ``corrected``: its contents changed since."""
    return sent < (MAX_SENDINGS if corrected else MAX_UNCHANGED)
