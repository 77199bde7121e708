"""Push messages: signed, without an id of their own, without the order (guide "Push
Mechanism"). Believed are the ids; everything else is read again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelEvent,
    ContractDrift,
    EventAuth,
    RawRequest,
)

from ..const import CLOCK_WINDOW, PUSH_MAX_AGE
from .signing import push_signature
from .values import Json, ident, moment, text

_OTHER = "other"

# Code → kind and where the id is. What happens to a parcel is read with its order,
# whose number comes along.
_CODES: Mapping[int, tuple[str, tuple[str, ...]]] = {
    3: ("order", ("ordersn", "order_sn")),
    4: ("order", ("ordersn", "order_sn")),
    15: ("order", ("ordersn", "order_sn")),
    30: ("order", ("ordersn", "order_sn")),
    47: ("order", ("ordersn", "order_sn")),
    29: ("return", ("return_sn",)),
    8: ("stock", ("item_id",)),
    16: ("item", ("item_id",)),
    22: ("item", ("item_id",)),
}


def check(req: RawRequest, key: str, url: str) -> EventAuth:
    """Signed with our key over the registered address and these bytes, and fresh?

    One application has one address for all its shops: the message of another shop is
    valid, too, and ``parse`` names its shop. A message of long ago is a replay.
    """
    given = req.headers.get("authorization", "").strip().lower()
    wanted = push_signature(key, url or req.url, req.body)
    if not key or not hmac.compare_digest(given.encode(), wanted.encode()):
        return EventAuth.INVALID
    try:
        sent = moment(_envelope(req.body).get("timestamp"))
    except (ContractDrift, ValueError, TypeError, OverflowError):
        return EventAuth.INVALID
    if sent and not -CLOCK_WINDOW <= req.received_at - sent <= PUSH_MAX_AGE:
        return EventAuth.INVALID
    return EventAuth.VALID


def parse(body: bytes) -> ChannelEvent:
    """The one event of a push message.

    :raise ContractDrift: not the documented envelope
    """
    return event(_envelope(body))


def lost(row: Json) -> ChannelEvent:
    """A row of the lost queue: the message is inside, as an object or as a text."""
    data: Any = row.get("data")
    inner = _loaded(data) if isinstance(data, str) else data
    if isinstance(inner, dict) and "code" in inner:
        return event(inner)
    return event({**row, "data": inner})


def event(envelope: Json) -> ChannelEvent:
    """An envelope, pushed or lost."""
    code, data = envelope.get("code"), envelope.get("data")
    if isinstance(data, str):
        data = _loaded(data)
    data = data if isinstance(data, dict) else {}
    kind, names = (
        _CODES.get(code, (_OTHER, ())) if isinstance(code, int) else (_OTHER, ())
    )
    found = next((ident(data[name]) for name in names if data.get(name)), "")
    return ChannelEvent(
        account_ref=ident(envelope.get("shop_id")),
        topic=f"push_{code}",
        kind=kind if found else _OTHER,
        external_id=found or f"push_{code}",
        dedupe_key=_dedupe_key(envelope),
        occurred_at=_occurred_at(envelope, data),
        hint={"code": code, "status": text(data.get("status"))},
    )


def _occurred_at(envelope: Json, data: Json) -> datetime | None:
    try:
        return moment(data.get("update_time") or envelope.get("timestamp"))
    except (ValueError, TypeError, OverflowError):
        return None


def _dedupe_key(envelope: Json) -> str:
    """The same for a message and for its row in the lost queue, whatever the order of
    its fields."""
    plain = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _envelope(body: bytes) -> Json:
    value = _loaded(body)
    if not isinstance(value, dict) or "code" not in value:
        raise ContractDrift("push: no code", body[:1000])
    return value


def _loaded(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except ValueError as exc:
        raw = body.encode() if isinstance(body, str) else body
        raise ContractDrift("push: not JSON", raw[:1000]) from exc
