"""The windows of what changed: orders, tickets and the history of notifications.

Lists can be sorted by the purchase only, so an order that changes again while we walk
leaves the window and the rows behind it move: ``paging.walk`` looks after that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import Cursor, OrderRef, Page
from odoo.addons.marketplace_connector.domain.paging import walk

from ..const import PAGE_LIMIT, POLL_OVERLAP
from .client import Client
from .events import event
from .values import Json, drift_guarded, ident, moment, text

Fetch = Callable[[datetime, datetime, int], list[Json]]
HISTORY = "/v0/queues/history"
Read = Callable[[Json], Any]


def window(fetch: Fetch, read: Read, cursor: Cursor, until: datetime) -> Iterator[Page]:
    """Pages of what changed between the cursor (less the overlap) and ``until``.

    :param fetch: window and offset → rows
    :param read: row → something with an ``external_id``
    """
    # An interrupted walk goes on in the window that it had begun with.
    high = cursor.high if cursor.value and cursor.high else until
    low = (cursor.low or high) - POLL_OVERLAP

    def items(offset: int) -> list[Any]:
        # Filters know whole seconds: the one that ends the window is in it.
        found = fetch(low, high + timedelta(seconds=1), offset)
        return [read(row) for row in found]

    return walk(items, cursor, high, PAGE_LIMIT)


@drift_guarded
def order_ref(row: Json) -> OrderRef:
    """A row of the order list; a delivery may have changed after its order."""
    moments = [moment(row.get("updated_at"))]
    moments += [moment(part.get("updated_at")) for part in row.get("deliveries") or ()]
    return OrderRef(
        external_id=ident(row["code"]),
        updated_at=max(filter(None, moments), default=None),
        status_raw=text(row.get("status")),
    )


@drift_guarded
def history(client: Client, cursor: Cursor) -> Page:
    """One page of the history of notifications, newest first.

    It goes on with the next page until it meets what was read before; new ones that
    come meanwhile only move rows to the right, so nothing is missed. A walk that has
    met its end finds nothing newer, and stops there.
    """
    offset = int(cursor.value or 0)
    found = client.page(HISTORY, offset, {"_sort": "created_at:desc"})
    events = [event(row) for row in found]
    times = [entry.occurred_at for entry in events if entry.occurred_at]
    newest = cursor.high or max(times, default=cursor.low)
    since = cursor.low
    fresh = [
        e for e in events if not (since and e.occurred_at) or e.occurred_at > since
    ]
    if len(found) < PAGE_LIMIT or len(fresh) < len(events):
        return Page(tuple(fresh), Cursor(low=newest))
    following = Cursor(str(offset + len(found)), low=cursor.low, high=newest)
    return Page(tuple(fresh), following)
