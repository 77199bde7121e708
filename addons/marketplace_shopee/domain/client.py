"""The calls of the Shopee Open Platform v2 that we use, one method each.

Answers are what ``response`` holds, raw; ``mapping`` gives it a meaning. Paths and
parameters follow the API pages of the modules Public, Order, Logistics, Product,
Returns, Payment, Shop and Push.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Field,
    File,
    MultipartEncoder,
    Preamble,
)

from odoo.addons.marketplace_connector.domain.contract import (
    ChannelError,
    ContractDrift,
)
from odoo.addons.marketplace_connector.domain.http import Answer, Call, HttpClient

from ..const import LIST_PAGE, XML_FILE_TYPE
from .signing import Partner
from .values import Json, rows

_BOUNDARY = b"nfe-7d1f0c9a4b"


class Client:
    """Thin and stateless: builds the call, checks the outer shape of the answer."""

    def __init__(self, http: HttpClient, partner: Partner) -> None:
        self._http = http
        self._partner = partner

    # --- authorisation and shop

    def token(self, name: str, body: Json) -> Json:
        """``POST /api/v2/auth/…``: not wrapped in ``response``; a lost answer may
        have used up the refresh token."""
        call = _post(f"/api/v2/auth/{name}", body, auth=False)
        return self._object(self._partner.public_call(call))

    def shop_info(self, token: str, shop_id: str) -> Json:
        """``get_shop_info`` with a token that is not stored yet; not wrapped."""
        call = Call("GET", "/api/v2/shop/get_shop_info", auth=False)
        return self._object(self._partner.shop_call(call, token, shop_id))

    # --- orders

    def order_list(self, start: int, end: int, cursor: str) -> Json:
        """``get_order_list``: one page of at most 15 days, by the time of change."""
        params = {
            "time_range_field": "update_time",
            "time_from": str(start),
            "time_to": str(end),
            "page_size": str(LIST_PAGE),
            "cursor": cursor,
            "response_optional_fields": "order_status",
            "request_order_status_pending": "true",
        }
        return self._response(_get("/api/v2/order/get_order_list", params))

    def orders(self, ids: Sequence[str], fields: str = "") -> list[Json]:
        """``get_order_detail`` of at most 50; what is not in ``fields`` is left out."""
        params = {
            "order_sn_list": ",".join(ids),
            "request_order_status_pending": "true",
        }
        if fields:
            params["response_optional_fields"] = fields
        call = _get("/api/v2/order/get_order_detail", params)
        return self._listed(call, "order_list")

    def escrow(self, ids: Sequence[str]) -> list[Json]:
        """``get_escrow_detail_batch``: amounts of at most 50 orders, 20 advised."""
        body = {"order_sn_list": list(ids)}
        call = _post("/api/v2/payment/get_escrow_detail_batch", body, write=False)
        entries = rows(self._object(call).get("response"))
        return [entry.get("escrow_detail") or {} for entry in entries]

    def cancel(self, body: Json) -> None:
        """``cancel_order``."""
        self._object(_post("/api/v2/order/cancel_order", body, ref=body["order_sn"]))

    def answer_cancel(self, order_sn: str, operation: str) -> None:
        """``handle_buyer_cancellation``: ACCEPT or REJECT."""
        body = {"order_sn": order_sn, "operation": operation}
        call = _post("/api/v2/order/handle_buyer_cancellation", body, ref=order_sn)
        self._object(call)

    def upload_invoice(self, order_sn: str, xml: bytes) -> None:
        """``upload_invoice_doc``: the answer tells nothing but "no error"."""
        fields = {"order_sn": order_sn, "file_type": XML_FILE_TYPE}
        call = Call(
            "POST",
            "/api/v2/order/upload_invoice_doc",
            headers={
                "Content-Type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"
            },
            data=_multipart(fields, "file", f"{order_sn}.xml", xml),
            ref=order_sn,
        )
        self._object(call)

    def download_invoice(self, order_sn: str) -> bytes:
        """``download_invoice_doc``: the file that the order holds."""
        call = _get("/api/v2/order/download_invoice_doc", {"order_sn": order_sn})
        return self._send(call).content

    # --- parcels and labels

    def packages(self, numbers: Sequence[str]) -> list[Json]:
        """``get_package_detail`` of at most 50."""
        params = {"package_number_list": ",".join(numbers)}
        call = _get("/api/v2/order/get_package_detail", params)
        return self._listed(call, "package_list")

    def shipping_parameter(self, order_sn: str, package: str) -> Json:
        """``get_shipping_parameter``: ways to hand the parcel over."""
        params = {"order_sn": order_sn, "package_number": package}
        return self._response(_get("/api/v2/logistics/get_shipping_parameter", params))

    def ship(self, body: Json) -> None:
        """``ship_order``: arranges the shipment."""
        call = _post("/api/v2/logistics/ship_order", body, ref=body["order_sn"])
        self._object(call)

    def tracking_status(self, body: Json) -> Json:
        """``update_tracking_status`` of the seller's own carriers."""
        path = "/api/v2/logistics/update_tracking_status"
        return self._response(_post(path, body, ref=body["order_sn"]))

    def document(self, step: str, orders: list[Json], write: bool) -> list[Json]:
        """``create_shipping_document`` or ``get_shipping_document_result``."""
        call = _post(f"/api/v2/logistics/{step}", {"order_list": orders}, write=write)
        return self._listed(call, "result_list")

    def download_document(self, kind: str, orders: list[Json]) -> Answer:
        """``download_shipping_document``: one file for all; reading changes nothing."""
        body = {"shipping_document_type": kind, "order_list": orders}
        path = "/api/v2/logistics/download_shipping_document"
        return self._send(_post(path, body, write=False))

    # --- offers

    def items(self, offset: int, states: Sequence[str]) -> Json:
        """``get_item_list``: one page, by ``offset``."""
        params = {
            "offset": str(offset),
            "page_size": str(LIST_PAGE),
            "item_status": ",".join(states),
        }
        return self._response(_get("/api/v2/product/get_item_list", params))

    def item_info(self, ids: Sequence[str]) -> list[Json]:
        """``get_item_base_info`` of at most 50."""
        params = {"item_id_list": ",".join(ids)}
        call = _get("/api/v2/product/get_item_base_info", params)
        return self._listed(call, "item_list")

    def models(self, item_id: str) -> list[Json]:
        """``get_model_list``: the variations of one item."""
        call = _get("/api/v2/product/get_model_list", {"item_id": item_id})
        return self._listed(call, "model")

    def update(self, what: str, body: Json) -> Json:
        """``update_stock`` or ``update_price`` of one item: absolute values, and
        failures of single variations inside the success."""
        call = _post(f"/api/v2/product/{what}", body, ref=str(body["item_id"]))
        return self._response(call)

    # --- returns

    def returns(self, start: int, end: int, page: int) -> Json:
        """``get_return_list``: one page of at most 15 days."""
        params = {
            "page_no": str(page),
            "page_size": str(LIST_PAGE),
            "update_time_from": str(start),
            "update_time_to": str(end),
        }
        return self._response(_get("/api/v2/returns/get_return_list", params))

    def return_detail(self, return_sn: str) -> Json:
        """``get_return_detail``."""
        params = {"return_sn": return_sn}
        return self._response(_get("/api/v2/returns/get_return_detail", params))

    def return_action(self, action: str, body: Json) -> None:
        """``confirm``, ``dispute``, ``offer`` or ``accept_offer``."""
        call = _post(f"/api/v2/returns/{action}", body, ref=body["return_sn"])
        self._object(call)

    # --- push messages that were lost

    def lost_pushes(self) -> Json:
        """``get_lost_push_message``: the 100 oldest of three days, of all shops."""
        call = Call("GET", "/api/v2/push/get_lost_push_message", auth=False)
        return self._response(self._partner.public_call(call))

    def confirm_pushes(self, last_message_id: str) -> None:
        """``confirm_consumed_lost_push_message``: everything up to here is ours."""
        path = "/api/v2/push/confirm_consumed_lost_push_message"
        body = {"last_message_id": int(last_message_id)}
        self._object(self._partner.public_call(_post(path, body, auth=False)))

    # --- inside

    def _send(self, call: Call) -> Answer:
        try:
            return self._http.send(call)
        except ChannelError as error:
            # The address of the call holds the token: it must not be printed with
            # the cause of the error.
            raise error from None

    def _object(self, call: Call) -> Json:
        try:
            value = self._http.json(call)
        except ChannelError as error:
            raise error from None
        if not isinstance(value, dict):
            raise ContractDrift(f"{call.method} {call.template}: an object is expected")
        return value

    def _response(self, call: Call) -> Json:
        value = self._object(call).get("response")
        if not isinstance(value, dict):
            raise ContractDrift(f"{call.method} {call.template}: no response")
        return value

    def _listed(self, call: Call, name: str) -> list[Json]:
        return rows(self._response(call).get(name))


def _get(path: str, params: Mapping[str, str]) -> Call:
    return Call("GET", path, params=params)


def _post(
    path: str,
    body: Json,
    *,
    auth: bool = True,
    write: bool | None = None,
    ref: str = "",
) -> Call:
    return Call(
        "POST",
        path,
        headers={"Content-Type": "application/json"},
        # Prices are Decimal, and JSON has only numbers.
        data=json.dumps(body, default=float).encode(),
        auth=auth,
        write=write,
        ref=ref,
    )


def _multipart(
    fields: Mapping[str, str], name: str, filename: str, content: bytes
) -> bytes:
    encoder = MultipartEncoder(_BOUNDARY)
    events: list[Any] = [Preamble(data=b"")]
    for key, value in fields.items():
        events += [Field(name=key, headers=Headers()), Data(value.encode(), False)]
    headers = Headers([("Content-Type", "application/xml")])
    events += [File(name=name, filename=filename, headers=headers)]
    events += [Data(content, False), Epilogue(data=b"")]
    return b"".join(encoder.send_event(event) for event in events)
