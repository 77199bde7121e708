"""Claims: what buyers complain about and what the seller may do until when.

Source: API page "gerenciar reclamações". Only an action that the claim offers is done;
which ones those are changes with every step, so the claim is read before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    Action,
    ActionArgs,
    ChannelError,
    Claim,
    Cursor,
    OutcomeUnknown,
    Page,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.domain.each import each

from ..const import CLAIM_MESSAGE_LIMIT, CLAIM_PAGE
from .client import Client
from .client_service import ServiceClient
from .errors import BUG, OPERATOR
from .values import Json, drift_guarded, ident, moment, sub, text

RETURN = "return"
_OPENED = "opened"
_KINDS = {
    "mediations": "mediation",
    "ml_case": "mediation",
    "return": "return",
    "returns": "return",
    "cancel_sale": "cancel",
    "cancel_purchase": "cancel",
    "change": "exchange",
    "service": "service",
}
_MESSAGE = "send_message_to_"
_PATHS = {
    "refund": "expected-resolutions/refund",
    "allow_partial_refund": "expected-resolutions/partial-refund",
    "allow_return": "expected-resolutions/allow-return",
    "open_dispute": "actions/open-dispute",
}
_SEND_MESSAGE = "actions/send-message"
# Which resolution shows that an action was done before.
_DONE = {"refund": "payment_refunded", "allow_partial_refund": "partial_refunded"}
# Without a start: as far back as a claim may still be open.
_HORIZON = timedelta(days=30)


class ClaimMixin:
    """CLAIMS of the adapter."""

    _client: Client
    _service: ServiceClient
    _seller: str
    _now: Callable[[], datetime]

    def claims(self, cursor: Cursor) -> Iterator[Page]:
        """Claims that changed since, whoever started them."""
        for rows, following in self._changed_claims(cursor):
            yield Page(tuple(self._claim(row) for row in rows), following)

    def read_claims(
        self, ids: Sequence[str]
    ) -> Iterator[Claim | tuple[str, ChannelError]]:
        """Claims by id."""
        return each(ids, lambda ref: self._claim(self._service.claim(ref)))

    def claim_action(self, claim_id: str, action: str, args: ActionArgs) -> None:
        """``refund``, ``allow_return``, ``open_dispute``, ``allow_partial_refund``
        (``percentage``), ``send_message_to_…`` (``message``).

        Read-back: the claim, which does not offer a second time what was done.
        """
        path, body = _request(action, args)
        raw = self._service.claim(claim_id)
        if action not in offered(raw):
            if action in _DONE and _resolution(raw) == _DONE[action]:
                return
            raise Rejected("not_offered", f"{action} is not offered", who=OPERATOR)
        try:
            self._service.post_claim(claim_id, path, body)
        except OutcomeUnknown as error:
            self._settle(claim_id, action, error)

    # --- inside

    def _changed_claims(self, cursor: Cursor) -> Iterator[tuple[list[Json], Cursor]]:
        """Rows and where to go on: the list shifts, so every page starts at the last
        change that was seen, not at an offset."""
        low = cursor.low or self._now() - _HORIZON
        seen: set[str] = set()
        offset = 0
        while True:
            rows = self._service.claims(self._seller, low, offset)
            last = _last_change(rows) or low
            new = [row for row in rows if ident(row.get("id")) not in seen]
            seen.update(ident(row.get("id")) for row in new)
            yield new, Cursor(low=last)
            if len(rows) < CLAIM_PAGE:
                return
            # More than a page of one and the same moment: only there it counts on.
            offset = offset + CLAIM_PAGE if last == low else 0
            low = last

    def _claim(self, raw: Json) -> Claim:
        order_id = _order_id(raw)
        if not order_id and raw.get("resource") == "shipment":
            rows = self._client.shipment_orders(ident(raw.get("resource_id")))
            order_id = ident(rows[0].get("id")) if rows else ""
        return claim(raw, order_id)

    def _settle(self, claim_id: str, action: str, error: OutcomeUnknown) -> None:
        """The answer got lost: a message may have gone out, the rest can be seen."""
        if action.startswith(_MESSAGE):
            raise error
        try:
            raw = self._service.claim(claim_id)
        except ChannelError:
            raise error from None
        if action in offered(raw):
            raise Transient("the action was not taken") from error


@drift_guarded
def claim(raw: Json, order_id: str) -> Claim:
    """One claim, as the seller sees it."""
    actions = _actions(raw)
    claim_id = ident(raw["id"])
    kind = _KINDS.get(text(raw.get("type")), "other")
    has_return = RETURN in (raw.get("related_entities") or ())
    return Claim(
        external_id=claim_id,
        order_id=order_id,
        kind=kind,
        open=raw["status"] == _OPENED,
        state_raw=text(raw["status"]),
        reason=text(raw.get("reason_id")),
        stage=text(raw.get("stage")),
        opened_at=moment(raw.get("date_created")),
        updated_at=moment(raw.get("last_updated")),
        due=min((action.due for action in actions if action.due), default=None),
        actions=actions,
        # The API finds a return by its claim alone.
        return_ids=(claim_id,) if has_return else (),
        resolution=_resolution(raw),
    )


@drift_guarded
def offered(raw: Json) -> set[str]:
    """What the seller may do at this moment."""
    return {action.code for action in _actions(raw)}


def _actions(raw: Json) -> tuple[Action, ...]:
    rows: list[Json] = []
    for player in raw.get("players") or ():
        if player.get("type") == "seller":
            rows += player.get("available_actions") or ()
    return tuple(
        Action(
            code=text(row["action"]),
            mandatory=bool(row.get("mandatory")),
            due=moment(row.get("due_date")),
        )
        for row in rows
    )


def _request(action: str, args: ActionArgs) -> tuple[str, dict[str, Any]]:
    """Path and body of an action."""
    if action.startswith(_MESSAGE):
        message = str(args.get("message") or "")
        if not 0 < len(message) <= CLAIM_MESSAGE_LIMIT:
            raise Rejected("text_too_long", who=OPERATOR)
        role = action.removeprefix(_MESSAGE)
        return _SEND_MESSAGE, {"receiver_role": role, "message": message}
    if action not in _PATHS:
        raise Rejected("unknown_action", f"unknown action {action}", who=BUG)
    names = ("percentage",) if action == "allow_partial_refund" else ()
    return _PATHS[action], {name: args[name] for name in names if name in args}


@drift_guarded
def _order_id(raw: Json) -> str:
    return ident(raw.get("resource_id")) if raw.get("resource") == "order" else ""


@drift_guarded
def _resolution(raw: Json) -> str:
    return text(sub(raw, "resolution", "reason"))


@drift_guarded
def _last_change(rows: list[Json]) -> datetime | None:
    moments = (moment(row.get("last_updated")) for row in rows)
    return max(filter(None, moments), default=None)
