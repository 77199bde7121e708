"""The calls of the Selling Partner API that we use, one method each.

Answers are the raw JSON; other files give them a meaning. Paths follow the API models
Orders 2026-01-01 and v0, Delivery Shipment Invoice 2022-07-01, Listings Items
2021-08-01, External Fulfillment Shipments and Returns 2024-09-11, Login with Amazon.
Every call names its operation: Amazon limits each one by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from odoo.addons.marketplace_connector.domain.contract import ContractDrift, Rejected
from odoo.addons.marketplace_connector.domain.http import (
    Answer,
    Call,
    HttpClient,
    HttpOptions,
)

from ..const import FILE_HOSTS, LISTING_PAGE, MARKETPLACE_ID, PAGE
from .errors import BUG, classify
from .values import Json, stamp

INCLUDED = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
)
"""All that an order needs to become ours: what is not asked for is not there."""

_SHIPMENT = "/externalFulfillment/2024-09-11/shipments/{id}"
_RETURNS = "/externalFulfillment/2024-09-11/returns"
_LISTINGS = "/listings/2021-08-01/items/{seller}"
_LISTING = {"marketplaceIds": MARKETPLACE_ID}
_LISTING_DATA = {"includedData": "summaries,offers,fulfillmentAvailability"}
_EXTERNAL = "externalFulfillment"
_JSON = {"Content-Type": "application/json"}


def with_token(call: Call, token: str) -> Call:
    """Amazon's own header instead of ``Authorization``; no signature any more."""
    return replace(call, headers={**call.headers, "x-amz-access-token": token})


class Client:
    """Thin and stateless: builds the call, checks the outer shape of the answer."""

    def __init__(self, api_url: str, login_url: str, options: HttpOptions) -> None:
        self._http = HttpClient(api_url, options, classify, authorize=with_token)
        self._login = HttpClient(login_url, options, classify)
        self._options = options
        self.base_url = self._http.base_url

    # --- Login with Amazon

    def token(self, form: Mapping[str, str]) -> Json:
        """``POST /auth/o2/token``. Nothing rotates, so a lost answer is harmless."""
        call = Call("POST", "/auth/o2/token", data=form, auth=False, write=False)
        return _object(call, self._login.json(call))

    # --- orders

    def search(
        self,
        low: datetime,
        high: datetime,
        *,
        token: str = "",
        data: Sequence[str] = INCLUDED,
        statuses: Sequence[str] = (),
    ) -> Json:
        """``searchOrders``: one page of orders that changed between two moments.

        :param high: at least two minutes ago
        :param token: ``nextToken`` of the page before; goes with the same moments only
        """
        params = {
            "lastUpdatedAfter": stamp(low),
            "lastUpdatedBefore": stamp(high),
            "marketplaceIds": MARKETPLACE_ID,
            "includedData": ",".join(data),
            "maxResultsPerPage": str(PAGE),
        }
        if statuses:
            params["fulfillmentStatuses"] = ",".join(statuses)
        if token:
            params["paginationToken"] = token
        path = "/orders/2026-01-01/orders"
        return self._object("GET", path, "searchOrders", params=params)

    def order(self, order_id: str) -> Json:
        """``getOrder`` with all data that we ever need."""
        payload = self._object(
            "GET",
            "/orders/2026-01-01/orders/{id}",
            "getOrder",
            args={"id": order_id},
            params={"includedData": ",".join(INCLUDED)},
            ref=order_id,
        )
        order = payload.get("order")
        if not isinstance(order, dict):
            raise ContractDrift("getOrder: no order in the answer")
        return order

    def confirm_shipment(self, order_id: str, package: Json) -> None:
        """``confirmShipment`` (v0, the only one there is); 204 without a body."""
        self._send(
            "POST",
            "/orders/v0/orders/{id}/shipmentConfirmation",
            "confirmShipment",
            args={"id": order_id},
            body={"marketplaceId": MARKETPLACE_ID, "packageDetail": package},
            ref=order_id,
        )

    # --- NF-e

    def submit_invoice(self, order_id: str, body: Json) -> None:
        """``submitInvoice``: what became of it is told by ``invoice_status`` only."""
        self._send(
            "POST",
            "/delivery/2022-07-01/invoice",
            "submitInvoice",
            params={"orderId": order_id},
            body={**body, "marketplaceId": MARKETPLACE_ID},
            ref=order_id,
        )

    def invoice_status(self, order_id: str, program: str) -> Json:
        """``getInvoiceStatus`` of all NF-e of an order."""
        params = {
            "orderId": order_id,
            "marketplaceId": MARKETPLACE_ID,
            "invoiceType": "Outbound",
            "programType": program,
        }
        path = "/delivery/2022-07-01/invoice/status"
        return self._object(
            "GET", path, "getInvoiceStatus", params=params, ref=order_id
        )

    # --- shipments (External Fulfillment)

    def shipment(self, shipment_id: str) -> Json:
        """``getShipment``: what must be packed and how far it is."""
        return self._object(
            "GET", _SHIPMENT, _EXTERNAL, args={"id": shipment_id}, ref=shipment_id
        )

    def process_shipment(self, shipment_id: str, operation: str, body: Json) -> None:
        """``processShipment``: CONFIRM or REJECT a new shipment."""
        self._shipping("POST", "", shipment_id, {"operation": operation}, body)

    def create_packages(self, shipment_id: str, packages: list[Json]) -> None:
        """``createPackages``."""
        body = {"packages": packages}
        self._shipping("POST", "/packages", shipment_id, {}, body)

    def shipping_options(self, shipment_id: str, package_id: str) -> Json:
        """``retrieveShippingOptions``: pick-ups to choose from; may be empty."""
        return self._object(
            "GET",
            _SHIPMENT + "/shippingOptions",
            _EXTERNAL,
            args={"id": shipment_id},
            params={"packageId": package_id},
            ref=shipment_id,
        )

    def ship_labels(
        self, shipment_id: str, operation: str, option: str, packages: list[str]
    ) -> list[Json]:
        """``generateShipLabels``: GENERATE or REGENERATE; a row for each package."""
        params = {"operation": operation}
        if option:
            params["shippingOptionId"] = option
        payload = self._object(
            "PUT",
            _SHIPMENT + "/shipLabels",
            _EXTERNAL,
            args={"id": shipment_id},
            params=params,
            body={"packageIds": packages},
            ref=shipment_id,
        )
        return _rows("generateShipLabels", payload.get("packageShipLabelList"))

    def file(self, url: str) -> Answer:
        """The content behind a presigned address, without our token.

        :raise Rejected: the address is neither Amazon S3's nor of our own server
        """
        parts = urlsplit(url)
        own = url.startswith(self.base_url + "/")
        if not own and not _is_storage(parts.scheme, parts.hostname or ""):
            raise Rejected("label_address", "the label lies on an unknown host", BUG)
        folder, _slash, name = parts.path.rpartition("/")
        http = HttpClient(f"{parts.scheme}://{parts.netloc}{folder}", self._options)
        return http.send(
            Call(
                "GET",
                "/{name}",
                args={"name": unquote(name)},
                params=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={"Accept": "*/*"},
                auth=False,
                operation="labelFile",
            )
        )

    # --- returns (External Fulfillment)

    def returns(self, since: datetime, token: str) -> Json:
        """``listReturns``: one page of those created since."""
        params = {"createdSince": stamp(since), "maxResults": str(PAGE)}
        if token:
            params["nextToken"] = token
        return self._object("GET", _RETURNS, _EXTERNAL, params=params)

    def one_return(self, return_id: str) -> Json:
        """``getReturn``."""
        path = _RETURNS + "/{id}"
        return self._object(
            "GET", path, _EXTERNAL, args={"id": return_id}, ref=return_id
        )

    # --- listings

    def listings(self, seller: str, token: str) -> Json:
        """``searchListingsItems``: one page; Amazon shows at most 1,000 of them."""
        params = {**_LISTING, **_LISTING_DATA, "pageSize": str(LISTING_PAGE)}
        if token:
            params["pageToken"] = token
        args = {"seller": seller}
        return self._object(
            "GET", _LISTINGS, "searchListingsItems", args=args, params=params
        )

    def listing(self, seller: str, sku: str) -> Json:
        """``getListingsItem``."""
        return self._object(
            "GET",
            _LISTINGS + "/{sku}",
            "getListingsItem",
            args={"seller": seller, "sku": sku},
            params={**_LISTING, **_LISTING_DATA},
            ref=sku,
        )

    def patch_listing(self, seller: str, sku: str, patch: Json) -> Json:
        """``patchListingsItem``: one attribute; taken (ACCEPTED) is not done yet."""
        return self._object(
            "PATCH",
            _LISTINGS + "/{sku}",
            "patchListingsItem",
            args={"seller": seller, "sku": sku},
            params=_LISTING,
            # The product type does not matter for offer and stock.
            body={"productType": "PRODUCT", "patches": [patch]},
            ref=sku,
        )

    # --- inside

    def _shipping(
        self, method: str, tail: str, ref: str, params: dict[str, str], body: Json
    ) -> None:
        self._send(
            method,
            _SHIPMENT + tail,
            _EXTERNAL,
            args={"id": ref},
            params=params,
            body=body,
            ref=ref,
        )

    def _call(
        self,
        method: str,
        template: str,
        operation: str,
        *,
        body: Json | None = None,
        **parts: Any,
    ) -> Call:
        return Call(
            method,
            template,
            operation=operation,
            headers=_JSON if body is not None else {},
            data=json.dumps(body).encode() if body is not None else None,
            **parts,
        )

    def _send(self, *what: str, **parts: Any) -> Answer:
        return self._http.send(self._call(*what, **parts))

    def _object(self, *what: str, **parts: Any) -> Json:
        call = self._call(*what, **parts)
        return _object(call, self._http.json(call))


def _object(call: Call, value: Any) -> Json:
    if not isinstance(value, dict):
        raise ContractDrift(f"{call.method} {call.template}: an object is expected")
    return value


def _rows(name: str, value: Any) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ContractDrift(f"{name}: a list is expected")
    return value


def _is_storage(scheme: str, host: str) -> bool:
    return scheme == "https" and host.endswith(FILE_HOSTS)
