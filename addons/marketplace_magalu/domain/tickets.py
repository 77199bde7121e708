"""SAC: tickets of buyers (``/seller/v0/tickets``), their messages and returns.

Every write answers 202 with a transaction that tells the outcome. The words of status
and type are not documented completely: an unknown one stays visible as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from urllib3 import encode_multipart_formdata

from odoo.addons.marketplace_connector.domain.contract import (
    FATAL,
    Action,
    ActionArgs,
    Attachment,
    ChannelError,
    Claim,
    Cursor,
    Message,
    MessageKind,
    NotFound,
    Page,
    Rejected,
    Return,
    ReturnState,
)
from odoo.addons.marketplace_connector.domain.each import each

from ..const import MAX_ATTACHMENT, PAGE_LIMIT, POLL_OVERLAP
from .client import TICKET, Client
from .errors import BUG
from .polling import window
from .traces import TRANSACTION, Watcher
from .values import Json, drift_guarded, ident, moment, stamp, sub, text

TICKETS = "/seller/v0/tickets"
EVENTS = TICKET + "/events"
MESSAGES = TICKET + "/messages"
RETURNS = TICKET + "/returns"
UPLOAD = "/seller/v1/tickets/{id}/messages"

# What a seller may tell about a ticket, in the order of its life.
ACTIONS = ("product_sent", "return_info_sent", "product_received", "authorize_refund")
NEW_CODE = "create_return"
_CLOSED = frozenset({"closed", "finished", "resolved", "cancelled"})
_KINDS = {
    "cancellation": "cancel",
    "cancelamento": "cancel",
    "return": "return",
    "devolucao": "return",
    "exchange": "exchange",
    "troca": "exchange",
    "mediation": "mediation",
    "delivery": "service",
    "entrega": "service",
}
_RETURN_STATES = {
    "return_info_sent": ReturnState.APPROVED,
    "product_sent": ReturnState.IN_TRANSIT,
    "product_received": ReturnState.RECEIVED,
    "authorize_refund": ReturnState.REFUNDED,
}
_SELLER = "seller"


class Tickets:
    """The SAC of one account."""

    def __init__(
        self,
        client: Client,
        watcher: Watcher,
        tenant: str,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._watcher = watcher
        self._tenant = tenant
        self._now = now

    # --- claims

    def claims(self, cursor: Cursor) -> Iterator[Page]:
        """Tickets that changed."""
        return window(self._changed, claim, cursor, self._now())

    def read_claims(
        self, ids: Sequence[str]
    ) -> Iterator[Claim | tuple[str, ChannelError]]:
        """Tickets by id, with the returns that came of them."""
        return each(ids, lambda ref: claim(self._ticket(ref), self._codes(ref)))

    def act(self, ticket_id: str, action: str, args: ActionArgs) -> None:
        """Tell an event, or ask for a return code; done already is no error."""
        if action == NEW_CODE:
            if not self._codes(ticket_id):
                self._write(RETURNS, ticket_id, {})
            return
        if action not in ACTIONS:
            raise Rejected("unknown_action", f"no action {action}", who=BUG)
        if action in self._told(ticket_id):
            return
        self._write(EVENTS, ticket_id, {"type": action, **args})

    # --- messages

    def messages(self, cursor: Cursor) -> Iterator[Page]:
        """Messages of the tickets that changed."""
        since = cursor.low and cursor.low - POLL_OVERLAP
        for page in window(self._changed, claim, cursor, self._now()):
            found = [
                message
                for ticket in page.items
                for message in self._messages(ticket.external_id)
                if since is None or message.at >= since
            ]
            yield Page(tuple(found), page.next)

    def read_messages(
        self, ids: Sequence[str]
    ) -> Iterator[Message | tuple[str, ChannelError]]:
        """By ``ticket:message``, or all of a ticket by its id alone."""
        for ref in ids:
            ticket, _colon, wanted = ref.partition(":")
            try:
                found = self._messages(ticket)
                yield from (m for m in found if not wanted or m.external_id == ref)
            except FATAL:
                raise
            except ChannelError as error:
                yield ref, error

    def reply(
        self, ticket_id: str, content: str, attachments: Sequence[Attachment]
    ) -> str:
        """Write to the buyer; Magalu tells no id of the text."""
        if len(attachments) > 1:
            raise Rejected("one_attachment", "a message takes one file")
        if attachments:
            ref = self._upload(ticket_id, content, attachments[0])
            self._watcher.check(TRANSACTION, ref)
            return ""
        owner = {"code": self._tenant, "name": _SELLER}
        body = {"message": content, "destination": "customer", "owner": owner}
        self._write(MESSAGES, ticket_id, body)
        return ""

    # --- returns

    def returns(self, cursor: Cursor) -> Iterator[Page]:
        """Returns of the tickets that changed."""
        for page in window(self._changed, claim, cursor, self._now()):
            found = [
                entry
                for ticket in page.items
                for entry in self._returns(ticket.external_id)
            ]
            yield Page(tuple(found), page.next)

    def read_returns(
        self, ids: Sequence[str]
    ) -> Iterator[Return | tuple[str, ChannelError]]:
        """By ``ticket:return``."""
        return each(ids, self._return)

    # --- inside

    def _return(self, ref: str) -> Return:
        for entry in self._returns(ref.partition(":")[0]):
            if entry.external_id == ref:
                return entry
        raise NotFound("the ticket has no such return")

    def _returns(self, ticket_id: str) -> list[Return]:
        codes = self._codes(ticket_id)
        if not codes:
            return []
        ticket, told = self._ticket(ticket_id), self._told(ticket_id)
        return [returned(ticket, code, told) for code in codes]

    def _messages(self, ticket_id: str) -> list[Message]:
        return [message(ticket_id, row) for row in self._all(MESSAGES, ticket_id)]

    def _changed(self, low: datetime, high: datetime, offset: int) -> list[Json]:
        params = {"updated_at_gte": stamp(low), "updated_at_lte": stamp(high)}
        return self._client.page(TICKETS, offset, {**params, "_sort": "updated_at:asc"})

    def _ticket(self, ref: str) -> Json:
        return self._client.get(TICKET, ref)

    def _codes(self, ticket_id: str) -> list[Json]:
        return self._all(RETURNS, ticket_id)

    def _told(self, ticket_id: str) -> set[str]:
        """Events that the ticket has already."""
        return {text(row.get("type")) for row in self._all(EVENTS, ticket_id)}

    def _all(self, template: str, ticket_id: str) -> list[Json]:
        found: list[Json] = []
        while True:
            page = self._client.page(template, len(found), {}, ref=ticket_id)
            found += page
            if len(page) < PAGE_LIMIT:
                return found

    def _write(self, template: str, ticket_id: str, body: Json) -> None:
        ref = self._client.write("POST", template, ticket_id, body)
        self._watcher.check(TRANSACTION, ref)

    def _upload(self, ticket_id: str, content: str, file: Attachment) -> str:
        if len(file.content) > MAX_ATTACHMENT:
            raise Rejected("attachment_too_large", "a file has at most 25 MB")
        fields = {
            "message": content,
            "destination": "customer",
            "owner_code": self._tenant,
            "owner_name": _SELLER,
            "file": (file.name, file.content, file.mime),
        }
        data, content_type = encode_multipart_formdata(fields)
        return self._client.upload(UPLOAD, ticket_id, data, content_type)


@drift_guarded
def claim(raw: Json, codes: Sequence[Json] = ()) -> Claim:
    """One ticket."""
    status, due = text(raw["status"]), moment(raw.get("due_date"))
    is_open = status.lower() not in _CLOSED
    ref = ident(raw["id"])
    return Claim(
        external_id=ref,
        order_id=_order_code(raw),
        kind=_KINDS.get(text(raw.get("type")).lower(), "other"),
        open=is_open,
        state_raw=status,
        reason=text(raw.get("reason")),
        stage=text(raw.get("type")),
        opened_at=moment(raw.get("created_at")),
        updated_at=moment(raw.get("updated_at")),
        due=due if is_open else None,
        actions=_actions(is_open, due, has_code=bool(codes)),
        return_ids=tuple(f"{ref}:{ident(code['id'])}" for code in codes),
    )


@drift_guarded
def message(ticket_id: str, raw: Json) -> Message:
    """One message; whom it goes to tells who wrote it."""
    at = moment(raw["created_at"])
    if at is None:
        raise ValueError("a date is expected")
    return Message(
        external_id=f"{ticket_id}:{ident(raw['id'])}",
        kind=MessageKind.CLAIM,
        thread=ticket_id,
        subject_id=ticket_id,
        author=_author(raw),
        text=text(raw.get("message") or raw.get("content")),
        at=at,
        author_name=text(sub(raw, "owner", "name")),
        attachments=tuple(
            ident(row.get("url") or row.get("id"))
            for row in raw.get("attachments") or ()
        ),
    )


@drift_guarded
def returned(ticket: Json, code: Json, told: set[str]) -> Return:
    """One return code of a ticket; how far it is, the ticket's events tell."""
    ref = ident(ticket["id"])
    reached = [event for event in ACTIONS if event in told]
    state = _RETURN_STATES[reached[-1]] if reached else ReturnState.REQUESTED
    is_open = text(ticket["status"]).lower() not in _CLOSED
    due = moment(ticket.get("due_date"))
    return Return(
        external_id=f"{ref}:{ident(code['id'])}",
        order_id=_order_code(ticket),
        state=state if is_open else ReturnState.CLOSED,
        state_raw=reached[-1] if reached else text(ticket["status"]),
        claim_id=ref,
        actions=_actions(is_open, due, has_code=True),
        answer_by=due if is_open else None,
        reason=text(ticket.get("reason")),
        updated_at=moment(ticket.get("updated_at")),
    )


def _actions(
    is_open: bool, due: datetime | None, *, has_code: bool
) -> tuple[Action, ...]:
    """What may be told about an open ticket; a return code is given once."""
    codes = ACTIONS if has_code else (*ACTIONS, NEW_CODE)
    return tuple(Action(code, due=due) for code in codes) if is_open else ()


@drift_guarded
def _order_code(raw: Json) -> str:
    return ident(sub(raw, "order", "code"))


def _author(raw: Json) -> str:
    if text(raw.get("destination")) != _SELLER:
        return _SELLER
    is_channel = text(sub(raw, "owner", "code")) in ("channel", "magalu")
    return "channel" if is_channel else "buyer"
