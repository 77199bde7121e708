"""Returns of shipments that Amazon carries.

Source: API model External Fulfillment Returns 2024-09-11. A return is one SKU. The list
filters by change only within one location and one state, so it is asked by creation
and what did not change since is left out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    ChannelError,
    Cursor,
    Page,
    Parcel,
    Return,
    ReturnedLine,
    ReturnState,
)

from ..const import POLL_OVERLAP, RETURN_AGE
from .client import Client
from .values import Json, drift_guarded, moment, required_moment, rows, sub, text
from .vocabulary import RETURN_PARCELS, RETURNS


class Returns:
    """Returns, for one adapter."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lines: dict[str, dict[str, str]] = {}

    def pages(self, cursor: Cursor, now: datetime) -> Iterator[Page]:
        """Pages of ``Return`` that changed since the cursor.

        A page may be empty and still have a next one; the next poll starts at ``now``.
        """
        start = cursor.high or now
        low = (cursor.low or start - RETURN_AGE) - POLL_OVERLAP
        since = min(low, start - RETURN_AGE)
        token = cursor.value or ""
        while True:
            payload = self._client.returns(since, token)
            found = tuple(self._changed(payload, low))
            token = _next(payload)
            if not token:
                yield Page(found, Cursor(low=start))
                return
            yield Page(found, Cursor(value=token, low=cursor.low, high=start))

    def read(self, ids: Sequence[str]) -> Iterator[Return | tuple[str, ChannelError]]:
        """Returns by id; a failed one comes as (id, error)."""
        for return_id in ids:
            try:
                yield self._return(self._client.one_return(return_id))
            except FATAL:
                raise
            except ChannelError as error:
                yield return_id, error

    def _changed(self, payload: Json, low: datetime) -> Iterator[Return]:
        for row in _rows(payload):
            if _updated(row) >= low:
                yield self._return(row)

    def _return(self, row: Json) -> Return:
        order_id, sku = _order_and_sku(row)
        return _map(row, order_id, self._key(order_id, sku))

    def _key(self, order_id: str, sku: str) -> str:
        """Line of the order with this SKU: returns name the SKU only. It stays the SKU
        when the order cannot be read or has two lines of it."""
        if not order_id:
            return sku
        if order_id not in self._lines:
            try:
                order = self._client.order(order_id)
            except FATAL:
                raise
            except ChannelError:
                order = {}
            self._lines[order_id] = _keys(order)
        return self._lines[order_id].get(sku) or sku


@drift_guarded
def _map(row: Json, order_id: str, key: str) -> Return:
    word = text(row["status"])
    state = RETURNS.get(word, ReturnState.UNKNOWN)
    shipping = row.get("returnShippingInfo") or {}
    updated_at = moment(row["lastUpdatedDateTime"])
    parcel = Parcel(
        external_id=text(sub(shipping, "reverseTrackingInfo", "trackingId"))
        or text(row["id"]),
        state=RETURN_PARCELS[state],
        state_raw=word,
        direction="return",
        tracking=text(sub(shipping, "reverseTrackingInfo", "trackingId")),
        carrier=text(sub(shipping, "reverseTrackingInfo", "carrierName")),
        updated_at=updated_at,
    )
    return Return(
        external_id=text(row["id"]),
        order_id=order_id,
        state=state,
        state_raw=word,
        lines=(ReturnedLine(key, Decimal(int(row.get("numberOfUnits") or 1))),),
        parcels=(parcel,),
        reason=text(sub(row, "returnMetadata", "returnReason")),
        updated_at=updated_at,
    )


@drift_guarded
def _keys(order: Json) -> dict[str, str]:
    """SKU → line key, "" for a SKU of two lines."""
    found: dict[str, str] = {}
    for item in rows(order, "orderItems"):
        sku = text(sub(item, "product", "sellerSku"))
        found[sku] = "" if sku in found else text(item["orderItemId"])
    return found


@drift_guarded
def _order_and_sku(row: Json) -> tuple[str, str]:
    order_id = sub(row, "marketplaceChannelDetails", "customerOrderId")
    return text(order_id), text(row.get("merchantSku"))


@drift_guarded
def _rows(payload: Json) -> list[Json]:
    return rows(payload, "returns")


@drift_guarded
def _next(payload: Json) -> str:
    return text(payload.get("nextToken"))


@drift_guarded
def _updated(row: Json) -> datetime:
    return required_moment(row["lastUpdatedDateTime"])
