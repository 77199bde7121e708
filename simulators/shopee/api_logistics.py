"""Module Logistics: arrangement, labels, the seller's own carriers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from simulators.common.channel.errors import TransitionRefused
from simulators.common.channel.routing import Answer, Route

from . import labels
from .const import (
    BATCH_MAX,
    OWN_CHANNELS,
    READY,
    READY_TO_SHIP,
    REQUEST_CREATED,
)
from .errors import ShopeeError, bad_param, refused
from .invoice import takes_invoice
from .ordering import by_shopee
from .payloads import Json
from .records import Order
from .routing import body_of, need, success

if TYPE_CHECKING:
    from .engine import Engine

ADDRESS_ID = 2826
TIME_ID = "1795600800"
_KINDS = frozenset({"NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"})
_WAYS = frozenset({"pickup", "dropoff", "non_integrated"})


def get_shipping_parameter(engine: Engine, request: Request) -> Answer:
    """What ``ship_order`` wants for this package."""
    order = _order(
        engine, need(request, "order_sn"), request.args.get("package_number")
    )
    pickup = {
        "address_list": [
            {
                "address_id": ADDRESS_ID,
                "region": "BR",
                "address_flag": ["default_address", "pickup_address"],
                "time_slot_list": [{"date": int(TIME_ID), "pickup_time_id": TIME_ID}],
            }
        ]
    }
    needed = {name: fields for name, fields in engine.handover.items()}
    shown = {"dropoff": None, "pickup": pickup if "pickup" in needed else None}
    if order.package.status != READY:
        raise refused("logistics.error_status", "Logistic status is not supported.")
    return success({"info_needed": needed, **shown})


def ship_order(engine: Engine, request: Request) -> Answer:
    """Exactly one way; a second arrangement is an incident."""
    body = body_of(request, {"order_sn"}, _WAYS | {"package_number"})
    order = _order(engine, str(body["order_sn"]), body.get("package_number"))
    _check_way(engine, body)
    if order.package.arranged:
        engine.store.add_incident(engine.clock.now(), "double_arrange", order.order_sn)
        raise refused("logistics.error_param", "Order has been shipped.")
    if order.status != READY_TO_SHIP or order.package.status != READY:
        raise refused("logistics.error_param", "The order status is not ready to ship.")
    if takes_invoice(order) and not by_shopee(order) and not _has_note(engine, order):
        raise refused(
            "logistics.lack_of_invoice_data", "Please upload the invoice first."
        )
    engine.lifecycle.arrange(order)
    return success()


def _has_note(engine: Engine, order: Order) -> bool:
    note = order.invoice
    return note is not None and engine.clock.now() >= note.valid_at


def _check_way(engine: Engine, body: Json) -> None:
    chosen = _WAYS & set(body)
    if len(chosen) != 1:
        raise bad_param("one of pickup, dropoff and non_integrated is required")
    (way,) = chosen
    if way not in engine.handover:
        raise refused("logistics.error_no_pickup", f"{way} is not supported.")
    wanted = set(engine.handover[way])
    if set(body[way]) != wanted:
        raise bad_param(f"{way} needs {sorted(wanted)}")
    if "address_id" in wanted and body[way]["address_id"] != ADDRESS_ID:
        raise refused("logistics.address_not_found", "Address is not found.")
    if "pickup_time_id" in wanted and body[way]["pickup_time_id"] != TIME_ID:
        raise refused("logistics.error_pickup_time", "Pickup time is invalid.")


def get_tracking_number(engine: Engine, request: Request) -> Answer:
    """Empty until the carrier has given one."""
    order = _order(
        engine, need(request, "order_sn"), request.args.get("package_number")
    )
    return success({"tracking_number": order.package.tracking})


def create_shipping_document(engine: Engine, request: Request) -> Answer:
    """Start a task for each package; each line has its own error."""

    def act(order: Order, entry: Json) -> Json:
        kind = _kind(entry)
        _check_printable(order)
        if entry.get("tracking_number") != order.package.tracking:
            raise refused("logistics.tracking_number_invalid", "Wrong tracking number")
        now = engine.clock.now()
        if engine.failing_documents:
            engine.failing_documents -= 1
            order.package.documents[kind] = "failed"
        else:
            ready = (now + engine.document_delay).isoformat()
            order.package.documents[kind] = ready
        engine.store.put_order(order)
        return {}

    return _each(engine, request, act)


def get_shipping_document_result(engine: Engine, request: Request) -> Answer:
    """PROCESSING, READY or FAILED."""

    def act(order: Order, entry: Json) -> Json:
        return {"status": _state(engine, order, _kind(entry))}

    return _each(engine, request, act)


def download_shipping_document(engine: Engine, request: Request) -> Answer:
    """One file for all, or one error for all."""
    body = body_of(request, {"order_list"}, frozenset({"shipping_document_type"}))
    kind = _kind(body)
    orders = []
    for entry in _entries(body):
        order = _order(engine, str(entry["order_sn"]), entry.get("package_number"))
        _check_printable(order)
        if _state(engine, order, kind) != "READY":
            raise refused("logistics.download_later", "Processing, download later.")
        orders.append(order)
    for order in orders:
        order.package.label_at = order.package.label_at or engine.clock.now()
        engine.store.put_order(order)
    if kind == "THERMAL_AIR_WAYBILL":
        content = labels.zpl_zip(orders, engine.shop)
        return Answer(raw=content, content_type="application/zip")
    return Answer(raw=labels.pdf(orders, engine.shop), content_type="application/pdf")


def update_tracking_status(engine: Engine, request: Request) -> Answer:
    """Progress of the seller's own carriers; a failure comes without an error."""
    optional = frozenset({"tracking_number", "tracking_url", "failed_reason"})
    body = body_of(request, {"order_sn", "logistics_status"}, optional)
    order = engine.order(str(body["order_sn"]))
    if order.package.channel_id not in OWN_CHANNELS:
        raise refused("logistics.error_channel", "Only for seller logistics.")
    status = body["logistics_status"]
    try:
        if status == "logistics_pickup_done":
            order.package.tracking = body.get("tracking_number", "")
            engine.lifecycle.ship(order)
        elif status == "logistics_delivery_done":
            engine.lifecycle.deliver(order)
        else:
            raise bad_param("logistics_status is invalid")
    except TransitionRefused:
        return success({"update_result": "failed"})
    return success({"update_result": "succeed"})


def _state(engine: Engine, order: Order, kind: str) -> str:
    ready = order.package.documents.get(kind)
    if ready is None:
        raise refused(
            "logistics.shipping_document_should_print_first",
            "The package can not print now, please create shipping document first.",
        )
    if ready == "failed":
        return "FAILED"
    done = engine.clock.now().isoformat() >= ready
    return "READY" if done else "PROCESSING"


def _check_printable(order: Order) -> None:
    if order.package.status != REQUEST_CREATED:
        message = "The package can not print now."
        raise refused("logistics.package_can_not_print", message)


def _kind(entry: Json) -> str:
    kind = str(entry.get("shipping_document_type", "NORMAL_AIR_WAYBILL"))
    if kind not in _KINDS:
        raise bad_param("shipping_document_type is invalid")
    return kind


def _entries(body: Json) -> list[Json]:
    entries = body["order_list"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= BATCH_MAX:
        raise bad_param("order_list must have 1 to 50 entries")
    return entries


def _each(
    engine: Engine, request: Request, act: Callable[[Order, Json], Json]
) -> Answer:
    rows, failed = [], 0
    for entry in _entries(body_of(request, {"order_list"})):
        row = {
            "order_sn": entry.get("order_sn"),
            "package_number": entry.get("package_number"),
        }
        try:
            order = _order(engine, str(row["order_sn"]), row["package_number"])
            row |= act(order, entry)
        except ShopeeError as error:
            failed += 1
            row["fail_error"] = error.payload["error"]
            row["fail_message"] = error.payload["message"]
        rows.append(row)
    if failed == len(rows):
        message = "Failed, please check result_list for more details."
        raise ShopeeError(
            "common.batch_api_all_failed", message, response={"result_list": rows}
        )
    return success({"result_list": rows})


def _order(engine: Engine, order_sn: str, package: object) -> Order:
    order = engine.order(order_sn)
    if package is not None and package != order.package.number:
        raise refused(
            "logistics.package_number_not_found",
            f"The package_number {package} is not exist.",
        )
    return order


_PACKAGE = frozenset({"order_sn", "package_number"})
_PATH = "/api/v2/logistics/"
ROUTES = (
    Route("GET", f"{_PATH}get_shipping_parameter", get_shipping_parameter, _PACKAGE),
    Route("POST", f"{_PATH}ship_order", ship_order),
    Route("GET", f"{_PATH}get_tracking_number", get_tracking_number, _PACKAGE),
    Route("POST", f"{_PATH}create_shipping_document", create_shipping_document),
    Route("POST", f"{_PATH}get_shipping_document_result", get_shipping_document_result),
    Route("POST", f"{_PATH}download_shipping_document", download_shipping_document),
    Route("POST", f"{_PATH}update_tracking_status", update_tracking_status),
)
