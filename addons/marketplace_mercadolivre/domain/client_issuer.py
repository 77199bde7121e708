"""The calls about NF-e that Mercado Livre issues (API page "obtendo nota fiscal")."""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.http import Call, HttpClient

from .client import as_object
from .values import Json

_INVOICES = "/users/{user}/invoices"


class IssuerClient:
    """As ``client.Client``."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def of_order(self, seller: str, order_id: str) -> Json:
        """``GET /users/{id}/invoices/orders/{order}``.

        :raise NotFound: none was issued for this order
        """
        return self._object(f"{_INVOICES}/orders/{{id}}", seller, order_id)

    def invoice(self, seller: str, invoice_id: str) -> Json:
        """``GET /users/{id}/invoices/{invoice}``."""
        return self._object(f"{_INVOICES}/{{id}}", seller, invoice_id)

    def xml(self, seller: str, invoice_id: str) -> bytes:
        """``GET /users/{id}/invoices/documents/xml/{invoice}/authorized``."""
        path = f"{_INVOICES}/documents/xml/{{id}}/authorized"
        call = _reading(path, seller, invoice_id, {"Accept": "*/*"})
        return self._http.send(call).content

    def _object(self, path: str, seller: str, ref: str) -> Json:
        call = _reading(path, seller, ref, {})
        return as_object(call, self._http.json(call))


def _reading(path: str, seller: str, ref: str, headers: dict[str, str]) -> Call:
    return Call("GET", path, {"user": seller, "id": ref}, headers=headers, ref=ref)
