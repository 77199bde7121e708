"""A lost answer is looked for before it is said again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Action,
    Claim,
    Message,
    MessageKind,
    NotFound,
    Page,
)
from odoo.addons.marketplace_connector.rules.said import is_done

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OURS = Message(
    "S1", MessageKind.ORDER, "P1", "9001", "seller", "Sim,  até\n130 kg.", NOW
)


def intent(**changes):
    values = {
        "operation": "reply",
        "kind": "order",
        "thread": "P1",
        "subject": "M1",
        "action": "",
        "text": "Sim, até 130 kg.",
        "since": NOW,
    }
    return SimpleNamespace(**values | changes)


class Channel:
    """Answers what it was given; remembers where it was asked to begin."""

    def __init__(self, *records):
        self.records = records

    def messages(self, kind, cursor):
        self.low = cursor.low
        yield Page(self.records)

    def read_messages(self, kind, ids):
        yield from self.records

    read_claims = read_returns = lambda self, ids: iter(self.records)


@pytest.mark.parametrize(
    ("changes", "done"),
    [
        ({}, True),
        # Clocks differ by a little, not by an hour.
        ({"at": NOW - timedelta(minutes=4)}, True),
        ({"at": NOW - timedelta(hours=1)}, False),
        ({"author": "buyer"}, False),
        ({"thread": "P2"}, False),
        ({"text": "Sim."}, False),
    ],
)
def test_our_words_in_the_thread(changes, done):
    channel = Channel(replace(OURS, **changes))
    assert is_done(channel, intent()) is done
    assert channel.low < NOW


@pytest.mark.parametrize("answered", [True, False])
def test_question_knows_whether_it_was_answered(answered):
    asked = replace(OURS, kind=MessageKind.QUESTION, answered=answered)
    assert is_done(Channel(asked), intent(kind="question")) is answered


@pytest.mark.parametrize("operation", ["claim_action", "return_action"])
@pytest.mark.parametrize(("left", "done"), [("refund", False), ("other", True)])
def test_action_that_is_not_offered_any_more_was_done(operation, left, done):
    claim = Claim("C1", "9001", "return", True, "opened", actions=(Action(left),))
    wanted = intent(operation=operation, action="refund", subject="C1")
    assert is_done(Channel(claim), wanted) is done


def test_nobody_knows_while_the_channel_does_not_answer():
    failed = ("C1", NotFound("unknown"))
    with pytest.raises(NotFound):
        is_done(Channel(failed), intent(operation="claim_action", action="refund"))
    with pytest.raises(NotFound):
        is_done(Channel(failed), intent(kind="question"))
