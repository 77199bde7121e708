"""Claim and return routes (API pages "gerenciar reclamações", "gerenciar devoluções").

Everything the seller does must be among ``available_actions`` of the claim.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route, parse_date

from .aftersales import Back, Claim
from .const import SITE_ID
from .errors import MlError, bad_request
from .payloads_common import ml_date, utc_date
from .routing import int_param, json_object

if TYPE_CHECKING:
    from .engine import Engine

_FILTERS = frozenset(
    "id type stage status resource resource_id reason_id site_id players.role "
    "players.user_id order_id pack_id payment_id parent_id date_created".split()
)
_RANGE = re.compile(r"last_updated:after:(.+?)(?:,before:(.+))?")
_SHIPMENT_OF = {"scheduled": "pending", "label_generated": "ready_to_ship"}


def search_claims(engine: Engine, request: Request) -> Answer:
    """``GET …/claims/search``: at least one real filter, else ``invalid_query``."""
    args = request.args
    if not _FILTERS & set(args):
        raise MlError(400, "invalid_query", "at least any of these filters: id, type…")
    if ("players.role" in args) != ("players.user_id" in args):
        raise MlError(400, "invalid_query", "players.role needs players.user_id")
    offset, limit = int_param(request, "offset", 0), int_param(request, "limit", 30)
    if not 1 <= limit <= 100 or offset + limit >= 10_000:
        raise MlError(400, "invalid_query", "offset + limit must be under 10000")
    first, last = _range(args.get("range"))
    wanted = [
        claim
        for claim in engine.aftersales.claims(first, last)
        if args.get("status") in (None, claim.status)
        and args.get("order_id") in (None, str(claim.order_id))
        and args.get("type") in (None, claim.type)
    ]
    if args.get("sort", "last_updated:asc") == "last_updated:desc":
        wanted.reverse()
    page = [claim_payload(engine, row) for row in wanted[offset : offset + limit]]
    paging = {"offset": offset, "limit": limit, "total": len(wanted)}
    return Answer({"paging": paging, "data": page})


def _range(text: str | None) -> tuple[datetime | None, datetime | None]:
    """``last_updated:after:…,before:…``: dates with milliseconds only."""
    if text is None:
        return None, None
    match = _RANGE.fullmatch(text.replace(" ", "+"))
    ends = [end for end in match.groups() if end] if match else []
    dates = [parse_date(end) for end in ends if "." in end]
    if not match or len(dates) != len(ends) or None in dates:
        raise MlError(400, "invalid_query", "range is not valid")
    return dates[0], dates[1] if len(dates) > 1 else None


def get_claim(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``GET /post-purchase/v1/claims/{id}``."""
    return Answer(claim_payload(engine, engine.aftersales.claim(claim_id)))


def get_claim_messages(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``GET …/messages``: a bare list."""
    engine.aftersales.claim(claim_id)
    rows = [
        {
            "sender_role": text.role,
            "receiver_role": (
                "respondent" if text.role == "complainant" else "complainant"
            ),
            "message": text.text,
            "date_created": ml_date(text.created),
            "last_updated": ml_date(text.created),
            "attachments": [],
            "status": "available",
            "stage": "claim",
        }
        for text in engine.aftersales.texts(f"claim:{claim_id}")
    ]
    return Answer(rows)


def send_message(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``POST …/actions/send-message`` ``{receiver_role, message}``."""
    claim, body = engine.aftersales.claim(claim_id), json_object(request)
    role = body.get("receiver_role")
    _allowed(claim, f"send_message_to_{role}")
    text = body.get("message")
    if not text or len(text) > 3500:
        raise bad_request("message must have 1 to 3500 characters")
    me = engine.seller.user_id
    engine.aftersales.say(f"claim:{claim_id}", me, text, "respondent")
    engine.aftersales.save_claim(claim)
    return Answer({"execution_response": {"message": "ok"}}, status=201)


def open_dispute(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``POST …/actions/open-dispute``: ML decides from now on."""
    claim = _acting(engine, claim_id, "open_dispute")
    claim.stage, claim.actions = "dispute", ["send_message_to_mediator"]
    engine.aftersales.save_claim(claim)
    return Answer(claim_payload(engine, claim))


def refund(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``POST …/expected-resolutions/refund``."""
    claim = _acting(engine, claim_id, "refund")
    engine.aftersales.refund(claim)
    return _resolutions(engine, "refund")


def partial_refund(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``POST …/expected-resolutions/partial-refund`` ``{percentage}``, not 100."""
    claim = _acting(engine, claim_id, "allow_partial_refund")
    percentage = json_object(request).get("percentage", 50)
    if not isinstance(percentage, int) or not 1 <= percentage <= 99:
        raise bad_request("percentage must be 1 to 99")
    engine.aftersales.refund(claim, percentage)
    return _resolutions(engine, "partial_refund")


def allow_return(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``POST …/expected-resolutions/allow-return``: the buyer gets a label."""
    claim = _acting(engine, claim_id, "allow_return")
    claim.actions = ["send_message_to_complainant"]
    engine.aftersales.give_back(claim, {})
    return _resolutions(engine, "return_product")


def _acting(engine: Engine, claim_id: int, action: str) -> Claim:
    claim = engine.aftersales.claim(claim_id)
    _allowed(claim, action)
    return claim


def _allowed(claim: Claim, action: str) -> None:
    if claim.status != "opened" or action not in claim.actions:
        message = f"Action {action} is not available"
        raise MlError(400, "invalid_action", message)


def _resolutions(engine: Engine, name: str) -> Answer:
    now = ml_date(engine.clock.now())
    row = {
        "player_role": "respondent",
        "user_id": engine.seller.user_id,
        "expected_resolution": name,
        "details": [],
        "date_created": now,
        "last_updated": now,
        "status": "accepted",
    }
    return Answer([row])


def get_return(engine: Engine, request: Request, claim_id: int) -> Answer:
    """``GET /post-purchase/v2/claims/{id}/returns``: 404 = nothing comes back."""
    engine.aftersales.claim(claim_id)
    return Answer(return_payload(engine.aftersales.back_of(claim_id)))


def get_reviews(engine: Engine, request: Request, return_id: int) -> Answer:
    """``GET /post-purchase/v1/returns/{id}/reviews``: what the triage found."""
    back = engine.aftersales.back(return_id)
    stamp = utc_date(back.updated)
    review = {
        "stage": "closed",
        "status": "failed" if back.condition == "unsaleable" else "success",
        "product_condition": back.condition,
        "product_destination": "seller",
        "reason_id": "accepted",
        "benefited": "buyer",
        "seller_status": None,
        "seller_reason": None,
        "benefited_type": None,
        "benefited_reason": None,
        "missing_quantity": back.missing,
    }
    row = {
        "resource": "order",
        "resource_id": back.order_id,
        "method": "triage" if back.triage else "none",
        "resource_reviews": [review],
        "date_created": stamp,
        "last_updated": stamp,
    }
    return Answer({"reviews": [row] if back.condition else []})


def post_review(engine: Engine, request: Request, return_id: int) -> Answer:
    """``POST …/returns/{id}/return-review``: ``{}`` = fine, a list = what is wrong."""
    back = engine.aftersales.back(return_id)
    body = request.get_json(silent=True)
    failed = isinstance(body, list)
    if failed and not all(row.get("reason_id") and row.get("message") for row in body):
        raise bad_request("reason_id and message are required")
    action = "return_review_fail" if failed else "return_review_ok"
    _acting(engine, back.claim_id, action)
    engine.aftersales.review(back, failed)
    return Answer({"return_id": back.id, "status": "ok"}, status=201)


def claim_payload(engine: Engine, claim: Claim) -> dict[str, Any]:
    """A claim as the search and the detail show it."""
    order = engine.aftersales.order(claim.order_id)
    actions = [
        {
            "action": action,
            "mandatory": action in ("refund", "return_review_ok"),
            "due_date": (
                ml_date(claim.due) if action in ("refund", "return_review_ok") else None
            ),
        }
        for action in claim.actions
    ]
    resolution = None
    if claim.resolution:
        resolution = {
            "reason": claim.resolution,
            "date_created": ml_date(claim.updated),
            "benefited": ["complainant"],
            "closed_by": claim.closed_by,
            "applied_coverage": False,
        }
    has_return = engine.aftersales.has_back(claim.id)
    total = claim.quantity >= sum(line.quantity for line in order.lines)
    return {
        "id": claim.id,
        "resource_id": claim.order_id,
        "status": claim.status,
        "type": claim.type,
        "stage": claim.stage,
        "parent_id": None,
        "resource": "order",
        "reason_id": claim.reason_id,
        "fulfilled": True,
        "quantity_type": "total" if total else "partial",
        "claimed_quantity": claim.quantity,
        "claim_version": 2.0,
        "players": [
            _player("complainant", "buyer", order.buyer_id, []),
            _player("respondent", "seller", engine.seller.user_id, actions),
        ],
        "resolution": resolution,
        "site_id": SITE_ID,
        "date_created": ml_date(claim.created),
        "last_updated": ml_date(claim.updated),
        "related_entities": ["return"] if has_return else [],
    }


def _player(role: str, kind: str, user_id: int, actions: list[Any]) -> dict[str, Any]:
    return {
        "role": role,
        "type": kind,
        "user_id": user_id,
        "available_actions": actions,
    }


def return_payload(back: Back) -> dict[str, Any]:
    """A return, version 2: one or (triage) two shipments, or none (low cost)."""
    return {
        "id": back.id,
        "last_updated": utc_date(back.updated),
        "shipments": [] if back.subtype == "low_cost" else _shipments(back),
        "refund_at": back.refund_at,
        "date_closed": None,
        "resource_type": "order",
        "date_created": utc_date(back.created),
        "claim_id": back.claim_id,
        "status_money": back.money,
        "resource_id": back.order_id,
        "orders": [
            {
                "order_id": back.order_id,
                "item_id": item_id,
                "variation_id": variation_id,
                "context_type": "total" if total == returned else "partial",
                "total_quantity": f"{total}.0",
                "return_quantity": f"{returned}.0",
            }
            for item_id, variation_id, total, returned in back.lines
        ],
        "subtype": back.subtype,
        "status": back.status,
        "related_entities": ["reviews"] if back.condition else [],
        "intermediate_check": back.triage,
        "resources": [{"resource": "claim", "resource_id": str(back.claim_id)}],
    }


def _shipments(back: Back) -> list[dict[str, Any]]:
    status = _SHIPMENT_OF.get(back.status, back.status)
    first = _shipment(
        back.id * 10, status, "warehouse" if back.triage else "seller_address", "return"
    )
    if not back.triage:
        return [first]
    second = _shipment(
        back.id * 10 + 1, "pending", "seller_address", "return_from_triage"
    )
    return [first, second]


def _shipment(ref: int, status: str, target: str, kind: str) -> dict[str, Any]:
    return {
        "shipment_id": ref,
        "status": status,
        "tracking_number": None,
        "destination": {"name": target, "shipping_address": {}},
        "type": kind,
    }


_CLAIM = "/post-purchase/v1/claims/<int:claim_id>"
_RETURN = "/post-purchase/v1/returns/<int:return_id>"
_SEARCH = _FILTERS | {"offset", "limit", "sort", "range"}

ROUTES = (
    Route("GET", "/post-purchase/v1/claims/search", search_claims, _SEARCH),
    Route("GET", _CLAIM, get_claim),
    Route("GET", f"{_CLAIM}/messages", get_claim_messages),
    Route("POST", f"{_CLAIM}/actions/send-message", send_message),
    Route("POST", f"{_CLAIM}/actions/open-dispute", open_dispute),
    Route("POST", f"{_CLAIM}/expected-resolutions/refund", refund),
    Route("POST", f"{_CLAIM}/expected-resolutions/partial-refund", partial_refund),
    Route("POST", f"{_CLAIM}/expected-resolutions/allow-return", allow_return),
    Route("GET", "/post-purchase/v2/claims/<int:claim_id>/returns", get_return),
    Route("GET", f"{_RETURN}/reviews", get_reviews),
    Route("POST", f"{_RETURN}/return-review", post_review),
)
