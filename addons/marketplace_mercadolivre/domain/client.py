"""The calls of the Mercado Livre API that we use, one method each.

Answers are the raw JSON; ``mapping`` gives them a meaning. Paths and headers follow
the API pages "gerenciamento de vendas", "gerenciamento de envios", "faturamento",
"importar nota fiscal", "receba notificações" and "autenticação".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from odoo.addons.marketplace_connector.domain.contract import ContractDrift, NotYet
from odoo.addons.marketplace_connector.domain.http import (
    Answer,
    Call,
    HttpClient,
    decode,
)

from ..const import SEARCH_LIMIT, SITE
from .values import Json


class Client:
    """Thin and stateless: builds the call, checks the outer shape of the answer."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def token(self, form: Mapping[str, str]) -> Json:
        """``POST /oauth/token``; a lost answer may have used up the refresh token."""
        call = Call("POST", "/oauth/token", data=form, auth=False)
        return as_object(call, self._http.json(call))

    def order(self, order_id: str) -> tuple[Json, bool]:
        """``GET /orders/{id}`` and whether parts are missing (206).

        :raise NotYet: 204, the order is still on its way through their systems
        """
        call = reading("/orders/{id}", order_id)
        answer = self.present(call)
        return as_object(call, decode(call, answer)), answer.status == 206

    def search(
        self, seller: str, low: datetime, high: datetime, offset: int
    ) -> list[Json]:
        """``GET /orders/search``: one page. Cancelled orders are hidden."""
        call = Call(
            "GET",
            "/orders/search",
            params={
                "seller": seller,
                "order.date_last_updated.from": _stamp(low),
                "order.date_last_updated.to": _stamp(high),
                "sort": "date_asc",
                "offset": str(offset),
                "limit": str(SEARCH_LIMIT),
            },
        )
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("results"))

    def order_shipments(self, order_id: str) -> list[Json]:
        """``GET /orders/{id}/shipments``: ``[{id, type}]``; the header asks for the
        array form, the only one since September 2026.

        :raise NotYet: 204 while it propagates
        """
        call = reading("/orders/{id}/shipments", order_id, {"X-New-Domain": "true"})
        return as_rows(call, decode(call, self.present(call)))

    def shipment(self, shipment_id: str) -> Json:
        """``GET /shipments/{id}`` in the new format.

        :raise NotYet: 204 while it propagates
        """
        call = reading("/shipments/{id}", shipment_id, {"x-format-new": "true"})
        return as_object(call, decode(call, self.present(call)))

    def shipment_orders(self, shipment_id: str) -> list[Json]:
        """``GET /shipments/{id}/orders``: rows of other sellers may be among them."""
        call = reading("/shipments/{id}/orders", shipment_id)
        return as_rows(call, decode(call, self.present(call)))

    def sla(self, shipment_id: str) -> Json:
        """``GET /shipments/{id}/sla``: the seller's deadline."""
        call = reading("/shipments/{id}/sla", shipment_id)
        return as_object(call, decode(call, self.present(call)))

    def billing(self, billing_ref: str) -> Json:
        """``GET /orders/billing-info/MLB/{id}``: who the NF-e is for."""
        call = Call(
            "GET",
            "/orders/billing-info/{site}/{id}",
            args={"site": SITE, "id": billing_ref},
        )
        return as_object(call, decode(call, self.present(call)))

    def missed_feeds(self, app_id: str) -> list[Json]:
        """``GET /missed_feeds``: events of two days whose eight tries failed."""
        call = Call("GET", "/missed_feeds", params={"app_id": app_id})
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("messages"))

    def post_invoice(self, shipment_id: str, xml: bytes) -> Json:
        """``POST /shipments/{id}/invoice_data/``: the ``nfeProc``, byte for byte."""
        call = Call(
            "POST",
            "/shipments/{id}/invoice_data/",
            args={"id": shipment_id},
            params={"siteId": SITE},
            headers={"Content-Type": "application/xml"},
            data=xml,
            ref=shipment_id,
        )
        return as_object(call, self._http.json(call))

    def invoice(self, shipment_id: str) -> Json:
        """``GET /shipments/{id}/invoice_data/``.

        :raise NotFound: the shipment holds no NF-e
        """
        call = Call(
            "GET",
            "/shipments/{id}/invoice_data/",
            args={"id": shipment_id},
            params={"siteId": SITE},
            ref=shipment_id,
        )
        return as_object(call, decode(call, self.present(call)))

    def labels(self, shipment_ids: Sequence[str], fmt: str) -> Answer:
        """``GET /shipment_labels``: all or nothing; moves them to ``printed``.

        Reading twice gives the same label, so a lost answer is harmless.
        """
        call = Call(
            "GET",
            "/shipment_labels",
            params={"shipment_ids": ",".join(shipment_ids), "response_type": fmt},
            headers={"Accept": "*/*"},
        )
        return self._http.send(call)

    def present(self, call: Call) -> Answer:
        """The answer of a reading.

        :raise NotYet: 204 while it propagates
        """
        answer = self._http.send(call)
        if answer.status == 204:
            raise NotYet(f"GET {call.template}: not there yet", code="not_propagated")
        return answer


def reading(template: str, ref: str, headers: Mapping[str, str] | None = None) -> Call:
    """``GET`` of one thing by its id."""
    return Call("GET", template, args={"id": ref}, headers=headers or {}, ref=ref)


def writing(
    method: str,
    template: str,
    args: Mapping[str, str],
    body: Any,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Call:
    """A call with a JSON body; amounts are ``Decimal`` of at most two places."""
    return Call(
        method,
        template,
        args=args,
        params=params or {},
        headers={"Content-Type": "application/json", **(headers or {})},
        data=json.dumps(body, default=float).encode(),
        ref=next(iter(args.values()), ""),
    )


def as_object(call: Call, value: Any) -> Json:
    """The object that an answer must be.

    :raise ContractDrift: it is something else
    """
    if not isinstance(value, dict):
        raise ContractDrift(f"{call.method} {call.template}: an object is expected")
    return value


def as_rows(call: Call, value: Any) -> list[Json]:
    """The list of objects that an answer must be.

    :raise ContractDrift: it is something else
    """
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ContractDrift(f"{call.method} {call.template}: a list is expected")
    return value


def _stamp(moment: datetime) -> str:
    utc = moment.astimezone(timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")
