"""Cancelling at Shopee, and answering a buyer who wants to.

Sources: API pages cancel_order and handle_buyer_cancellation. What happened is read
from the order before and after: neither call tells, and both may be done already.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelError,
    NotFound,
    RateLimited,
    Rejected,
    Transient,
)

from .amounts import line_key
from .client import Client
from .errors import BUG, OPERATOR
from .values import Json, drift_guarded, money, rows
from .vocabulary import CANCELLED, IN_CANCEL

_REASONS = {"out_of_stock": "OUT_OF_STOCK", "buyer_asked": "CUSTOMER_REQUEST"}


def cancel(
    client: Client, order_id: str, reason: str, lines: Mapping[str, int] | None
) -> None:
    """The whole order, or units of its lines."""
    if reason not in _REASONS:
        # Shopee knows "undeliverable" in Taiwan and Malaysia only.
        raise Rejected("cancel_reason", f"not in Brazil: {reason}", who=OPERATOR)
    raw = _order(client, order_id)
    if raw.get("order_status") == CANCELLED:
        return
    if lines is not None and _has_cancelled(raw, lines):
        return
    body = _body(raw, _REASONS[reason], lines)
    try:
        client.cancel({"order_sn": order_id, **body})
    except RateLimited:
        raise
    except (Transient, Rejected) as error:
        if not _is_done(client, order_id, lines):
            raise error


def answer(client: Client, order_id: str, accept: bool) -> None:
    """ACCEPT or REJECT the buyer's request."""
    if _answered(_order(client, order_id), accept):
        return
    try:
        client.answer_cancel(order_id, "ACCEPT" if accept else "REJECT")
    except RateLimited:
        raise
    except (Transient, Rejected) as error:
        with suppress(ChannelError):
            if _answered(_order(client, order_id), accept):
                return
        raise error


def _answered(raw: Json, accept: bool) -> bool:
    """Nothing left to say, and what was said is what we want.

    :raise Rejected: the order went the other way meanwhile
    """
    status = raw.get("order_status")
    if status == IN_CANCEL:
        return False
    if accept == (status == CANCELLED):
        return True
    raise Rejected("cancel_answered", f"the order is {status}", who=OPERATOR)


def _is_done(client: Client, order_id: str, lines: Mapping[str, int] | None) -> bool:
    with suppress(ChannelError):
        raw = _order(client, order_id)
        if raw.get("order_status") == CANCELLED:
            return True
        return lines is not None and _has_cancelled(raw, lines)
    return False


@drift_guarded
def _has_cancelled(raw: Json, lines: Mapping[str, int]) -> bool:
    done = {line_key(i): money(i.get("cancelled_qty")) for i in rows(raw["item_list"])}
    return all(done.get(_plain(key), 0) >= units for key, units in lines.items())


@drift_guarded
def _body(raw: Json, reason: str, lines: Mapping[str, int] | None) -> Json:
    items = rows(raw["item_list"])
    if lines is None:
        named = [{"item_id": i["item_id"], "model_id": i["model_id"]} for i in items]
        return {"cancel_reason": reason, "item_list": named}
    if not raw.get("can_partial_cancel_order"):
        raise Rejected("partial_cancel", "only the whole order", who=OPERATOR)
    units = {_plain(key): count for key, count in lines.items()}
    part = [
        _part(item, units[line_key(item)]) for item in items if line_key(item) in units
    ]
    if len(part) != len(units):
        raise Rejected("unknown_line", "a line is not in the order", who=BUG)
    return {"cancel_reason": reason, "partial_cancel_item_list": part}


def _part(item: Json, units: int) -> Json:
    names = ("item_id", "model_id", "order_item_id", "promotion_group_id")
    return {**{name: item.get(name) or 0 for name in names}, "model_quantity": units}


def _plain(key: str) -> str:
    return key.partition("#")[0]


def _order(client: Client, order_id: str) -> Json:
    for raw in client.orders([order_id], "item_list"):
        if raw.get("order_sn") == order_id:
            return raw
    raise NotFound("not in the channel's answer")
