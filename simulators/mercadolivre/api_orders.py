"""Account, order, pack and event routes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import MAX_SEARCH_LIMIT, MISSED_FEEDS_KEPT, SITE_ID
from .errors import MlError, bad_request, forbidden, not_found
from .payloads_order import (
    billing_payload,
    order_payload,
    pack_payload,
    payment_payload,
    search_payload,
    user_payload,
)
from .payloads_shipment import hosted_payload
from .records import Order
from .routing import date_param, int_param, need_header

if TYPE_CHECKING:
    from .engine import Engine

_DATE_COLUMNS = {"date_created": "date_created", "date_last_updated": "last_updated"}
_SEARCH_PARAMS = frozenset(
    {"seller", "sort", "offset", "limit", "order.status"}
    | {f"order.{name}.{end}" for name in _DATE_COLUMNS for end in ("from", "to")}
)


def post_token(engine: Engine, request: Request) -> Answer:
    """``POST /oauth/token``: form body only."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise MlError(415, "unsupported_media_type", "form body required")
    return Answer(engine.oauth.exchange(request.form.to_dict()))


def get_me(engine: Engine, request: Request) -> Answer:
    """``GET /users/me``."""
    return Answer(user_payload(engine.seller, engine.offers.multi_origin))


def get_order(engine: Engine, request: Request, order_id: int) -> Answer:
    """``GET /orders/{id}``; an early canceller acts right after this answer."""
    order = _order(engine, order_id)
    answer = Answer(order_payload(order, engine.seller))
    engine.lifecycle.order_read(order)
    return answer


def search_orders(engine: Engine, request: Request) -> Answer:
    """``GET /orders/search``: never shows cancelled orders; dates by the hour."""
    if int_param(request, "seller") != engine.seller.user_id:
        raise forbidden("The caller is not allowed to see these orders")
    offset, limit = int_param(request, "offset", 0), int_param(request, "limit", 50)
    if not 1 <= limit <= MAX_SEARCH_LIMIT:
        raise bad_request(f"limit must be 1 to {MAX_SEARCH_LIMIT}")
    sort = request.args.get("sort", "date_desc")
    if sort not in ("date_asc", "date_desc"):
        raise bad_request(f"unknown sort {sort}")
    total, page = engine.store.search_orders(
        {column: _hours(request, name) for name, column in _DATE_COLUMNS.items()},
        request.args.get("order.status"),
        sort == "date_desc",
        offset,
        limit,
    )
    payload = search_payload(page, engine.seller, total, offset, limit, sort)
    return Answer(payload)


def _hours(request: Request, name: str) -> tuple[datetime | None, datetime | None]:
    """Both ends lose their minutes; the last hour counts as a whole."""
    first = date_param(request, f"order.{name}.from")
    last = date_param(request, f"order.{name}.to")
    return first and _hour(first), last and _hour(last) + timedelta(hours=1)


def _hour(moment: datetime) -> datetime:
    utc = moment.astimezone(timezone.utc)
    return utc.replace(minute=0, second=0, microsecond=0)


def get_billing(
    engine: Engine, request: Request, site_id: str, billing_id: str
) -> Answer:
    """``GET /orders/billing-info/{site}/{billing_info_id}``."""
    if site_id != SITE_ID or not billing_id.isdigit():
        raise bad_request("unknown site or billing info id")
    order = engine.store.order_of_billing(int(billing_id))
    if order is None:
        raise not_found("billing info", billing_id)
    return Answer(billing_payload(order, engine.seller))


def get_order_shipments(engine: Engine, request: Request, order_id: int) -> Answer:
    """``GET /orders/{id}/shipments`` with ``X-New-Domain: true``."""
    need_header(request, "X-New-Domain", "true")
    order = _order(engine, order_id)
    return Answer(hosted_payload(engine.shipment(order.shipment_id)))


def get_pack(engine: Engine, request: Request, pack_id: int) -> Answer:
    """``GET /packs/{id}``."""
    orders = engine.store.orders_of_pack(pack_id)
    if not orders:
        raise not_found("pack", pack_id)
    return Answer(pack_payload(orders))


def get_collection(engine: Engine, request: Request, payment_id: int) -> Answer:
    """``GET /collections/{id}``: the payment, as it stands in its order."""
    order = engine.store.order_of_payment(payment_id)
    if order is None:
        raise not_found("collection", payment_id)
    return Answer(payment_payload(order, engine.seller))


def get_missed_feeds(engine: Engine, request: Request) -> Answer:
    """``GET /missed_feeds?app_id=``: events of two days whose tries all failed."""
    app_id = request.args.get("app_id")
    if app_id is None:
        raise bad_request("parameter app_id is required")
    if app_id != engine.oauth.credentials.client_id:
        raise forbidden("app_id is not the application of this token")
    oldest = engine.clock.now() - MISSED_FEEDS_KEPT
    missed = engine.store.notifications("missed")
    recent = [note for note in missed if note.received >= oldest]
    url = engine.events.config.url
    entries = [engine.push.missed_entry(note, url) for note in recent]
    return Answer({"messages": entries})


def _order(engine: Engine, order_id: int) -> Order:
    order = engine.store.get_order(order_id)
    if order is None:
        raise MlError(404, "order_not_found", f"Order {order_id} not found")
    return order


ROUTES = (
    Route("POST", "/oauth/token", post_token, auth=False),
    Route("GET", "/users/me", get_me),
    Route("GET", "/orders/search", search_orders, _SEARCH_PARAMS),
    Route("GET", "/orders/billing-info/<site_id>/<billing_id>", get_billing),
    Route("GET", "/orders/<int:order_id>", get_order),
    Route("GET", "/orders/<int:order_id>/shipments", get_order_shipments),
    Route("GET", "/packs/<int:pack_id>", get_pack),
    Route("GET", "/collections/<int:payment_id>", get_collection),
    Route("GET", "/missed_feeds", get_missed_feeds, frozenset({"app_id"})),
)
