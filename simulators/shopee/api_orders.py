"""Modules Order and Payment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from . import invoice
from .const import (
    BATCH_MAX,
    IN_CANCEL,
    LIST_WINDOW,
    LISTABLE,
    PAGE_MAX,
    PENDING,
    READY_TO_SHIP,
    REQUEST_CREATED,
)
from .errors import ShopeeError, bad_param, refused
from .ordering import by_shopee
from .payloads import OPTIONAL, Json, escrow_detail, order_detail, package_detail
from .records import Order
from .routing import body_of, listed, moment, need, number, success

if TYPE_CHECKING:
    from .engine import Engine

_CANCEL_REASONS = frozenset({"OUT_OF_STOCK", "CUSTOMER_REQUEST"})


def get_order_list(engine: Engine, request: Request) -> Answer:
    """Places of a list: an order that changes leaves its place and moves the rest."""
    field = need(request, "time_range_field")
    if field not in ("create_time", "update_time"):
        raise bad_param("time_range_field must be create_time or update_time")
    first, last = moment(request, "time_from"), moment(request, "time_to")
    if not first < last or last - first > LIST_WINDOW:
        message = "Start time must be earlier than end time and diff in 15days."
        raise ShopeeError("order.order_list_invalid_time", message)
    size = number(request, "page_size")
    if not 1 <= size <= PAGE_MAX:
        raise bad_param("page_size must be 100 or less")
    cursor = request.args.get("cursor", "")
    if cursor and not cursor.isdigit():
        raise bad_param("cursor is invalid")
    found = _found(engine, request, field, first, last)
    start = int(cursor or 0)
    page = found[start : start + size]
    more = start + size < len(found)
    with_status = request.args.get("response_optional_fields") == "order_status"
    rows = [_row(order, request, with_status) for order in page]
    following = str(start + size) if more else ""
    return success({"more": more, "next_cursor": following, "order_list": rows})


def _found(
    engine: Engine, request: Request, field: str, first: datetime, last: datetime
) -> list[Order]:
    if field == "update_time":
        found = engine.store.changed_orders(first, last)
    else:
        found = [o for o in engine.store.orders() if first <= o.created_at <= last]
    wanted = request.args.get("order_status")
    if wanted is None:
        return found
    if wanted not in LISTABLE:
        raise bad_param("order_status is invalid")
    if wanted == "INVOICE_PENDING":
        return [order for order in found if _invoice_pending(order)]
    return [order for order in found if order.status == wanted]


def _invoice_pending(order: Order) -> bool:
    waits = order.status == READY_TO_SHIP and order.invoice is None
    return waits and invoice.takes_invoice(order) and not by_shopee(order)


def _row(order: Order, request: Request, with_status: bool) -> Json:
    row = {"order_sn": order.order_sn, "booking_sn": ""}
    if with_status:
        known = _knows_pending(request)
        hidden = order.status == PENDING and not known
        row["order_status"] = "UNPAID" if hidden else order.status
    return row


def _knows_pending(request: Request) -> bool:
    return request.args.get("request_order_status_pending") == "true"


def get_order_detail(engine: Engine, request: Request) -> Answer:
    """One unknown number spoils the call."""
    ids = listed(request, "order_sn_list", BATCH_MAX)
    fields = set(
        filter(None, request.args.get("response_optional_fields", "").split(","))
    )
    if fields - OPTIONAL:
        raise bad_param("response_optional_fields is invalid")
    orders = [engine.order(order_sn) for order_sn in ids]
    rows = [
        order_detail(
            order,
            fields,
            engine.clock.now(),
            masked=engine.masked,
            pending=_knows_pending(request),
        )
        for order in orders
    ]
    return success({"order_list": rows})


def get_package_detail(engine: Engine, request: Request) -> Answer:
    """One unknown package spoils the call."""
    numbers = listed(request, "package_number_list", BATCH_MAX)
    orders = [engine.order_of_package(number) for number in numbers]
    return success({"package_list": [package_detail(order) for order in orders]})


def get_escrow_batch(engine: Engine, request: Request) -> Answer:
    """Amounts of paid orders."""
    body = body_of(request, {"order_sn_list"})
    ids = body["order_sn_list"]
    if not isinstance(ids, list) or not 1 <= len(ids) <= BATCH_MAX:
        raise bad_param("order_sn_list must have 1 to 50 entries")
    orders = [engine.order(str(order_sn)) for order_sn in ids]
    rows = [{"escrow_detail": escrow_detail(o)} for o in orders if o.paid_at]
    return success(rows)


def upload_invoice_doc(engine: Engine, request: Request) -> Answer:
    """Multipart with ``order_sn``, ``file_type`` 4 and ``file``."""
    if request.mimetype != "multipart/form-data":
        raise bad_param("Content-Type must be multipart/form-data")
    form, files = request.form, request.files
    if set(form) != {"order_sn", "file_type"} or set(files) != {"file"}:
        raise bad_param("order_sn, file_type and file are required")
    if form["file_type"] != "4":
        raise bad_param("field file_type type error")
    order, now = engine.order(form["order_sn"]), engine.clock.now()
    invoice.check_status(order)
    note = invoice.parse(files["file"].read(), engine.shop, now, engine.invoice_delay)
    invoice.check_holder(order, note.key, engine.store.order_of_key(note.key))
    order.invoice = note
    # The status of the order does not move, nor does it announce anything.
    engine.store.put_order(order)
    return success()


def download_invoice_doc(engine: Engine, request: Request) -> Answer:
    """The file of the order, byte for byte."""
    order = engine.order(need(request, "order_sn"))
    if order.invoice is None:
        raise refused("order.download_invoice_error", "Download invoice failed.")
    return Answer(raw=order.invoice.xml.encode(), content_type="application/xml")


def cancel_order(engine: Engine, request: Request) -> Answer:
    """The whole order, or units of it where the buyer allows that."""
    optional = frozenset({"item_list", "partial_cancel_item_list"})
    body = body_of(request, {"order_sn", "cancel_reason"}, optional)
    order = engine.order(str(body["order_sn"]))
    if body["cancel_reason"] not in _CANCEL_REASONS:
        raise bad_param("cancel_reason is invalid")
    part = body.get("partial_cancel_item_list")
    if (
        not part
        and body["cancel_reason"] == "OUT_OF_STOCK"
        and not body.get("item_list")
    ):
        raise bad_param("item_list is a required field")
    if order.status != READY_TO_SHIP or order.package.status == REQUEST_CREATED:
        raise refused("order.error_limit", "Can not cancel this order")
    if part:
        _cancel_part(engine, order, part)
    else:
        engine.lifecycle.cancel(order, "seller", body["cancel_reason"])
    return success({"update_time": int(order.updated_at.timestamp())})


def _cancel_part(engine: Engine, order: Order, part: list[Json]) -> None:
    if not order.partial_cancel:
        raise refused("order.error_partial_cancel", "Partial cancel is not allowed")
    left = {
        (line.item_id, line.model_id): line.quantity - line.cancelled
        for line in order.lines
    }
    units: dict[tuple[int, int], int] = {}
    for entry in part:
        key = (entry["item_id"], entry["model_id"])
        if not 1 <= entry["model_quantity"] <= left.get(key, 0):
            raise bad_param("model_quantity is invalid")
        units[key] = entry["model_quantity"]
    engine.lifecycle.cancel_units(order, units)


def handle_buyer_cancellation(engine: Engine, request: Request) -> Answer:
    """ACCEPT or REJECT."""
    body = body_of(request, {"order_sn", "operation"})
    order = engine.order(str(body["order_sn"]))
    if body["operation"] not in ("ACCEPT", "REJECT"):
        raise bad_param("operation is invalid")
    if order.status != IN_CANCEL:
        message = "Invalid order_status. The order status should be IN_CANCEL."
        raise refused("order.error_status", message)
    engine.lifecycle.answer_cancel(order, body["operation"] == "ACCEPT")
    return success({"update_time": int(order.updated_at.timestamp())})


_LIST = frozenset(
    "time_range_field time_from time_to page_size cursor order_status "
    "response_optional_fields request_order_status_pending "
    "logistics_channel_id".split()
)
_DETAIL = frozenset(
    {"order_sn_list", "response_optional_fields", "request_order_status_pending"}
)
ROUTES = (
    Route("GET", "/api/v2/order/get_order_list", get_order_list, _LIST),
    Route("GET", "/api/v2/order/get_order_detail", get_order_detail, _DETAIL),
    Route(
        "GET",
        "/api/v2/order/get_package_detail",
        get_package_detail,
        frozenset({"package_number_list"}),
    ),
    Route("POST", "/api/v2/payment/get_escrow_detail_batch", get_escrow_batch),
    Route("POST", "/api/v2/order/upload_invoice_doc", upload_invoice_doc),
    Route(
        "GET",
        "/api/v2/order/download_invoice_doc",
        download_invoice_doc,
        frozenset({"order_sn"}),
    ),
    Route("POST", "/api/v2/order/cancel_order", cancel_order),
    Route("POST", "/api/v2/order/handle_buyer_cancellation", handle_buyer_cancellation),
)
