"""Notifications: no signature was found documented, so they are hints.

``{"topic", "tenant_id", "data": {"status", "resource", "params": {"id"}}}``: believed
is the id, and only for our shop; the status in it never is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelEvent,
    ContractDrift,
    EventAuth,
)

from .values import Json, ident, moment, sub

_KINDS: Mapping[str, str] = {
    "orders_order": "order",
    "orders_delivery": "parcel",
    "tickets_ticket": "claim",
}
_OTHER = "other"


def check(body: bytes, tenant: str) -> EventAuth:
    """Does the notification name our shop?

    Anybody who knows the address can forge one: it may cause a reading, nothing more.
    """
    try:
        theirs = ident(_envelope(body).get("tenant_id"))
    except ContractDrift:
        return EventAuth.INVALID
    return EventAuth.UNSIGNED if tenant and theirs == tenant else EventAuth.INVALID


def parse(body: bytes) -> ChannelEvent:
    """The one event of a notification.

    :raise ContractDrift: not the documented envelope
    """
    return event(_envelope(body))


def event(envelope: Json) -> ChannelEvent:
    """An envelope, from a notification or from the history of the queue."""
    topic = ident(envelope.get("topic") or envelope.get("type"))
    try:
        external_id = ident(sub(envelope, "data", "params", "id"))
        resource = ident(sub(envelope, "data", "resource"))
        status = ident(sub(envelope, "data", "status"))
        occurred_at = moment(envelope.get("created_at"))
    except (TypeError, ValueError) as exc:
        raise ContractDrift("notification: unknown shape") from exc
    return ChannelEvent(
        account_ref=ident(envelope.get("tenant_id")),
        topic=topic,
        kind=_KINDS.get(topic, _OTHER) if external_id else _OTHER,
        external_id=external_id,
        dedupe_key=_dedupe_key(envelope, topic, external_id, status),
        occurred_at=occurred_at,
        hint={"resource": resource},
    )


def _dedupe_key(envelope: Json, topic: str, external_id: str, status: str) -> str:
    """The same for all tries of one event and for its entry in the history.

    The id of the event where it has one; else what it says and when.
    """
    known = envelope.get("id") or envelope.get("request_id")
    if known:
        return ident(known)
    when = ident(envelope.get("created_at"))
    parts = [ident(envelope.get("tenant_id")), topic, external_id, status, when]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as exc:
        raise ContractDrift("notification: not JSON", body[:1000]) from exc
    if not isinstance(value, dict) or not value.get("topic"):
        raise ContractDrift("notification: no topic", body[:1000])
    return value
