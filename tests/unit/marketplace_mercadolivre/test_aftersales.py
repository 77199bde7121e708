"""Texts, claims, returns, cancellations: deadlines, limits, what was done before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Attachment,
    Cursor,
    MessageKind,
    OrderState,
    OutcomeUnknown,
    ParcelState,
    PaymentState,
    Rejected,
    ReturnState,
    Transient,
)

SEARCH = "/questions/search"
QUESTION, ORDER, CLAIM = MessageKind.QUESTION, MessageKind.ORDER, MessageKind.CLAIM


@pytest.fixture
def placed(sim):
    return sim.order(lines=[{"quantity": 3, "price": "100.00"}], freight="0")


@pytest.fixture
def ask(sim):
    def ask(text="Tem em outra cor?"):
        with sim.engine.store.transaction():
            return str(sim.engine.aftersales.ask("MLB4510027302", text, 1).id)

    return ask


@pytest.fixture
def complain(sim, placed, adapter):
    def complain(**spec):
        sim.advance(placed.id, "claim", **spec)
        ref = str(sim.engine.aftersales.claims()[-1].id)
        (claim,) = adapter.read_claims([ref])
        return claim

    return complain


@pytest.fixture
def bring_back(sim, placed, adapter):
    def bring_back(event="return", **spec):
        sim.advance(placed.id, event, **spec)
        ref = str(sim.engine.aftersales.claims()[-1].id)
        (back,) = adapter.read_returns([ref])
        return back

    return bring_back


def posts(sim):
    return [entry.path for entry in sim.engine.log if entry.method == "POST"]


def since(clock):
    return Cursor(low=clock.now() - timedelta(hours=1))


# --- texts


@pytest.mark.parametrize(
    ("kind", "length"), [(QUESTION, 2001), (ORDER, 351), (CLAIM, 3501)]
)
def test_too_long_is_refused_before_sending(sim, adapter, kind, length):
    with pytest.raises(Rejected) as caught:
        adapter.reply(kind, "1", "x" * length)
    assert (caught.value.code, posts(sim)) == ("text_too_long", [])


def test_question_is_answered_once(adapter, ask):
    ref = ask()
    adapter.reply(QUESTION, ref, "Sim.")
    (question,) = adapter.read_messages(QUESTION, [ref])
    assert question.answered
    with pytest.raises(Rejected) as caught:
        adapter.reply(QUESTION, ref, "Sim.")
    assert caught.value.code == "not_unanswered_question"


def test_old_questions_are_not_read_page_by_page(sim, adapter, ask, clock):
    for _ in range(60):
        ask()
    clock.advance(timedelta(days=2))
    new = ask()
    pages = list(adapter.messages(QUESTION, since(clock)))
    assert [m.external_id for page in pages for m in page.items] == [new]
    answered = [e for e in sim.engine.log if (e.path, e.status) == (SEARCH, 200)]
    assert len(answered) == 1


def test_message_of_a_cart_names_its_first_order(sim, adapter):
    ids = sim.generate(8, "carts", cancel_plan={}, packs=1)
    with sim.engine.store.transaction():
        orders = [sim.engine.store.get_order(ref) for ref in ids]
    pack = next(order.pack_id for order in orders if order.pack_id)
    member = next(order.id for order in orders if order.pack_id)
    sim.advance(member, "say")
    (text,) = adapter.read_messages(ORDER, [sim.engine.aftersales.texts()[-1].id])
    assert text.thread == str(pack)
    assert text.subject_id in {str(o.id) for o in orders if o.pack_id}


def test_closed_conversation_tells_why(sim, adapter, placed):
    sim.advance(placed.id, "say")
    sim.advance(placed.id, "block", reason="blocked_by_buyer")
    (text,) = adapter.read_messages(ORDER, [sim.engine.aftersales.texts()[-1].id])
    assert text.blocked == "blocked_by_buyer"
    with pytest.raises(Rejected) as caught:
        adapter.reply(ORDER, text.thread, "Enviado.")
    assert (caught.value.code, caught.value.who) == ("blocked_by_buyer", "operator")


def test_reading_leaves_the_conversation_unread(sim, adapter, placed, clock):
    sim.advance(placed.id, "say")
    for _ in range(2):
        (page,) = adapter.messages(ORDER, since(clock))
        assert len(page.items) == 1


def test_file_goes_with_a_message_only(sim, adapter, placed, ask):
    file = Attachment("nota.pdf", "application/pdf", b"%PDF")
    assert adapter.reply(ORDER, str(placed.id), "Segue a nota.", [file])
    assert sim.engine.aftersales.texts()[-1].attachments
    with pytest.raises(Rejected):
        adapter.reply(QUESTION, ask(), "Segue.", [file])


def test_texts_of_a_claim_and_an_answer_in_it(adapter, complain):
    claim = complain()
    adapter.reply(CLAIM, claim.external_id, "Vamos resolver.")
    texts = list(adapter.read_messages(CLAIM, [claim.external_id]))
    assert [text.author for text in texts] == ["buyer", "seller"]
    assert len({text.external_id for text in texts}) == 2


def test_mediator_is_written_to_in_a_dispute(adapter, complain):
    claim = complain()
    adapter.claim_action(claim.external_id, "open_dispute", {})
    adapter.reply(CLAIM, claim.external_id, "Segue a prova.")
    closed = complain(actions=[])
    with pytest.raises(Rejected):
        adapter.reply(CLAIM, closed.external_id, "Olá")


# --- claims


def test_deadline_is_that_of_the_action(clock, complain):
    claim = complain(actions=["refund", "allow_return"], due_seconds=3600)
    due = {action.code: action.due for action in claim.actions}
    assert due["allow_return"] is None
    assert claim.due == due["refund"]
    wanted = clock.now() + timedelta(hours=1)
    assert abs(claim.due - wanted) < timedelta(minutes=1)


def test_refund_twice_pays_once(sim, adapter, placed, complain, read):
    claim = complain()
    adapter.claim_action(claim.external_id, "refund", {})
    adapter.claim_action(claim.external_id, "refund", {})
    assert sum("refund" in path for path in posts(sim)) == 1
    assert read(placed.id).payment_state == PaymentState.REFUNDED
    (closed,) = adapter.read_claims([claim.external_id])
    assert (closed.open, closed.resolution) == (False, "payment_refunded")


def test_lost_answer_of_a_refund_is_read_back(sim, adapter, complain):
    claim = complain()
    sim.fault("reset_after", "/post-purchase", method="POST")
    adapter.claim_action(claim.external_id, "refund", {})
    assert sum("refund" in path for path in posts(sim)) == 1


def test_refund_that_never_arrived_may_be_tried_again(sim, adapter, complain):
    claim = complain()
    sim.fault("reset_before", "/post-purchase", method="POST")
    with pytest.raises(Transient) as caught:
        adapter.claim_action(claim.external_id, "refund", {})
    assert not isinstance(caught.value, OutcomeUnknown)


def test_message_that_may_have_gone_out_is_not_repeated(sim, adapter, complain):
    claim = complain()
    sim.fault("reset_after", "/post-purchase", method="POST")
    with pytest.raises(OutcomeUnknown):
        adapter.reply(CLAIM, claim.external_id, "Vamos resolver.")


def test_partial_refund(adapter, complain, read, placed):
    claim = complain(actions=["allow_partial_refund"])
    args = {"percentage": 20}
    adapter.claim_action(claim.external_id, "allow_partial_refund", args)
    order = read(placed.id)
    assert order.payment_state == PaymentState.PART_REFUNDED
    assert order.payments[0].refunded == Decimal("60.00")


def test_many_claims_while_they_change(sim, adapter, clock):
    for _ in range(40):
        sim.advance(sim.order().id, "claim")
        clock.advance(timedelta(seconds=1))
    start = Cursor(low=clock.now() - timedelta(hours=1))
    pages = adapter.claims(start)
    first = next(pages)
    with sim.engine.store.transaction():
        aftersales = sim.engine.aftersales
        aftersales.save_claim(aftersales.claim(int(first.items[0].external_id)))
    rest = list(pages)
    seen = {claim.external_id for page in [first, *rest] for claim in page.items}
    assert len(seen) == 40, "no claim is skipped when another one moves to the end"


def test_order_shows_its_mediation(sim, complain, read, placed):
    complain()
    assert "mediation" in read(placed.id).flags


# --- returns


def test_low_cost_return_needs_no_goods(bring_back):
    back = bring_back(subtype="low_cost")
    assert (back.needs_goods, back.parcels) == (False, ())
    assert (back.state, back.money_state) == (ReturnState.REFUNDED, "refunded")
    assert back.refund_at == ""


def test_partial_return_names_its_units(bring_back, read, placed):
    back = bring_back(subtype="return_partial", quantity=1)
    (line,) = back.lines
    assert (line.key, line.qty) == (read(placed.id).lines[0].key, Decimal("1.0"))


def test_return_through_the_triage(bring_back):
    back = bring_back(triage=True)
    assert [parcel.direction for parcel in back.parcels] == [
        "return",
        "return_from_triage",
    ]
    back = bring_back("move_return", status="delivered", condition="discard")
    assert (back.state, back.review) == (ReturnState.IN_REVIEW, "discard")


def test_return_that_was_lost_on_the_way_back(bring_back):
    bring_back()
    back = bring_back("move_return", status="not_delivered")
    assert back.state == ReturnState.CLOSED
    assert back.parcels[0].state == ParcelState.LOST


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("shipped", ReturnState.IN_TRANSIT),
        ("expired", ReturnState.CANCELLED),
        ("return_to_buyer", ReturnState.REJECTED),
        ("delivered", ReturnState.RECEIVED),
    ],
)
def test_states_of_a_return(bring_back, raw, state):
    bring_back()
    assert bring_back("move_return", status=raw).state == state


def test_unknown_state_of_a_return(sim, bring_back, adapter):
    back = bring_back()
    sim.fault("unknown_enum", "/post-purchase/v2", value="brand_new")
    (again,) = adapter.read_returns([back.external_id])
    assert again.state == ReturnState.UNKNOWN
    assert again.state_raw == "return_total/brand_new"


def test_what_came_back_is_reviewed_once(sim, adapter, bring_back):
    bring_back()
    back = bring_back("move_return", status="delivered")
    assert back.answer_by is not None
    with pytest.raises(Rejected):
        adapter.return_action(back.external_id, "return_review_fail", {})
    adapter.return_action(back.external_id, "return_review_ok", {})
    with pytest.raises(Rejected):
        adapter.return_action(back.external_id, "return_review_ok", {})


# --- cancellations


def test_cancel_twice_is_one_call(sim, adapter, placed, read):
    for _ in range(2):
        adapter.cancel(str(placed.id), "buyer_asked")
    assert len(posts(sim)) == 1
    order = read(placed.id)
    assert (order.state, order.cancellation.by) == (OrderState.CANCELLED, "seller")


@pytest.mark.parametrize("kind", ["reset_after", "truncated_body", "http_error"])
def test_lost_answer_of_a_cancellation(sim, adapter, placed, kind):
    sim.fault(kind, "/orders", method="POST")
    if kind == "http_error":
        with pytest.raises(Transient):
            adapter.cancel(str(placed.id), "out_of_stock")
        return
    adapter.cancel(str(placed.id), "out_of_stock")
    assert len(posts(sim)) == 1


def test_part_of_an_order_cannot_be_cancelled(sim, adapter, placed, read):
    key = read(placed.id).lines[0].key
    with pytest.raises(Rejected) as caught:
        adapter.cancel(str(placed.id), "out_of_stock", {key: 1})
    assert (caught.value.code, posts(sim)) == ("partial_cancel", [])
    adapter.cancel(str(placed.id), "out_of_stock", {key: 3})
    assert read(placed.id).state == OrderState.CANCELLED


def test_units_that_were_cancelled_leave_the_amount(sim, read, placed, adapter, nfe):
    sim.advance(placed.id, "cancel_units", units=1)
    order = read(placed.id)
    (line,) = order.lines
    assert (line.qty, line.qty_cancelled) == (3, 1)
    assert (order.goods_total, order.total) == (Decimal(200), Decimal(200))
    assert order.state == OrderState.READY
    assert order.payment_state == PaymentState.PART_REFUNDED
    invoice = nfe(placed.shipment_id, vNF=f"{order.total:.2f}")
    assert adapter.send_invoice(order.invoice_targets[0], invoice).key


def test_split_parcel_is_superseded_not_cancelled(sim, read, placed):
    parcel = sim.engine.shipment(placed.shipment_id)
    with sim.engine.store.transaction():
        new = sim.engine.splitting.split(
            parcel, [{placed.id: 1}, {placed.id: 2}], "FRAGILE"
        )
    old = read(placed.id)
    assert old.state == OrderState.SUPERSEDED
    assert old.parcels[0].superseded_by == str(new[0].id)
    siblings = [row for row in sim.orders() if row["order_id"] != placed.id]
    amounts = [read(row["order_id"]).total for row in siblings]
    assert sorted(amounts) == [Decimal(100), Decimal(200)]


def test_full_order_is_flagged_and_wants_no_nfe(sim, read):
    order = read(sim.order(logistic_type="fulfillment").id)
    assert "fulfillment_by_channel" in order.flags
    assert not order.invoice_targets[0].required
