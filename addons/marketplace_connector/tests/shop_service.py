"""What the channel in memory knows of hubs, and of people who ask and complain."""

from dataclasses import replace

from ..domain.contract import (
    Action,
    Claim,
    Cursor,
    Feature,
    Message,
    MessageKind,
    NotFound,
    Page,
    Return,
    ReturnState,
)
from .shop import NOW, Shop, ShopAdapter, order_of, timedelta

SERVICE = frozenset(
    {Feature.QUESTIONS, Feature.MESSAGES, Feature.CLAIMS, Feature.RETURNS}
)


def hub_order(external_id, origin_id, **changes):
    """An order that a hub passes on; it was placed on the shop under ``origin_id``."""
    order = order_of(external_id, **changes)
    return replace(order, origin_channel="shop", origin_id=origin_id)


def question(external_id="Q1", **changes):
    """A buyer asks about the chair; one day to answer."""
    values = {
        "external_id": external_id,
        "kind": MessageKind.QUESTION,
        "thread": external_id,
        "subject_id": "MLB1",
        "author": "buyer",
        "text": "Serve para 120 kg?",
        "at": NOW,
        "answer_by": NOW + timedelta(days=1),
        "author_name": "Consumidora",
    }
    return Message(**values | changes)


def message(external_id="M1", **changes):
    """A buyer writes about order 9001."""
    values = {"kind": MessageKind.ORDER, "thread": "9001", "subject_id": "9001"}
    return question(external_id, **values | changes)


def claim(external_id="C1", **changes):
    """An open claim on order 9001 with one thing that must be done."""
    due = NOW + timedelta(days=2)
    values = {
        "external_id": external_id,
        "order_id": "9001",
        "kind": "mediation",
        "open": True,
        "state_raw": "opened",
        "reason": "PDD9939",
        "opened_at": NOW,
        "updated_at": NOW,
        "due": due,
        "actions": (Action("refund", True, due), Action("send_message")),
        "money_state": "retained",
    }
    return Claim(**values | changes)


def returned(external_id="R1", state=ReturnState.REQUESTED, **changes):
    """The chair of order 9001 comes back."""
    values = {
        "external_id": external_id,
        "order_id": "9001",
        "state": state,
        "state_raw": state.value,
        "updated_at": NOW,
    }
    return Return(**values | changes)


class ServiceShop(Shop):
    """A shop whose buyers talk; ``told`` holds what the channel knows, by kind."""

    def __init__(self):
        super().__init__()
        self.caps = replace(self.caps, features=SERVICE, text_limit=350)
        self.told = {"claims": {}, "returns": {}} | {kind: {} for kind in MessageKind}
        self.said = []
        self.acted = []
        self.answer_lost = None
        self.refused = None

    def tell(self, *records):
        for one in records:
            kind = {Claim: "claims", Return: "returns"}.get(type(one))
            self.told[kind or one.kind][one.external_id] = one

    def adapter(self, **params):
        return ServiceAdapter(self, **params)


class ServiceAdapter(ShopAdapter):
    """``domain.features.ServiceChannel`` on a ``ServiceShop``."""

    def _pages(self, name, cursor):
        self._call(name, cursor.value)
        yield Page(tuple(self.shop.told[name].values()), Cursor("next"))

    def _by_id(self, name, ids):
        for external_id in ids:
            self._call(f"read {name}", external_id)
            found = self.shop.told[name].get(external_id)
            yield found or (external_id, NotFound("unknown"))

    def messages(self, kind, cursor):
        return self._pages(kind, cursor)

    def read_messages(self, kind, ids):
        return self._by_id(kind, ids)

    def claims(self, cursor):
        return self._pages("claims", cursor)

    def read_claims(self, ids):
        return self._by_id("claims", ids)

    def returns(self, cursor):
        return self._pages("returns", cursor)

    def read_returns(self, ids):
        return self._by_id("returns", ids)

    def reply(self, kind, thread, text, attachments=()):
        self._call("reply", thread)
        if self.shop.refused:
            raise self.shop.refused
        self.shop.said.append((thread, text))
        number = f"S{len(self.shop.said)}"
        self.shop.tell(
            message(
                number,
                kind=kind,
                thread=thread,
                author="seller",
                text=text,
                at=NOW + timedelta(minutes=10),
            )
        )
        for known in list(self.shop.told[kind].values()):
            if known.thread == thread and known.author == "buyer":
                self.shop.tell(replace(known, answered=True))
        if self.shop.answer_lost:
            raise self.shop.answer_lost
        return number

    def claim_action(self, claim_id, action, args):
        self._act("claims", claim_id, action, args)

    def return_action(self, return_id, action, args):
        self._act("returns", return_id, action, args)

    def _act(self, name, external_id, action, args):
        self._call(name, external_id)
        if self.shop.refused:
            raise self.shop.refused
        self.shop.acted.append((external_id, action, args))
        record = self.shop.told[name][external_id]
        left = tuple(one for one in record.actions if one.code != action)
        self.shop.tell(replace(record, actions=left, updated_at=NOW))
        if self.shop.answer_lost:
            raise self.shop.answer_lost
