"""Walks ``searchOrders`` for what changed.

Source: API model Orders 2026-01-01. The newest moment must be two minutes old; the
token of the next page goes with the same two moments only and lives one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    Cursor,
    OrderRef,
    Page,
    Rejected,
)

from ..const import POLL_OVERLAP, SEARCH_LAG
from .client import Client
from .errors import TOKEN_REFUSED
from .values import Json, drift_guarded, moment, rows, sub, text

# Who changed and when: the order itself is read later, with many others.
_LEAN = ("FULFILLMENT",)


def walk(
    client: Client, cursor: Cursor, until: datetime, now: datetime
) -> Iterator[Page]:
    """Yield pages of OrderRef between the cursor and ``until``.

    A walk that was interrupted goes on with its token; when that has become too old it
    starts again with the same moments.

    :param now: the clock; nothing younger than ``SEARCH_LAG`` is asked for
    """
    latest = now - SEARCH_LAG
    high = cursor.high if cursor.value and cursor.high else min(until, latest)
    low = cursor.low or high
    token = cursor.value or ""
    while True:
        try:
            payload = _page(client, low, high, token)
        except Rejected as error:
            if error.code != TOKEN_REFUSED or not token:
                raise
            token = ""
            continue
        refs = _refs(payload)
        token = next_token(payload)
        if not token:
            # Nothing was looked at when the clock had not moved on far enough.
            yield Page(refs, Cursor(low=max(low, high)))
            return
        yield Page(refs, Cursor(value=token, low=low, high=high))


@drift_guarded
def next_token(payload: Json) -> str:
    """Token of the page behind this one; empty on the last one."""
    return text(sub(payload, "pagination", "nextToken"))


def _page(client: Client, low: datetime, high: datetime, token: str) -> Json:
    start = min(low - POLL_OVERLAP, high)
    return client.search(start, high, token=token, data=_LEAN)


@drift_guarded
def _refs(payload: Json) -> tuple[OrderRef, ...]:
    return tuple(
        OrderRef(
            external_id=text(row["orderId"]),
            updated_at=moment(row.get("lastUpdatedTime")),
            status_raw=text(sub(row, "fulfillment", "fulfillmentStatus")),
        )
        for row in rows(payload, "orders")
    )
