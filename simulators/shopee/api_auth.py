"""Tokens, the shop, the consent page, and push messages that were lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import LOST_DAYS, PAGE_MAX
from .errors import ShopeeError, bad_param
from .push import envelope
from .routing import body_of, need, success

if TYPE_CHECKING:
    from .engine import Engine

_AUTH = frozenset("partner_id auth_type redirect_uri response_type state".split())
_BODY = frozenset({"code", "refresh_token", "partner_id", "shop_id"})


def consent(engine: Engine, request: Request) -> Answer:
    """``GET /auth``: the seller always agrees; back with ``code`` and ``shop_id``."""
    if need(request, "partner_id") != engine.oauth.credentials.client_id:
        raise ShopeeError("error_auth", "partner_id is invalid", 403)
    if need(request, "response_type") != "code" or need(request, "auth_type") not in (
        "seller",
    ):
        raise bad_param("response_type=code and auth_type=seller are expected")
    back = need(request, "redirect_uri")
    query = {"code": engine.oauth.authorize(), "shop_id": engine.shop.shop_id}
    if "state" in request.args:
        query["state"] = request.args["state"]
    joint = "&" if "?" in back else "?"
    location = f"{back}{joint}{urlencode(query)}"
    return Answer(raw=b"", status=302, headers={"Location": location})


def first_token(engine: Engine, request: Request) -> Answer:
    """``POST /api/v2/auth/token/get``."""
    engine.oauth.check_public(request)
    return Answer(engine.oauth.exchange(body_of(request, set(), _BODY)))


def next_token(engine: Engine, request: Request) -> Answer:
    """``POST /api/v2/auth/access_token/get``."""
    engine.oauth.check_public(request)
    return Answer(engine.oauth.refresh(body_of(request, set(), _BODY)))


def shop_info(engine: Engine, request: Request) -> Answer:
    """``get_shop_info``: not wrapped."""
    return success(
        shop_name=engine.shop.name,
        region="BR",
        status="NORMAL",
        auth_time=int(engine.clock.now().timestamp()),
        expire_time=engine.oauth.grant_expires,
        shop_fulfillment_flag="Others",
        is_cb=False,
    )


def lost_pushes(engine: Engine, request: Request) -> Answer:
    """``get_lost_push_message``: the oldest of three days above the watermark."""
    engine.oauth.check_public(request)
    oldest = engine.clock.now() - LOST_DAYS
    waiting = [
        (number, note)
        for number, note in engine.store.missed()
        if number > engine.confirmed and note.received >= oldest
    ]
    page = waiting[:PAGE_MAX]
    rows = []
    for number, note in page:
        message = envelope(note, engine.shop)
        # An object or its text: both occur.
        data = json.dumps(message) if number % 2 else message
        rows.append({**message, "data": data})
    return success(
        {
            "push_message_list": rows,
            "has_next_page": len(waiting) > len(page),
            "last_message_id": page[-1][0] if page else 0,
        }
    )


def confirm_pushes(engine: Engine, request: Request) -> Answer:
    """``confirm_consumed_lost_push_message``: moves the watermark."""
    engine.oauth.check_public(request)
    last = body_of(request, {"last_message_id"})["last_message_id"]
    if not isinstance(last, int) or last <= engine.confirmed:
        raise bad_param("last_message_id is invalid")
    engine.confirmed = last
    return success()


ROUTES = (
    Route("GET", "/auth", consent, _AUTH, auth=False),
    Route("POST", "/api/v2/auth/token/get", first_token, auth=False),
    Route("POST", "/api/v2/auth/access_token/get", next_token, auth=False),
    Route("GET", "/api/v2/shop/get_shop_info", shop_info),
    Route("GET", "/api/v2/push/get_lost_push_message", lost_pushes, auth=False),
    Route(
        "POST",
        "/api/v2/push/confirm_consumed_lost_push_message",
        confirm_pushes,
        auth=False,
    ),
)
