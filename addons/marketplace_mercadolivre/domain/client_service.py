"""The calls about questions, messages, claims, returns and the seller's feedback.

API pages "perguntas e respostas", "mensagens", "gerenciar reclamações", "gerenciar
devoluções", "feedback de uma venda".
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from odoo.addons.marketplace_connector.domain.contract import Attachment
from odoo.addons.marketplace_connector.domain.http import Call, HttpClient

from ..const import CLAIM_PAGE, MESSAGE_AGENT, SEARCH_LIMIT, SITE
from .client import as_object, as_rows, reading, writing
from .values import Json, ident

_CLAIM = "/post-purchase/v1/claims/{id}"
_PACK = "/messages/packs/{id}/sellers/{seller}"
_POST_SALE = {"tag": "post_sale"}


class ServiceClient:
    """Thin and stateless, as ``client.Client``."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    # --- the sale

    def post_feedback(self, order_id: str, reason: str, message: str) -> None:
        """``POST /orders/{id}/feedback``: not fulfilled, which cancels the sale."""
        body = {
            "fulfilled": False,
            "rating": "neutral",
            "reason": reason,
            "message": message,
            # Our own stock decides what is offered next.
            "restock_item": False,
        }
        call = writing("POST", "/orders/{id}/feedback", {"id": order_id}, body)
        self._http.send(call)

    # --- questions

    def question(self, question_id: str) -> Json:
        """``GET /questions/{id}``."""
        params = {"api_version": "4"}
        call = Call("GET", "/questions/{id}", args={"id": question_id}, params=params)
        return as_object(call, self._http.json(call))

    def questions(self, seller: str, offset: int) -> list[Json]:
        """``GET /questions/search``: one page, the newest first."""
        params = {
            "seller_id": seller,
            "api_version": "4",
            "sort_fields": "date_created",
            "sort_types": "DESC",
            "offset": str(offset),
            "limit": str(SEARCH_LIMIT),
        }
        call = Call("GET", "/questions/search", params=params)
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("questions"))

    def answer(self, question_id: str, text: str) -> None:
        """``POST /answers``: possible once."""
        body = {"question_id": int(question_id), "text": text}
        self._http.send(writing("POST", "/answers", {}, body))

    # --- messages

    def unread(self) -> list[Json]:
        """``GET /messages/unread``: the packs with unread messages."""
        params = {"role": "seller", **_POST_SALE}
        call = Call("GET", "/messages/unread", params=params)
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("results"))

    def message(self, message_id: str) -> Json:
        """``GET /messages/{id}``."""
        call = Call("GET", "/messages/{id}", args={"id": message_id}, params=_POST_SALE)
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("messages"))[0]

    def conversation(self, pack_id: str, seller: str) -> Json:
        """A pack's messages, the newest first; nothing is marked as read."""
        params = {**_POST_SALE, "mark_as_read": "false", "limit": str(SEARCH_LIMIT)}
        args = {"id": pack_id, "seller": seller}
        call = Call("GET", _PACK, args=args, params=params, ref=pack_id)
        return as_object(call, self._http.json(call))

    def send_message(
        self, pack_id: str, seller: str, text: str, attachments: list[str]
    ) -> str:
        """Write to the buyer through ML's agent; the message's id."""
        body: dict[str, Any] = {
            "from": {"user_id": int(seller)},
            "to": {"user_id": MESSAGE_AGENT},
            "text": text,
        }
        if attachments:
            body["attachments"] = attachments
        args = {"id": pack_id, "seller": seller}
        call = writing("POST", _PACK, args, body, params=_POST_SALE)
        return ident(as_object(call, self._http.json(call)).get("id"))

    def upload(self, file: Attachment) -> str:
        """``POST /messages/attachments``; nobody sees it before it is sent."""
        data, mime = encode_multipart_formdata(
            {"file": (file.name, file.content, file.mime)}
        )
        call = Call(
            "POST",
            "/messages/attachments",
            params={**_POST_SALE, "site_id": SITE},
            headers={"Content-Type": mime},
            data=data,
            write=False,
        )
        return ident(as_object(call, self._http.json(call)).get("id"))

    def pack(self, pack_id: str) -> Json:
        """``GET /packs/{id}``."""
        call = reading("/packs/{id}", pack_id)
        return as_object(call, self._http.json(call))

    # --- claims and returns

    def claim(self, claim_id: str) -> Json:
        """``GET /post-purchase/v1/claims/{id}``."""
        call = reading(_CLAIM, claim_id)
        return as_object(call, self._http.json(call))

    def claims(self, seller: str, low: datetime, offset: int) -> list[Json]:
        """``GET …/claims/search``: one page, the oldest change first."""
        params = {
            "players.role": "respondent",
            "players.user_id": seller,
            "range": f"last_updated:after:{_stamp(low)}",
            "sort": "last_updated:asc",
            "offset": str(offset),
            "limit": str(CLAIM_PAGE),
        }
        call = Call("GET", "/post-purchase/v1/claims/search", params=params)
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("data"))

    def claim_messages(self, claim_id: str) -> list[Json]:
        """``GET …/claims/{id}/messages``."""
        call = reading(f"{_CLAIM}/messages", claim_id)
        return as_rows(call, self._http.json(call))

    def post_claim(self, claim_id: str, path: str, body: Json) -> None:
        """``POST …/claims/{id}/{path}``: one of the offered actions."""
        self._http.send(writing("POST", f"{_CLAIM}/{path}", {"id": claim_id}, body))

    def returned(self, claim_id: str) -> Json:
        """``GET /post-purchase/v2/claims/{id}/returns``.

        :raise NotFound: nothing comes back
        """
        call = reading("/post-purchase/v2/claims/{id}/returns", claim_id)
        return as_object(call, self._http.json(call))

    def reviews(self, return_id: str) -> list[Json]:
        """``GET /post-purchase/v1/returns/{id}/reviews``."""
        call = reading("/post-purchase/v1/returns/{id}/reviews", return_id)
        payload = as_object(call, self._http.json(call))
        return as_rows(call, payload.get("reviews"))

    def post_review(self, return_id: str, body: Any) -> None:
        """``POST …/returns/{id}/return-review``: {} = fine, a list = what is wrong."""
        template = "/post-purchase/v1/returns/{id}/return-review"
        self._http.send(writing("POST", template, {"id": return_id}, body))


def _stamp(moment: datetime) -> str:
    """The search refuses a date without milliseconds."""
    utc = moment.astimezone(timezone.utc)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
