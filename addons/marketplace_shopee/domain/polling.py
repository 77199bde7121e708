"""Walks ``get_order_list`` without losing an order to shifting pages.

The cursor counts places, so an order that changes while we walk leaves its place and
moves all others: the first one of the next page is skipped. A window that does not fit
into one page is therefore cut in half, down to a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from odoo.addons.marketplace_connector.domain.contract import Cursor, OrderRef, Page

from ..const import POLL_OVERLAP, POLL_WINDOW
from .values import Json, drift_guarded, epoch, ident, moment, rows, text

List = Callable[[int, int, str], Json]
"""(from, to, cursor) → one page of the answer."""
Changed = Callable[[Sequence[str]], dict[str, int]]
"""The time of the last change, by order; what cannot be read is left out."""

_SMALLEST = timedelta(minutes=1)


def walk(
    fetch: List, changed: Changed, cursor: Cursor, until: datetime
) -> Iterator[Page]:
    """Yield pages of OrderRef; the same order may come more than once."""
    start = (cursor.low or until) - POLL_OVERLAP
    while True:
        end = min(start + POLL_WINDOW, until)
        found, end = _window(fetch, start, end)
        refs = _refs(found, changed)
        if end >= until:
            yield Page(refs, Cursor(low=until))
            return
        yield Page(refs, Cursor(low=end, high=until))
        start = end


def _window(
    fetch: List, start: datetime, end: datetime
) -> tuple[dict[str, str], datetime]:
    """The orders of a window that holds still, and where it ends."""
    while True:
        page = fetch(epoch(start), epoch(end), "")
        found = _statuses(page)
        if not page.get("more"):
            return found, end
        if end - start <= _SMALLEST:
            return found | _rest(fetch, start, end, page), end
        end = start + (end - start) / 2


def _rest(fetch: List, start: datetime, end: datetime, page: Json) -> dict[str, str]:
    """The other pages of more than a hundred changes in one minute."""
    found: dict[str, str] = {}
    while page.get("more") and page.get("next_cursor"):
        page = fetch(epoch(start), epoch(end), text(page["next_cursor"]))
        found |= _statuses(page)
    return found


@drift_guarded
def _statuses(page: Json) -> dict[str, str]:
    return {
        ident(row["order_sn"]): text(row.get("order_status"))
        for row in rows(page.get("order_list"))
    }


def _refs(found: dict[str, str], changed: Changed) -> tuple[OrderRef, ...]:
    """The list has no times, and without them nobody knows which order is news."""
    times = changed(list(found)) if found else {}
    return tuple(
        OrderRef(order_id, moment(times.get(order_id)), status)
        for order_id, status in found.items()
    )
