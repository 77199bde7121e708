"""Walks ``/orders/search`` without losing an order to shifting pages.

The filter knows only whole hours, and an order that changes while we walk moves to the
end, so that every row behind it moves one place to the left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain import paging
from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    OrderRef,
    Page,
)

from ..const import POLL_OVERLAP, SEARCH_LIMIT
from .values import drift_guarded, ident, moment, text

Fetch = Callable[[int], list[dict[str, Any]]]


def window_start(low: datetime) -> datetime:
    """The whole hour, two hours before: the search forgets minutes and is late."""
    return (low - POLL_OVERLAP).replace(minute=0, second=0, microsecond=0)


def walk(fetch: Fetch, cursor: Cursor, until: datetime) -> Iterator[Page]:
    """Yield pages of OrderRef; the same order may come more than once.

    :param fetch: offset → rows
    :raise Transient: the list changes faster than it can be read
    """
    return paging.walk(lambda at: _refs(fetch(at)), cursor, until, SEARCH_LIMIT)


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
