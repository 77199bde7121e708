"""Questions, messages, claims and returns: what buyers say and want back.

The buyer's side is done by the control plane (``ask``, ``claim``, ``give_back``); the
seller's by the API. Order and payment follow what a claim decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulators.common.channel.errors import ControlError
from simulators.common.clock import Clock

from .errors import not_found
from .lifecycle import Lifecycle
from .push import Announcer
from .records import Order, Seller
from .store import Store

_QUESTION_BASE, _CLAIM_BASE, _RETURN_BASE = 5_036_000_000, 5_256_000_000, 57_000_000
ACTIONS = ("send_message_to_complainant", "refund", "allow_return", "open_dispute")
RETURN_STATES = frozenset(
    "pending_cancel pending failed shipped pending_delivered return_to_buyer "
    "pending_expiration scheduled pending_failure label_generated cancelled "
    "not_delivered expired delivered".split()
)


@dataclass
class Question:
    """About a listing, before the sale."""

    id: int
    item_id: str
    buyer_id: int
    text: str
    created: datetime
    status: str = "UNANSWERED"
    answer: str | None = None
    answered: datetime | None = None


@dataclass
class Text:
    """One message of a conversation (pack or claim)."""

    id: str
    thread: str
    author_id: int
    text: str
    created: datetime
    role: str = ""
    attachments: list[str] = field(default_factory=list)
    read: bool = False


@dataclass
class Conversation:
    """Why a pack's conversation is closed (``blocked_by_…``), if it is."""

    pack_id: int
    blocked: str = ""


@dataclass
class Claim:
    """A complaint; ``actions`` are the seller's, ``due`` by action."""

    id: int
    order_id: int
    type: str
    stage: str
    status: str
    reason_id: str
    quantity: int
    created: datetime
    updated: datetime
    actions: list[str]
    due: datetime | None
    resolution: str | None = None
    closed_by: str | None = None


@dataclass
class Back:
    """A return: ``claim_id`` is how the API finds it."""

    id: int
    claim_id: int
    order_id: int
    status: str
    subtype: str
    money: str
    refund_at: str
    lines: list[tuple[str, int | None, int, int]]
    """(item, variation, total, returned) each."""
    triage: bool
    created: datetime
    updated: datetime
    condition: str | None = None
    missing: int = 0


class AfterSales:
    """Moves what buyers start; call inside a transaction."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        seller: Seller,
        announcer: Announcer,
        lifecycle: Lifecycle,
    ) -> None:
        self._store = store
        self._clock = clock
        self._seller = seller
        self._announcer = announcer
        self._lifecycle = lifecycle

    # -- questions and messages

    def ask(self, item_id: str, text: str, buyer_id: int) -> Question:
        """A buyer asks about a listing."""
        number = _QUESTION_BASE + self._store.next_number("question")
        question = Question(number, item_id, buyer_id, text, self._clock.now())
        self.save_question(question)
        self._announcer.question(number)
        return question

    def question(self, number: int) -> Question:
        """A question, or 404."""
        found = self._store.get("question", number, Question)
        if found is None:
            raise not_found("question", number)
        return found

    def questions(self) -> list[Question]:
        """All, oldest first."""
        return self._store.find("question", Question)

    def save_question(self, question: Question) -> None:
        """Keep a question."""
        moment = question.answered or question.created
        self._store.put("question", question.id, question, updated=moment)

    def say(
        self, thread: str, author_id: int, text: str, role: str = "", **extra: Any
    ) -> Text:
        """Somebody writes into the conversation of a pack or a claim."""
        number = self._store.next_number("text")
        said = Text(
            f"{number:032x}", thread, author_id, text, self._clock.now(), role, **extra
        )
        self.save_text(said)
        if thread.startswith("pack:"):
            self._announcer.message(said.id)
        return said

    def text(self, ref: str) -> Text:
        """A message, or 404."""
        found = self._store.get("text", ref, Text)
        if found is None:
            raise not_found("message", ref)
        return found

    def save_text(self, text: Text) -> None:
        """Keep a message."""
        self._store.put("text", text.id, text, updated=text.created, parent=text.thread)

    def texts(self, thread: str | None = None) -> list[Text]:
        """Messages of a conversation, or all."""
        return self._store.find("text", Text, parent=thread)

    def conversation(self, pack_id: int) -> Conversation:
        """State of a pack's conversation."""
        known = self._store.get("conversation", pack_id, Conversation)
        return known or Conversation(pack_id)

    def block(self, pack_id: int, reason: str) -> None:
        """Close a conversation (or open it again with "")."""
        self._store.put("conversation", pack_id, Conversation(pack_id, reason))

    # -- claims

    def claim(self, number: int) -> Claim:
        """A claim, or 404."""
        found = self._store.get("claim", number, Claim)
        if found is None:
            raise not_found("claim", number)
        return found

    def claims(
        self, first: datetime | None = None, last: datetime | None = None
    ) -> list[Claim]:
        """Claims by their last change."""
        return self._store.find("claim", Claim, first=first, last=last)

    def open_claim(self, order: Order, spec: dict[str, Any]) -> Claim:
        """A buyer complains: ``type, reason_id, quantity, actions, due_seconds``."""
        now = self._clock.now()
        due = spec.get("due_seconds", 172_800)
        claim = Claim(
            id=_CLAIM_BASE + self._store.next_number("claim"),
            order_id=order.id,
            type=spec.get("type", "mediations"),
            stage=spec.get("stage", "claim"),
            status="opened",
            reason_id=spec.get("reason_id", "PDD9549"),
            quantity=int(spec.get("quantity", 1)),
            created=now,
            updated=now,
            actions=list(spec.get("actions", ACTIONS)),
            due=None if due is None else now + timedelta(seconds=due),
        )
        self._store.put("claim", claim.id, claim, updated=now, parent=order.id)
        self.say(f"claim:{claim.id}", order.buyer_id, "Veio errado", "complainant")
        order.mediations.append(claim.id)
        self._lifecycle.touch(order)
        self._announcer.claim(claim.id)
        return claim

    def save_claim(self, claim: Claim) -> None:
        """Keep a change and announce it."""
        claim.updated = self._clock.now()
        ref, parent = claim.id, claim.order_id
        self._store.put("claim", ref, claim, updated=claim.updated, parent=parent)
        self._announcer.claim(claim.id, "claims_actions")

    def refund(self, claim: Claim, percentage: int = 100) -> None:
        """The seller gives money back: the claim closes."""
        order = self.order(claim.order_id)
        whole = order.payment.transaction_amount
        amount = (whole * percentage / 100).quantize(Decimal("0.01"))
        self._lifecycle.refund(order, amount)
        partial = percentage < 100
        claim.resolution = "partial_refunded" if partial else "payment_refunded"
        claim.closed_by, claim.status, claim.actions = "respondent", "closed", []
        self.save_claim(claim)

    def order(self, order_id: int) -> Order:
        """An order that must be there."""
        order = self._store.get_order(order_id)
        if order is None:
            raise ControlError(f"order {order_id} not found", 404)
        return order

    # -- returns

    def give_back(self, claim: Claim, spec: dict[str, Any]) -> Back:
        """Goods come back: ``subtype, status, quantity, refund_at, triage``."""
        order, now = self.order(claim.order_id), self._clock.now()
        subtype = spec.get("subtype", "return_total")
        quantity = spec.get("quantity")
        lines = [
            (
                line.item.item_id,
                line.item.variation_id,
                line.quantity,
                line.quantity if quantity is None else int(quantity),
            )
            for line in (order.lines if quantity is None else order.lines[:1])
        ]
        low_cost = subtype == "low_cost"
        back = Back(
            id=_RETURN_BASE + self._store.next_number("return"),
            claim_id=claim.id,
            order_id=order.id,
            status=spec.get("status", "label_generated"),
            subtype=subtype,
            money="refunded" if low_cost else "retained",
            refund_at=spec.get("refund_at", "n/a" if low_cost else "delivered"),
            lines=lines,
            triage=bool(spec.get("triage", False)),
            created=now,
            updated=now,
        )
        self._keep(back)
        self.save_claim(claim)
        return back

    def move_back(self, back: Back, spec: dict[str, Any]) -> None:
        """Carrier or triage: ``status, condition, missing, money``."""
        if spec.get("status", back.status) not in RETURN_STATES:
            raise ControlError(f"status must be one of {sorted(RETURN_STATES)}")
        for name in ("status", "condition", "missing", "money"):
            if name in spec:
                setattr(back, name, spec[name])
        claim = self.claim(back.claim_id)
        if back.status == "delivered" and not back.triage:
            claim.actions = ["return_review_ok", "return_review_fail"]
            claim.due = self._clock.now() + timedelta(days=3)
        self._keep(back)
        self.save_claim(claim)

    def back_of(self, claim_id: int) -> Back:
        """The return of a claim, or 404 (there is none)."""
        found = self._store.find("return", Back, parent=claim_id)
        if not found:
            raise not_found("return of claim", claim_id)
        return found[0]

    def has_back(self, claim_id: int) -> bool:
        """Whether goods come back for this claim."""
        return bool(self._store.find("return", Back, parent=claim_id))

    def back(self, number: int) -> Back:
        """A return by its own id, or 404."""
        found = self._store.get("return", number, Back)
        if found is None:
            raise not_found("return", number)
        return found

    def review(self, back: Back, failed: bool) -> None:
        """The seller looked at what came back."""
        back.condition = "unsaleable" if failed else "saleable"
        claim = self.claim(back.claim_id)
        claim.actions = []
        if not failed:
            back.money = "refunded"
            self.refund(claim)
        self._keep(back)
        self.save_claim(claim)

    def _keep(self, back: Back) -> None:
        back.updated = self._clock.now()
        ref, parent = back.id, back.claim_id
        self._store.put("return", ref, back, updated=back.updated, parent=parent)
