"""The calls about listings, stock and price.

API pages "itens e buscas", "sincronização de publicações", "estoque multi origem".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from odoo.addons.marketplace_connector.domain.http import Call, HttpClient, decode

from .client import as_object, as_rows, reading, writing
from .values import Json, ident


class OfferClient:
    """Thin and stateless, as ``client.Client``."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def tags(self) -> set[str]:
        """``GET /users/me``: what the account may do."""
        call = Call("GET", "/users/me")
        return set(as_object(call, self._http.json(call)).get("tags") or ())

    def item_ids(self, seller: str, scroll: str) -> tuple[list[str], str]:
        """One step of the scan over all listings, and where the next one starts.

        Without a scan the search ends at 1,000 listings.
        """
        params = {"search_type": "scan", "limit": "100"}
        if scroll:
            params["scroll_id"] = scroll
        call = Call(
            "GET", "/users/{id}/items/search", args={"id": seller}, params=params
        )
        payload = as_object(call, self._http.json(call))
        ids = [ident(value) for value in payload.get("results") or ()]
        return ids, ident(payload.get("scroll_id"))

    def items(self, ids: Sequence[str]) -> list[Json]:
        """``GET /items?ids=``: ``[{code, body}]``, at most 20, with all SKU."""
        params = {"ids": ",".join(ids), "include_attributes": "all"}
        call = Call("GET", "/items", params=params)
        return as_rows(call, self._http.json(call))

    def put_item(self, item_id: str, body: Json) -> Json:
        """``PUT /items/{id}``; the listing as it is afterwards.

        Absolute values: sending them again is harmless.
        """
        call = writing("PUT", "/items/{id}", {"id": item_id}, body)
        return as_object(call, self._http.json(call))

    def stock(self, user_product: str) -> tuple[list[Json], str]:
        """``GET /user-products/{id}/stock``: locations and their version."""
        call = reading("/user-products/{id}/stock", user_product)
        answer = self._http.send(call)
        payload = as_object(call, decode(call, answer))
        rows = as_rows(call, payload.get("locations"))
        return rows, answer.headers.get("x-version", "")

    def put_stock(self, user_product: str, version: str, row: dict[str, Any]) -> str:
        """Set the quantity of one warehouse; the new version.

        :raise Conflict: the version is not the current one
        """
        call = writing(
            "PUT",
            "/user-products/{id}/stock/type/seller_warehouse",
            {"id": user_product},
            {"locations": [row]},
            headers={"x-version": version},
        )
        return self._http.send(call).headers.get("x-version", "")
