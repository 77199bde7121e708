"""Notifications: unsigned, repeated, out of order, only a path (API page "receba
notificações"). Believed are the ids, and only for our application and account."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelEvent,
    ContractDrift,
    EventAuth,
)

from .values import ident, moment

_OTHER = "other"

# Topic → kind and the resource that the topic must come with.
_TOPICS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    topic: (kind, re.compile(pattern))
    for topics, kind, pattern in (
        ("orders_v2 orders", "order", r"/orders/(\d+)"),
        ("shipments", "parcel", r"/shipments/(\d+)"),
        ("payments", "payment", r"/(?:collections|v1/payments|payments)/(\d+)"),
        ("items", "item", r"/items/(\w+)"),
        ("questions", "question", r"/questions/(\d+)"),
        ("messages", "message", r"(?:/messages/)?([\w-]+)"),
        (
            "claims post_purchase",
            "claim",
            r"/(?:post-purchase/)?v[12]/claims/(\d+)(?:/.*)?",
        ),
        ("invoices", "invoice", r"/users/\d+/invoices/(\w+)"),
        (
            "stock-locations stock-location",
            "stock",
            r"/user-products/(\w+)/stock(?:/.*)?",
        ),
        ("fbm_stock_operations", "stock", r"/stock/fulfillment/operations/(\w+)"),
    )
    for topic in topics.split()
}


def check(body: bytes, app_id: str, user_id: str) -> EventAuth:
    """Does the notification name our application and our account?

    Anybody who knows the address can forge one: it may cause a reading, nothing more.
    """
    try:
        envelope = _envelope(body)
    except ContractDrift:
        return EventAuth.INVALID
    theirs = (ident(envelope.get("application_id")), ident(envelope.get("user_id")))
    fits = all(theirs) and theirs == (app_id, user_id)
    return EventAuth.UNSIGNED if fits else EventAuth.INVALID


def parse(body: bytes) -> ChannelEvent:
    """The one event of a notification.

    :raise ContractDrift: not the documented envelope
    """
    return event(_envelope(body))


def event(envelope: dict[str, Any]) -> ChannelEvent:
    """An envelope, from a notification or from ``/missed_feeds``."""
    topic, resource = ident(envelope.get("topic")), ident(envelope.get("resource"))
    kind, external_id = _resource(topic, resource)
    try:
        occurred_at = moment(envelope.get("received"))
    except ValueError:
        occurred_at = None
    return ChannelEvent(
        account_ref=ident(envelope.get("user_id")),
        topic=topic,
        kind=kind,
        external_id=external_id,
        dedupe_key=_dedupe_key(envelope),
        occurred_at=occurred_at,
        hint={"resource": resource, "actions": envelope.get("actions") or []},
    )


def _resource(topic: str, resource: str) -> tuple[str, str]:
    """A path that does not belong to its topic is not followed."""
    kind, pattern = _TOPICS.get(topic, (_OTHER, None))
    match = pattern.fullmatch(resource) if pattern else None
    return (kind, match[1]) if match else (_OTHER, resource)


def _dedupe_key(envelope: dict[str, Any]) -> str:
    """The same for all tries of one event, and for its entry in ``/missed_feeds``.

    ``_id`` is missing in orders_v2 and ``attempts`` and ``sent`` change with every try,
    so the key is made of what stays the same.
    """
    received = ident(envelope.get("received"))
    if not received:
        known = envelope.get("_id") or envelope.get("id")
        if known:
            return ident(known)
    parts = [
        ident(envelope.get(name))
        for name in ("application_id", "user_id", "topic", "resource")
    ]
    return hashlib.sha256("|".join([*parts, received]).encode()).hexdigest()


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as exc:
        raise ContractDrift("notification: not JSON", body[:1000]) from exc
    if not isinstance(value, dict) or not value.get("topic"):
        raise ContractDrift("notification: no topic", body[:1000])
    return value
