"""Walks ``get_order_list`` without losing an order to shifting pages.

The cursor counts places, so an order that changes while we walk leaves its place and
moves all behind it: the first one of the next page is skipped. A window of more than
one page is therefore walked again until nothing new turns up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    OrderRef,
    Page,
    Transient,
)

from ..const import POLL_OVERLAP, POLL_WINDOW
from .values import Json, drift_guarded, epoch, ident, moment, rows, text

List = Callable[[int, int, str], Json]
"""(from, to, cursor) → one page of the answer."""
Changed = Callable[[Sequence[str]], dict[str, int]]
"""The time of the last change, by order; what cannot be read is left out."""
Found = dict[str, str]

_MAX_WALKS = 10


def walk(
    fetch: List, changed: Changed, cursor: Cursor, until: datetime
) -> Iterator[Page]:
    """Yield pages of OrderRef; the same order may come more than once.

    A walk that was killed begins its window of 15 days again.
    """
    start = (cursor.low or until) - POLL_OVERLAP
    low = cursor.low
    while True:
        end = min(start + POLL_WINDOW, until)
        for found in _window(fetch, epoch(start), epoch(end)):
            yield Page(_refs(found, changed), Cursor(low=low, high=until))
        if end >= until:
            yield Page((), Cursor(low=until))
            return
        start = low = end


def _window(fetch: List, start: int, end: int) -> Iterator[Found]:
    """What each page has and no page before had.

    :raise Transient: the list changes faster than it can be read
    """
    seen: set[str] = set()
    for _ in range(_MAX_WALKS):
        page = fetch(start, end, "")
        single = not page.get("more")
        news = 0
        while True:
            found = _statuses(page, seen)
            seen.update(found)
            news += len(found)
            if found:
                yield found
            if not page.get("more"):
                break
            page = fetch(start, end, text(page.get("next_cursor")))
        if single or not news:
            return
    raise Transient("the order list does not hold still")


@drift_guarded
def _statuses(page: Json, seen: set[str]) -> Found:
    return {
        ident(row["order_sn"]): text(row.get("order_status"))
        for row in rows(page.get("order_list"))
        if ident(row["order_sn"]) not in seen
    }


def _refs(found: Found, changed: Changed) -> tuple[OrderRef, ...]:
    """The list has no times, and without them nobody knows which order is news."""
    times = changed(list(found))
    return tuple(
        OrderRef(order_id, moment(times.get(order_id)), status)
        for order_id, status in found.items()
    )
