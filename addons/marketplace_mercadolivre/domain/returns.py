"""Returns: goods that come back, through ML's triage or straight, or not at all.

Source: API page "gerenciar devoluções". The API finds a return by its claim alone, so
the id of a return here is the id of its claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import (
    ActionArgs,
    ChannelError,
    Cursor,
    NotFound,
    OutcomeUnknown,
    Page,
    Parcel,
    ParcelState,
    Rejected,
    Return,
    ReturnedLine,
    ReturnState,
    Transient,
)
from odoo.addons.marketplace_connector.domain.each import each

from .claims import RETURN, ClaimMixin, claim, offered
from .client_service import ServiceClient
from .errors import BUG, OPERATOR
from .values import Json, drift_guarded, ident, moment, money, text

LOW_COST = "low_cost"
_STATES = {
    "pending": ReturnState.APPROVED,
    "label_generated": ReturnState.APPROVED,
    "scheduled": ReturnState.APPROVED,
    "pending_cancel": ReturnState.APPROVED,
    "pending_expiration": ReturnState.APPROVED,
    "pending_failure": ReturnState.APPROVED,
    "shipped": ReturnState.IN_TRANSIT,
    "pending_delivered": ReturnState.IN_TRANSIT,
    "delivered": ReturnState.RECEIVED,
    "return_to_buyer": ReturnState.REJECTED,
    "cancelled": ReturnState.CANCELLED,
    "expired": ReturnState.CANCELLED,
    "failed": ReturnState.CANCELLED,
    "not_delivered": ReturnState.CLOSED,
}
_PARCELS = {
    "pending": ParcelState.NOT_READY,
    "ready_to_ship": ParcelState.LABEL_READY,
    "shipped": ParcelState.IN_TRANSIT,
    "delivered": ParcelState.DELIVERED,
    "not_delivered": ParcelState.LOST,
    "cancelled": ParcelState.CANCELLED,
}
_MONEY = frozenset({"retained", "refunded", "available"})
_REFUND_AT = frozenset({"shipped", "delivered"})
_REVIEWS = frozenset({"saleable", "unsaleable", "discard", "missing"})
# Units that never reached the buyer can not come back.
_NOT_RETURNED = "incomplete"
_FROM_TRIAGE = "return_from_triage"
REVIEW = "return_review_"


class ReturnMixin(ClaimMixin):
    """RETURNS of the adapter."""

    _service: ServiceClient

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Returns of the claims that changed since."""
        for rows, following in self._changed_claims(cursor):
            found = []
            for row in rows:
                if RETURN in (row.get("related_entities") or ()):
                    found.append(self._return(ident(row.get("id")), row))
            yield Page(tuple(found), following)

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]:
        """Returns by the id of their claim."""
        return each(ids, self._return)

    def return_action(self, return_id: str, action: str, args: ActionArgs) -> None:
        """``return_review_…ok``, or ``…fail`` with ``reasons``
        ``[{reason_id, message}]``: the seller looked at what came back.

        Read-back: the claim, which does not ask for a second review.
        """
        if not action.startswith(REVIEW):
            raise Rejected("unknown_action", f"unknown action {action}", who=BUG)
        if action not in offered(self._service.claim(return_id)):
            raise Rejected("not_offered", f"{action} is not offered", who=OPERATOR)
        body = {} if action.endswith("ok") else _reasons(args)
        own_id = ident(self._service.returned(return_id).get("id"))
        try:
            self._service.post_review(own_id, body)
        except OutcomeUnknown as error:
            if action in offered(self._service.claim(return_id)):
                raise Transient("the review was not taken") from error

    def _return(self, claim_id: str, row: Json | None = None) -> Return:
        raw = self._service.returned(claim_id)
        reviews: list[Json] = []
        if "reviews" in (raw.get("related_entities") or ()):
            reviews = self._reviews(ident(raw.get("id")))
        return map_return(raw, row or self._service.claim(claim_id), reviews)

    def _reviews(self, own_id: str) -> list[Json]:
        try:
            return self._service.reviews(own_id)
        except NotFound:
            return []


@drift_guarded
def map_return(raw: Json, raw_claim: Json, reviews: list[Json]) -> Return:
    """One return with the claim that it came of and the triage's result."""
    status, subtype = text(raw["status"]), text(raw.get("subtype"))
    order_id = _order_id(raw)
    money_state, refund_at = text(raw.get("status_money")), text(raw.get("refund_at"))
    whole = claim(raw_claim, order_id)
    actions = tuple(act for act in whole.actions if act.code.startswith(REVIEW))
    return Return(
        external_id=ident(raw["claim_id"]),
        order_id=order_id,
        state=_state(raw, status, subtype),
        state_raw=f"{subtype}/{status}",
        claim_id=whole.external_id,
        money_state=money_state if money_state in _MONEY else "",
        lines=_lines(raw, order_id),
        parcels=tuple(_parcel(row) for row in raw.get("shipments") or ()),
        refund_at=refund_at if refund_at in _REFUND_AT else "",
        answer_by=min((act.due for act in actions if act.due), default=None),
        actions=actions,
        reason=whole.reason,
        needs_goods=subtype != LOW_COST,
        review=_review(reviews),
        updated_at=moment(raw.get("last_updated")),
    )


def _state(raw: Json, status: str, subtype: str) -> ReturnState:
    state = _STATES.get(status, ReturnState.UNKNOWN)
    refunded = raw.get("status_money") == "refunded"
    if refunded and (subtype == LOW_COST or state == ReturnState.RECEIVED):
        return ReturnState.REFUNDED
    if state == ReturnState.RECEIVED and _is_in_triage(raw):
        return ReturnState.IN_REVIEW
    return state


def _is_in_triage(raw: Json) -> bool:
    """ML's warehouse has it; the second leg, to us, has not ended."""
    rows = raw.get("shipments") or ()
    legs = [row for row in rows if row.get("type") == _FROM_TRIAGE]
    return bool(raw.get("intermediate_check")) and any(
        leg.get("status") != "delivered" for leg in legs
    )


def _order_id(raw: Json) -> str:
    rows = raw.get("orders") or ()
    if raw.get("resource_type") == "order":
        return ident(raw.get("resource_id"))
    return ident(rows[0].get("order_id")) if rows else ""


def _lines(raw: Json, order_id: str) -> tuple[ReturnedLine, ...]:
    return tuple(
        ReturnedLine(
            f"{ident(row['item_id'])}:{ident(row.get('variation_id'))}",
            money(row["return_quantity"]),
        )
        for row in raw.get("orders") or ()
        if ident(row.get("order_id")) == order_id
        and row.get("context_type") != _NOT_RETURNED
    )


def _parcel(row: Json) -> Parcel:
    status = text(row.get("status"))
    return Parcel(
        external_id=ident(row["shipment_id"]),
        state=_PARCELS.get(status, ParcelState.UNKNOWN),
        state_raw=status,
        direction=text(row.get("type")),
        tracking=text(row.get("tracking_number")),
    )


def _review(reviews: list[Json]) -> str:
    """The last word about the goods' condition."""
    rows: list[Json] = []
    for review in reviews:
        rows += review.get("resource_reviews") or ()
    condition = text(rows[-1].get("product_condition")) if rows else ""
    return condition if condition in _REVIEWS else ""


def _reasons(args: ActionArgs) -> list[dict[str, Any]]:
    rows = args.get("reasons") or []
    if not rows:
        raise Rejected("reasons", "a failed review needs reasons", who=OPERATOR)
    return [{"reason_id": row["reason_id"], "message": row["message"]} for row in rows]
