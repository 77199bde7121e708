"""Notifications of Amazon: they go into a queue (SQS) or an event bus of the seller's
AWS account, and only reach us when somebody there relays them; the poll is the rule.

Sources: guide "notification type values", AWS envelopes of EventBridge, SQS and Lambda.
What is relayed is unsigned: believed are the ids, and only for our account.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelEvent,
    ContractDrift,
    EventAuth,
)

from .values import Json, moment, text

_OTHER = "other"
_ORDER = "order"

# Notification type → kind, its object in the payload, and the names of the id in it.
_TYPES = {
    "ORDER_CHANGE": (_ORDER, "OrderChangeNotification", ("AmazonOrderId",)),
    "EXTERNAL_FULFILLMENT_SHIPMENT_STATUS_CHANGE": ("parcel", "", ("ShipmentId",)),
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": ("stock", "", ("Sku",)),
}
_SELLER = ("SellerId", "MerchantId", "SellingPartnerId")
_MAX_DEPTH = 4


def check(body: bytes, seller: str) -> EventAuth:
    """Does any notification of the body name our account?"""
    try:
        events = parse(body)
    except ContractDrift:
        return EventAuth.INVALID
    ours = seller and any(event.account_ref == seller for event in events)
    return EventAuth.UNSIGNED if ours else EventAuth.INVALID


def parse(body: bytes) -> tuple[ChannelEvent, ...]:
    """The events of a relayed body: a notification, the event of an event bus, or the
    messages of a queue with one in each.

    :raise ContractDrift: none of these
    """
    return tuple(event(one) for one in _notifications(_load(body), 0))


def event(notification: Json) -> ChannelEvent:
    """One notification. Names are written Like This or likeThis, by type."""
    topic = text(_get(notification, "NotificationType"))
    kind, name, id_names = _TYPES.get(topic, (_OTHER, "", ()))
    payload = _get(notification, "Payload")
    payload = payload if isinstance(payload, dict) else {}
    detail = _get(payload, name) if name else None
    detail = detail if isinstance(detail, dict) else payload
    external_id = text(_first(detail, id_names))
    return ChannelEvent(
        account_ref=text(_first(detail, _SELLER)),
        topic=topic,
        kind=kind if external_id else _OTHER,
        external_id=external_id or topic,
        dedupe_key=_dedupe_key(notification),
        occurred_at=_occurred_at(notification),
        hint={"change": text(_get(detail, "OrderChangeType"))},
    )


def _notifications(value: Any, depth: int) -> Iterator[Json]:
    """Notifications within envelopes, told by what they hold."""
    if depth > _MAX_DEPTH or not isinstance(value, dict):
        raise ContractDrift("notification: not the documented shape")
    if _get(value, "NotificationType"):
        yield value
        return
    for name in ("Records", "Messages"):
        if isinstance(value.get(name), list):
            for message in value[name]:
                yield from _notifications(message, depth + 1)
            return
    for name in ("detail", "Message", "body", "Body"):
        inner = value.get(name)
        if inner:
            found = _load(inner) if isinstance(inner, str) else inner
            yield from _notifications(found, depth + 1)
            return
    raise ContractDrift("notification: no type")


def _dedupe_key(notification: Json) -> str:
    """``NotificationId``: a queue delivers at least once."""
    metadata = _get(notification, "NotificationMetadata")
    known = _get(metadata, "NotificationId") if isinstance(metadata, dict) else None
    if known:
        return text(known)
    encoded = json.dumps(notification, sort_keys=True).encode()
    return hashlib.sha256(encoded).hexdigest()


def _occurred_at(notification: Json) -> Any:
    try:
        return moment(_get(notification, "EventTime"))
    except ValueError:
        return None


def _first(value: Json, names: tuple[str, ...]) -> Any:
    return next(filter(None, (_get(value, name) for name in names)), None)


def _get(value: Json, name: str) -> Any:
    return value.get(name, value.get(name[:1].lower() + name[1:]))


def _load(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except ValueError as exc:
        raise ContractDrift("notification: not JSON") from exc
