"""The calls of the Magalu Open API that we use, one method each.

Answers are the raw JSON; the other files give them a meaning. Every call but those of
the identity server carries ``X-Tenant-Id``: one token may serve several shops.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import ContractDrift
from odoo.addons.marketplace_connector.domain.http import (
    Answer,
    Authorizer,
    Call,
    HttpClient,
    HttpOptions,
    bearer,
    decode,
)

from ..const import API_URL, ID_URL, PAGE_LIMIT
from .errors import Unchanged, classify
from .values import Json, ident, precise_stamp, stamp

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ORDER = "/seller/v1/orders/{id}"
DELIVERY = "/seller/v1/deliveries/{id}"
INVOICES = DELIVERY + "/invoices"
TICKET = "/seller/v0/tickets/{id}"


def tenant_bearer(tenant: str) -> Authorizer:
    """The token of the seller, and which of his shops is meant."""

    def authorize(call: Call, token: str) -> Call:
        headers = {**call.headers, "X-Tenant-Id": tenant}
        return bearer(replace(call, headers=headers), token)

    return authorize


class Client:
    """Thin and stateless: builds the call, checks the outer shape of the answer."""

    def __init__(self, base_url: str, options: HttpOptions, tenant: str) -> None:
        """
        :param base_url: a simulator or gateway for both servers; "" = Magalu
        """
        self.base_url = (base_url or API_URL).rstrip("/")
        self._options = options
        self._identity = HttpClient(base_url or ID_URL, options, classify)
        self._api = HttpClient(
            self.base_url, options, classify, authorize=tenant_bearer(tenant)
        )

    # --- identity

    def token(self, form: Mapping[str, str]) -> Json:
        """``POST /oauth/token``; a lost answer may have used up the refresh token."""
        call = Call("POST", "/oauth/token", data=form, headers=_FORM, auth=False)
        return _object(call, self._identity.json(call))

    def tenants(self, access: str) -> list[Json]:
        """``GET /account/api/v2/whoami/tenants``: what the token may act for."""
        call = Call("GET", "/account/api/v2/whoami/tenants", auth=False)
        return _rows(call, self._identity.json(bearer(call, access)))

    # --- orders

    def search(self, low: datetime, high: datetime, offset: int) -> list[Json]:
        """``GET /seller/v1/orders``: one page of what changed in the window."""
        params = {"updated_at__gte": stamp(low), "updated_at__lte": stamp(high)}
        return self.page(
            "/seller/v1/orders", offset, {**params, "_sort": "purchased_at:asc"}
        )

    def order(self, code: str, since: datetime | None = None) -> Json | None:
        """``GET /seller/v1/orders/{code}``; None = unchanged since then (304)."""
        params = {"updated_at__ge": precise_stamp(since)} if since else {}
        call = Call("GET", ORDER, args={"id": code}, params=params, ref=code)
        try:
            return _object(call, self._api.json(call))
        except Unchanged:
            return None

    def delivery(self, delivery_id: str) -> Json:
        """``GET /seller/v1/deliveries/{id}`` with its notes and sales channel."""
        call = Call("GET", DELIVERY, args={"id": delivery_id}, ref=delivery_id)
        return _object(call, self._api.json(call))

    # --- anything with pages or a body

    def get(
        self, template: str, ref: str = "", params: Mapping[str, str] | None = None
    ) -> Json:
        """One object; ``{id}`` in the template is ``ref``."""
        call = Call("GET", template, args={"id": ref}, params=params or {}, ref=ref)
        return _object(call, self._api.json(call))

    def page(
        self,
        template: str,
        offset: int,
        params: Mapping[str, str],
        ref: str = "",
        limit: int = PAGE_LIMIT,
    ) -> list[Json]:
        """The ``results`` of one page (``_limit``, ``_offset``)."""
        query = {**params, "_limit": str(limit), "_offset": str(offset)}
        call = Call("GET", template, args={"id": ref}, params=query, ref=ref)
        payload = _object(call, self._api.json(call))
        return _rows(call, payload.get("results"))

    def write(self, method: str, template: str, ref: str, body: Json) -> str:
        """Send a body; the id of the trace or transaction that tells the outcome.

        "" when the answer names none: then the write is done (200, 201, 204).
        """
        call = Call(
            method,
            template,
            args={"id": ref},
            headers=_JSON,
            data=json.dumps(body).encode(),
            ref=ref,
        )
        return self._accepted(call)

    def upload(self, template: str, ref: str, data: bytes, content_type: str) -> str:
        """``POST`` of a form with a file; answers as ``write``."""
        headers = {"Content-Type": content_type}
        call = Call(
            "POST", template, args={"id": ref}, headers=headers, data=data, ref=ref
        )
        return self._accepted(call)

    def labels(self, body: Json) -> Answer:
        """``POST /seller/v1/logistics/shipping-labels``: a signed address, or a file.

        It makes a document and changes no delivery, so a lost answer is harmless.
        """
        call = Call(
            "POST",
            "/seller/v1/logistics/shipping-labels",
            headers={**_JSON, "Accept": "*/*"},
            data=json.dumps(body).encode(),
            write=False,
        )
        return self._api.send(call)

    def download(self, host: str, path: str, query: Mapping[str, str]) -> bytes:
        """A file at a signed address, without our token: the address authorises."""
        call = Call(
            "GET",
            path.replace("{", "{{").replace("}", "}}"),
            params=query,
            headers={"Accept": "*/*"},
            auth=False,
            operation="GET label",
        )
        return HttpClient(host, self._options).send(call).content

    def _accepted(self, call: Call) -> str:
        answer = self._api.send(call)
        if answer.status != 202:
            return ""
        payload = _object(call, decode(call, answer))
        return ident(payload.get("trace_id") or payload.get("transaction_id"))


def _object(call: Call, value: Any) -> Json:
    if not isinstance(value, dict):
        raise ContractDrift(f"{call.method} {call.template}: an object is expected")
    return value


def _rows(call: Call, value: Any) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ContractDrift(f"{call.method} {call.template}: a list is expected")
    return value
