"""The windows of what changed: orders, tickets and the history of notifications.

Lists can be sorted by the purchase only, so an order that changes again while we walk
leaves the window and the rows behind it move: ``paging.walk`` looks after that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import Cursor, OrderRef, Page
from odoo.addons.marketplace_connector.domain.paging import walk

from ..const import PAGE_LIMIT, POLL_OVERLAP
from .values import Json, drift_guarded, ident, moment, text

Fetch = Callable[[datetime, datetime, int], list[Json]]
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
        return [read(row) for row in fetch(low, high, offset)]

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


def history_page(events: list[Any], cursor: Cursor, full: int) -> Page:
    """A page of the history of notifications, and where the next one starts.

    The history is oldest first: what comes later is behind what we have read.
    """
    offset = int(cursor.value or 0)
    following = replace(cursor, value=str(offset + full))
    return Page(tuple(events), following if full else cursor)
