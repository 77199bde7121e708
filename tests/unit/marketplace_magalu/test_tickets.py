"""SAC: tickets with deadlines, messages both ways, returns; nothing told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Attachment,
    Cursor,
    Message,
    MessageKind,
    OutcomeUnknown,
    Rejected,
    ReturnState,
)

CLAIM = MessageKind.CLAIM


@pytest.fixture
def open_ticket(sim):
    def make(kind="delivery", message="Onde está o meu pedido?"):
        return sim.engine.open_ticket(sim.place()["order_id"], kind, message)

    return make


def claim_of(adapter, ticket):
    (claim,) = adapter.read_claims([ticket.id])
    return claim


def messages_of(adapter, ticket):
    return list(adapter.read_messages(CLAIM, [ticket.id]))


def test_ticket_with_its_deadline(adapter, open_ticket):
    ticket = open_ticket("return")
    claim = claim_of(adapter, ticket)
    assert (claim.kind, claim.open) == ("return", True)
    assert claim.order_id == ticket.order_code
    assert claim.due == ticket.due_date.replace(
        microsecond=ticket.due_date.microsecond // 1000 * 1000
    )
    assert {action.due for action in claim.actions} == {claim.due}
    assert "create_return" in {action.code for action in claim.actions}


def test_unknown_type_stays_visible(adapter, open_ticket):
    claim = claim_of(adapter, open_ticket("brand_new"))
    assert (claim.kind, claim.stage) == ("other", "brand_new")


def test_event_is_told_once(adapter, sim, open_ticket):
    ticket = open_ticket("return")
    for _ in range(2):
        adapter.claim_action(ticket.id, "product_received", {})
    assert sim.requests("POST", "/events") == 1


def test_closed_ticket_offers_nothing(adapter, open_ticket):
    ticket = open_ticket("return")
    adapter.claim_action(ticket.id, "authorize_refund", {})
    claim = claim_of(adapter, ticket)
    assert (claim.open, claim.actions, claim.due) == (False, (), None)
    with pytest.raises(Rejected) as caught:
        adapter.reply(CLAIM, ticket.id, "Tarde demais")
    assert caught.value.code == "ticket_closed"


def test_answer_that_is_still_under_way(adapter, sim, open_ticket):
    sim.engine.configure("trace_seconds", 60)
    with pytest.raises(OutcomeUnknown):
        adapter.reply(CLAIM, open_ticket().id, "Bom dia")


def test_who_wrote_what(adapter, open_ticket):
    ticket = open_ticket()
    assert adapter.reply(CLAIM, ticket.id, "Está a caminho.") == ""
    first, second = messages_of(adapter, ticket)
    assert (first.author, second.author) == ("buyer", "seller")
    assert second.text == "Está a caminho."
    assert first.external_id.startswith(f"{ticket.id}:")


def test_file_goes_along(adapter, open_ticket):
    ticket = open_ticket()
    file = Attachment("nota.pdf", "application/pdf", b"%PDF-1.4")
    adapter.reply(CLAIM, ticket.id, "Segue a nota", [file])
    assert messages_of(adapter, ticket)[-1].attachments == ("nota.pdf",)
    with pytest.raises(Rejected):
        adapter.reply(CLAIM, ticket.id, "Duas", [file, file])


def test_large_file_is_refused_before_the_network(adapter, sim, open_ticket):
    file = Attachment("a.pdf", "application/pdf", b"x" * 25_000_001)
    with pytest.raises(Rejected) as caught:
        adapter.reply(CLAIM, open_ticket().id, "Grande", [file])
    assert caught.value.code == "attachment_too_large"
    assert sim.requests("POST", "/seller/v1/tickets") == 0


def test_one_message_by_its_id(adapter, open_ticket):
    ticket = open_ticket()
    adapter.reply(CLAIM, ticket.id, "Bom dia")
    wanted = messages_of(adapter, ticket)[0].external_id
    (found,) = adapter.read_messages(CLAIM, [wanted])
    assert found.external_id == wanted


def test_messages_since(adapter, sim, open_ticket):
    ticket = open_ticket()
    sim.clock.advance(timedelta(minutes=30))
    since = Cursor(low=sim.clock.now())
    assert [m for p in adapter.messages(CLAIM, since) for m in p.items] == []
    adapter.reply(CLAIM, ticket.id, "Bom dia")
    found = [m for p in adapter.messages(CLAIM, since) for m in p.items]
    assert [m.author for m in found] == ["seller"]


def test_texts_that_are_not_read(adapter, sim):
    assert list(adapter.messages(MessageKind.QUESTION, Cursor())) == []
    (result,) = adapter.read_messages(MessageKind.QUESTION, ["1"])
    assert not isinstance(result, Message)
    with pytest.raises(Rejected):
        adapter.reply(MessageKind.ORDER, "1", "Olá")


def test_way_of_a_return(adapter, sim, open_ticket):
    ticket = open_ticket("return")
    for _ in range(2):
        adapter.claim_action(ticket.id, "create_return", {})
    claim = claim_of(adapter, ticket)
    assert "create_return" not in {action.code for action in claim.actions}
    (ref,) = claim.return_ids
    (back,) = adapter.read_returns([ref])
    assert (back.state, back.claim_id) == (ReturnState.REQUESTED, ticket.id)
    adapter.return_action(ref, "product_received", {})
    (back,) = adapter.read_returns([ref])
    assert back.state == ReturnState.RECEIVED
    adapter.return_action(ref, "authorize_refund", {})
    (back,) = adapter.read_returns([ref])
    assert back.state == ReturnState.CLOSED
