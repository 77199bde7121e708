"""Walks ``/orders/search`` without losing an order to shifting pages.

The filter knows only whole hours, and an order that changes while we walk moves to the
end, so that every row behind it moves one place to the left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    OrderRef,
    Page,
    Transient,
)

from ..const import POLL_OVERLAP, SEARCH_LIMIT
from .mapping import drift_guarded
from .values import ident, moment, text

Fetch = Callable[[int], list[dict[str, Any]]]

_OVERLAP_ROWS = 10
_MAX_STEPS_BACK = 50


def window_start(low: datetime) -> datetime:
    """The whole hour, two hours before: the search forgets minutes and is late."""
    return (low - POLL_OVERLAP).replace(minute=0, second=0, microsecond=0)


def walk(fetch: Fetch, cursor: Cursor, until: datetime) -> Iterator[Page]:
    """Yield pages of OrderRef; the same order may come more than once.

    Pages overlap by some rows. When the first row of a page was not seen before, more
    rows than that have moved to the left, and the walk steps back until it fits.

    :param fetch: offset → rows
    :raise Transient: the list changes faster than it can be read
    """
    seen: set[str] = set()
    # A walk that was interrupted goes on one page earlier.
    offset = max(0, int(cursor.value or 0) - SEARCH_LIMIT)
    steps_back = 0
    while True:
        refs = _refs(fetch(offset))
        if offset and (not refs or (seen and refs[0].external_id not in seen)):
            steps_back += 1
            if steps_back > _MAX_STEPS_BACK:
                raise Transient("the order search does not hold still")
            offset = max(0, offset - SEARCH_LIMIT)
            continue
        seen.update(ref.external_id for ref in refs)
        if len(refs) < SEARCH_LIMIT:
            yield Page(refs, Cursor(low=until))
            return
        end = offset + len(refs)
        yield Page(refs, Cursor(value=str(end), low=cursor.low, high=until))
        offset = end - _OVERLAP_ROWS


@drift_guarded
def _refs(rows: list[dict[str, Any]]) -> tuple[OrderRef, ...]:
    return tuple(
        OrderRef(
            external_id=ident(row["id"]),
            updated_at=moment(row.get("last_updated")),
            status_raw=text(row.get("status")),
        )
        for row in rows
    )
