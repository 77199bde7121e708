"""What buyers ask and claim: questions, messages, claims and returns.

Texts are the channel's own; other addons decide what to do about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .records import Parcel
from .states import ReturnState


class MessageKind(StrEnum):
    """Where a text belongs."""

    QUESTION = "question"  # about an offer, before the sale
    ORDER = "order"  # about an order
    CLAIM = "claim"  # within a claim


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a reply; ``mime`` is its media type."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One text of a thread.

    ``thread`` names what a reply is sent to, as ``ServiceChannel.reply`` wants it.
    ``author``: buyer, seller or channel. ``subject_id``: the item of a question, the
    order of a message, the claim of a claim's message. ``answer_by``: the channel's
    deadline. ``blocked``: why no reply is possible ("" = it is).
    """

    external_id: str
    kind: MessageKind
    thread: str
    subject_id: str
    author: str
    text: str = field(repr=False)
    at: datetime
    state_raw: str = ""
    answered: bool = False
    answer_by: datetime | None = None
    blocked: str = ""
    author_name: str = field(default="", repr=False)
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What the seller may do, until when. ``code``: the channel's own name of it."""

    code: str
    mandatory: bool = False
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A complaint. ``kind``: mediation, return, cancel, exchange, service or other.

    ``due``: the earliest deadline of the seller's actions. ``return_ids``: returns that
    came of it. ``money_state``: retained, refunded, available or "" if unknown.
    """

    external_id: str
    order_id: str
    kind: str
    open: bool
    state_raw: str
    reason: str = ""
    stage: str = ""
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    due: datetime | None = None
    actions: tuple[Action, ...] = ()
    return_ids: tuple[str, ...] = ()
    resolution: str = ""
    money_state: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """``key`` as ``Line.key`` of the order."""

    key: str
    qty: Decimal


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that come back, or money that goes back without them.

    ``needs_goods`` False: the buyer keeps them. ``lines`` empty = the whole order.
    ``refund_at``: shipped, delivered or "" = what makes the channel pay back.
    ``review``: saleable, unsaleable, discard, missing or "" = the channel's triage.
    """

    external_id: str
    order_id: str
    state: ReturnState
    state_raw: str
    claim_id: str = ""
    money_state: str = ""
    lines: tuple[ReturnedLine, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    refund_at: str = ""
    refund_amount: Decimal | None = None
    answer_by: datetime | None = None
    actions: tuple[Action, ...] = ()
    reason: str = ""
    needs_goods: bool = True
    review: str = ""
    updated_at: datetime | None = None


ActionArgs = dict[str, Any]
"""Arguments of an action, by the names that the channel's API documents."""
