"""Questions before the sale, messages after it, texts within a claim.

Source: API pages "perguntas e respostas" and "mensagens". A question is answered once;
a conversation may be closed (``blocked_by_…``), and a message has 350 characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Attachment,
    ChannelError,
    Cursor,
    Message,
    MessageKind,
    NotFound,
    Page,
    Rejected,
)
from odoo.addons.marketplace_connector.domain.each import each

from ..const import ANSWER_LIMIT, CLAIM_MESSAGE_LIMIT, MESSAGE_LIMIT, SEARCH_LIMIT
from .claims import ClaimMixin, offered
from .client_service import ServiceClient
from .errors import OPERATOR
from .values import Json, drift_guarded, ident, moment, sub, text

_LIMITS = {
    MessageKind.QUESTION: ANSWER_LIMIT,
    MessageKind.ORDER: MESSAGE_LIMIT,
    MessageKind.CLAIM: CLAIM_MESSAGE_LIMIT,
}
_UNANSWERED = "UNANSWERED"
_AUTHORS = {"complainant": "buyer", "respondent": "seller"}


class TalkMixin(ClaimMixin):
    """QUESTIONS and MESSAGES of the adapter."""

    _service: ServiceClient
    _seller: str

    def messages(self, kind: MessageKind, cursor: Cursor) -> Iterator[Page]:
        """Texts since the cursor: all questions, unread conversations, claims' texts.

        A conversation stays unread, so its texts come again at the next call.
        """
        if kind == MessageKind.QUESTION:
            return self._questions(cursor)
        if kind == MessageKind.ORDER:
            return self._unread(cursor)
        return self._claim_texts(cursor)

    def read_messages(
        self, kind: MessageKind, ids: Sequence[str]
    ) -> Iterator[Message | tuple[str, ChannelError]]:
        """By the event's id: a question, a message, or (CLAIM) all texts of a claim."""
        if kind == MessageKind.QUESTION:
            return each(ids, lambda ref: question(self._service.question(ref)))
        if kind == MessageKind.ORDER:
            return each(ids, self._message)
        return self._texts_of(ids)

    def reply(
        self,
        kind: MessageKind,
        thread: str,
        text: str,
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Answer; checked before the network: length, and files only to a pack.

        Read-back: none, a lost answer is OutcomeUnknown and the thread must be read.
        """
        if len(text) > _LIMITS[kind]:
            message = f"at most {_LIMITS[kind]} characters"
            raise Rejected("text_too_long", message, who=OPERATOR)
        if attachments and kind != MessageKind.ORDER:
            raise Rejected("attachments", "no files here", who=OPERATOR)
        if kind == MessageKind.ORDER:
            files = [self._service.upload(file) for file in attachments]
            return self._service.send_message(thread, self._seller, text, files)
        if kind == MessageKind.QUESTION:
            self._service.answer(thread, text)
        else:
            self._reply_in_claim(thread, text)
        return ""

    # --- inside

    def _reply_in_claim(self, claim_id: str, text: str) -> None:
        """To the buyer, or to the mediator once there is a dispute."""
        actions = offered(self._service.claim(claim_id))
        roles = ("complainant", "mediator")
        role = next((r for r in roles if f"send_message_to_{r}" in actions), "")
        if not role:
            raise Rejected("not_offered", "no message is offered", who=OPERATOR)
        self.claim_action(claim_id, f"send_message_to_{role}", {"message": text})

    def _questions(self, cursor: Cursor) -> Iterator[Page]:
        """The newest first, until they are older than the cursor.

        Only the last page tells where to go on: a broken walk starts again.
        """
        end, offset = Cursor(low=self._now()), 0
        while True:
            rows = self._service.questions(self._seller, offset)
            found = tuple(question(row) for row in rows)
            new = tuple(row for row in found if _is_new(row.at, cursor))
            last = len(rows) < SEARCH_LIMIT or len(new) < len(found)
            yield Page(new, end if last else None)
            if last:
                return
            offset += len(rows)

    def _unread(self, cursor: Cursor) -> Iterator[Page]:
        end = Cursor(low=self._now())
        for row in self._service.unread():
            pack_id = _pack_of(row)
            raw = self._service.conversation(pack_id, self._seller)
            found = self._of_pack(pack_id, raw, raw.get("messages") or [])
            yield Page(tuple(row for row in found if _is_new(row.at, cursor)))
        yield Page((), end)

    def _message(self, ref: str) -> Message:
        raw = self._service.message(ref)
        pack_id = _pack_id(raw)
        conversation = self._service.conversation(pack_id, self._seller)
        return self._of_pack(pack_id, conversation, [raw])[0]

    def _of_pack(
        self, pack_id: str, conversation: Json, rows: list[Json]
    ) -> list[Message]:
        order_id, blocked = self._order_of(pack_id), _blocked(conversation)
        return [message(row, pack_id, order_id, self._seller, blocked) for row in rows]

    def _order_of(self, pack_id: str) -> str:
        """A sale without a cart has its own id for a pack id."""
        try:
            return _first_order(self._service.pack(pack_id)) or pack_id
        except NotFound:
            return pack_id

    def _claim_texts(self, cursor: Cursor) -> Iterator[Page]:
        for rows, following in self._changed_claims(cursor):
            found: list[Message] = []
            for row in rows:
                claim_id = ident(row.get("id"))
                texts = claim_texts(claim_id, self._service.claim_messages(claim_id))
                found += [text for text in texts if _is_new(text.at, cursor)]
            yield Page(tuple(found), following)

    def _texts_of(
        self, ids: Sequence[str]
    ) -> Iterator[Message | tuple[str, ChannelError]]:
        for claim_id in ids:
            try:
                rows = self._service.claim_messages(claim_id)
                yield from claim_texts(claim_id, rows)
            except FATAL:
                raise
            except ChannelError as error:
                yield claim_id, error


@drift_guarded
def question(raw: Json) -> Message:
    """A question about a listing."""
    status = text(raw.get("status"))
    return Message(
        external_id=ident(raw["id"]),
        kind=MessageKind.QUESTION,
        thread=ident(raw["id"]),
        subject_id=ident(raw.get("item_id")),
        author="buyer",
        text=text(raw.get("text")),
        at=_required(moment(raw["date_created"])),
        state_raw=status,
        answered=bool(raw.get("answer")),
        blocked="" if status in (_UNANSWERED, "ANSWERED") else status.lower(),
    )


@drift_guarded
def message(
    raw: Json, pack_id: str, order_id: str, seller: str, blocked: str
) -> Message:
    """A text of a pack's conversation."""
    dates = raw.get("message_date") or {}
    ours = ident(sub(raw, "from", "user_id")) == seller
    files = raw.get("message_attachments") or ()
    return Message(
        external_id=ident(raw["id"]),
        kind=MessageKind.ORDER,
        thread=pack_id,
        subject_id=order_id,
        author="seller" if ours else "buyer",
        text=text(raw.get("text")),
        at=_required(moment(dates.get("received") or dates.get("created"))),
        state_raw=text(raw.get("status")),
        blocked=blocked,
        attachments=tuple(ident(file.get("filename")) for file in files),
    )


@drift_guarded
def claim_texts(claim_id: str, rows: list[Json]) -> list[Message]:
    """The texts of a claim; they have no id of their own."""
    return [
        Message(
            external_id=f"{claim_id}:{_digest(row)}",
            kind=MessageKind.CLAIM,
            thread=claim_id,
            subject_id=claim_id,
            author=_AUTHORS.get(text(row.get("sender_role")), "channel"),
            text=text(row.get("message")),
            at=_required(moment(row["date_created"])),
            state_raw=text(row.get("status")),
        )
        for row in rows
    ]


def _digest(row: Json) -> str:
    parts = (row.get("sender_role"), row.get("date_created"), row.get("message"))
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def _is_new(at: datetime, cursor: Cursor) -> bool:
    return cursor.low is None or at >= cursor.low


@drift_guarded
def _blocked(conversation: Json) -> str:
    state = conversation.get("conversation_status") or {}
    if state.get("status") != "blocked":
        return ""
    return text(state.get("substatus")) or "blocked"


@drift_guarded
def _pack_of(row: Json) -> str:
    """``/packs/{id}/sellers/{seller}``."""
    return str(row["resource"]).split("/")[2]


@drift_guarded
def _pack_id(raw: Json) -> str:
    rows = raw.get("message_resources") or ()
    for row in rows:
        if row.get("name") == "packs":
            return ident(row["id"])
    raise ValueError("a message without its pack")


@drift_guarded
def _first_order(pack: Json) -> str:
    rows = pack.get("orders") or ()
    return ident(rows[0].get("id")) if rows else ""


def _required(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a date is missing")
    return value
