"""Returns and refunds.

Source: API pages get_return_list and get_return_detail, guide "Return and refund". One
order may have several; the seller's deadline is in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Action,
    ActionArgs,
    ChannelError,
    Cursor,
    NotFound,
    Page,
    Parcel,
    ParcelState,
    RateLimited,
    Rejected,
    Return,
    ReturnedLine,
    ReturnState,
    Transient,
)

from ..const import POLL_OVERLAP, POLL_WINDOW
from .amounts import line_key
from .client import Client
from .errors import OPERATOR
from .values import Json, drift_guarded, epoch, ident, moment, money, rows, text
from .vocabulary import PARCELS, RETURN_ACTIONS, RETURNS, REVERSE

Found = Iterator[Return | tuple[str, ChannelError]]
# Money only, the goods stay with the buyer.
_REFUND_ONLY = 1


def pages(client: Client, cursor: Cursor, until: datetime) -> Iterator[Page]:
    """Returns that changed; the list tells all that the detail tells, but the rest."""
    start = (cursor.low or until) - POLL_OVERLAP
    while True:
        end = min(start + POLL_WINDOW, until)
        number, more = 1, True
        while more:
            answer = client.returns(epoch(start), epoch(end), number)
            found = tuple(map(map_return, rows(answer.get("return"))))
            more = bool(answer.get("more")) and bool(found)
            number += 1
            if more:
                yield Page(found, Cursor(low=start, high=until))
        if end >= until:
            yield Page(found, Cursor(low=until))
            return
        yield Page(found, Cursor(low=end, high=until))
        start = end


def read(client: Client, ids: Sequence[str]) -> Found:
    """Returns by their number."""
    for return_sn in ids:
        try:
            yield map_return(client.return_detail(return_sn))
        except FATAL:
            raise
        except ChannelError as error:
            yield return_sn, error


def act(client: Client, return_sn: str, action: str, args: ActionArgs) -> None:
    """Do what is offered; done already is no error."""
    state = client.return_detail(return_sn)
    status = text(state.get("status"))
    if action not in RETURN_ACTIONS.get(status, ()):
        if _is_done(action, status):
            return
        raise Rejected("not_offered", f"{action}: the return is {status}", OPERATOR)
    try:
        client.return_action(action, {"return_sn": return_sn, **args})
    except RateLimited:
        raise
    except (Transient, Rejected, NotFound) as error:
        if not _is_done(action, _status(client, return_sn)):
            raise error


def _status(client: Client, return_sn: str) -> str:
    try:
        return text(client.return_detail(return_sn).get("status"))
    except ChannelError:
        return ""


def _is_done(action: str, status: str) -> bool:
    if action == "dispute":
        return status in ("SELLER_DISPUTE", "JUDGING")
    return action in ("confirm", "accept_offer") and status in ("ACCEPTED", "CLOSED")


@drift_guarded
def map_return(raw: Json) -> Return:
    """Normalise one return."""
    status = text(raw.get("status"))
    goods = raw.get("needs_logistics")
    refund_only = goods is False or raw.get("return_solution") == _REFUND_ONLY
    due = moment(raw.get("return_seller_due_date")) or moment(raw.get("due_date"))
    amount = raw.get("refund_amount")
    return Return(
        external_id=ident(raw["return_sn"]),
        order_id=ident(raw["order_sn"]),
        state=_state(raw, status),
        state_raw=status,
        lines=tuple(
            ReturnedLine(line_key(item), money(item.get("amount")))
            for item in rows(raw.get("item"))
        ),
        parcels=_parcels(raw),
        refund_amount=None if amount is None else money(amount),
        answer_by=due if RETURN_ACTIONS.get(status) else None,
        actions=tuple(Action(c, due=due) for c in RETURN_ACTIONS.get(status, ())),
        reason=text(raw.get("reason")),
        needs_goods=not refund_only,
        updated_at=moment(raw.get("update_time")),
    )


def _state(raw: Json, status: str) -> ReturnState:
    state = RETURNS.get(status, ReturnState.UNKNOWN)
    if state != ReturnState.APPROVED:
        return state
    way = text(raw.get("reverse_logistic_status")) or text(raw.get("logistics_status"))
    return REVERSE.get(way, state)


def _parcels(raw: Json) -> tuple[Parcel, ...]:
    """The way back, as soon as it has a tracking number."""
    tracking = text(raw.get("tracking_number"))
    if not tracking:
        return ()
    word = text(raw.get("reverse_logistic_status")) or text(raw.get("logistics_status"))
    return (
        Parcel(
            external_id=tracking,
            state=PARCELS.get(word, ParcelState.UNKNOWN),
            state_raw=word,
            direction="return",
            tracking=tracking,
            carrier=text(raw.get("reverse_logistic_channel_name")),
            updated_at=moment(raw.get("update_time")),
        ),
    )
