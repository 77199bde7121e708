"""Reads many orders with few calls.

``getOrder`` gives one order in two seconds, a page of ``searchOrders`` a hundred with
all their data, but only one page in three minutes beyond a burst of twenty. So the
orders of a job are looked for on pages as long as a page brings enough of them, and
only what is left is asked for one by one.

An order on a page is as fresh as one read by its id: had it changed since the page's
last moment, its last change would lie outside of the page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    AuthDead,
    ChannelError,
    RateLimited,
    TokenExpired,
)

from ..const import (
    ALONE,
    ALONE_REST,
    LIVE_WINDOW,
    READ_WINDOWS,
    SEARCH_LAG,
    TOGETHER,
)
from .client import INCLUDED, Client
from .polling import next_token
from .values import Json, drift_guarded, rows, text
from .vocabulary import OPEN_ORDERS

_logger = logging.getLogger(__name__)

LIVE = ("FULFILLMENT", "CANCELLATION", "PACKAGES")
Found = tuple[str, Json | ChannelError]


class Reader:
    """Raw orders by id, for one adapter."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, ids: Sequence[str], now: datetime) -> Iterator[Found]:
        """Whole orders, in any order, one result per id.

        :raise AuthDead, TokenExpired, RateLimited: the rest would fail as well
        """
        pages = [(window, INCLUDED, ()) for window in READ_WINDOWS]
        return self._read(ids, now, pages)

    def read_open(self, ids: Sequence[str], now: datetime) -> Iterator[Found]:
        """As ``read``, for orders that are expected to wait for shipping: state only.

        One that is not on the pages of open orders is asked for by its id.
        """
        return self._read(ids, now, [(LIVE_WINDOW, LIVE, sorted(OPEN_ORDERS))])

    def _read(
        self,
        ids: Sequence[str],
        now: datetime,
        pages: Sequence[tuple[timedelta, Sequence[str], Sequence[str]]],
    ) -> Iterator[Found]:
        left = dict.fromkeys(ids)
        try:
            for window, data, statuses in pages:
                for order in self._together(left, now, window, data, statuses):
                    left.pop(text(order["orderId"]))
                    yield text(order["orderId"]), order
        except (AuthDead, TokenExpired):
            raise
        except ChannelError as error:
            # The pages only save calls: one by one it may still work.
            _logger.info("No page of orders: %s", type(error).__name__)
        for place, order_id in enumerate(left):
            if place == ALONE:
                raise RateLimited("so many orders one by one", retry_after=ALONE_REST)
            yield order_id, self._alone(order_id)

    def _together(
        self,
        wanted: dict[str, None],
        now: datetime,
        window: timedelta,
        data: Sequence[str],
        statuses: Sequence[str],
    ) -> Iterator[Json]:
        """Those of the wanted orders that are found on pages which pay."""
        high, token = now - SEARCH_LAG, ""
        while len(wanted) > TOGETHER:
            page = self._client.search(
                high - window, high, token=token, data=data, statuses=statuses
            )
            hits = _hits(page, wanted)
            yield from hits
            token = next_token(page)
            if not token or len(hits) < TOGETHER:
                return

    def _alone(self, order_id: str) -> Json | ChannelError:
        try:
            return self._client.order(order_id)
        except FATAL:
            raise
        except ChannelError as error:
            return error


@drift_guarded
def _hits(page: Json, wanted: dict[str, None]) -> list[Json]:
    found = {text(row["orderId"]): row for row in rows(page, "orders")}
    return [row for ref, row in found.items() if ref in wanted]
