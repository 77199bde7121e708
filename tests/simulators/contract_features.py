"""The optional part of the contract: one suite for each feature."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Claim,
    Conflict,
    Cursor,
    Feature,
    Listing,
    Message,
    MessageKind,
    NotFound,
    NotYet,
    OfferKey,
    OrderState,
    OutcomeUnknown,
    PriceLine,
    Rejected,
    Return,
    StockLine,
)
from odoo.addons.marketplace_connector.rules import channel_note

from .contract_bench import beginning

STATES = {"active", "paused", "closed", "unknown"}
NOWHERE = OfferKey("MLB9999999999")


def items(pages):
    """What is on all pages."""
    return [entry for page in pages for entry in page.items]


def offers(bench):
    """The offers whose stock and price we may set, one per shared stock."""
    found = items(bench.adapter().listings(Cursor()))
    active = [offer for offer in found if offer.state == "active"]
    assert active
    pools = {offer.pool or str(offer.key): offer for offer in active}
    return list(pools.values())


class ListingsSuite:
    feature: ClassVar[Feature] = Feature.LISTINGS

    def test_all_listings(self, bench):
        found = items(bench.adapter().listings(Cursor()))
        keys = [offer.key for offer in found]
        assert len(set(keys)) == len(keys) > 1
        assert {offer.state for offer in found} <= STATES
        assert all(offer.title for offer in found)
        assert any(offer.sku for offer in found)

    def test_one_unknown_item_among_known_ones(self, bench):
        offer = offers(bench)[0]
        ids = [offer.key.item_id, NOWHERE.item_id]
        results = list(bench.adapter().read_listings(ids))
        known = [entry for entry in results if isinstance(entry, Listing)]
        assert offer.key in [entry.key for entry in known]
        (bad,) = [entry for entry in results if isinstance(entry, tuple)]
        assert bad[0] == NOWHERE.item_id


class StockSuite:
    feature: ClassVar[Feature] = Feature.STOCK

    def test_set_and_read_back(self, bench):
        keys = [offer.key for offer in offers(bench)[:2]]
        lines = [StockLine(key, 17 + n) for n, key in enumerate(keys)]
        results = bench.adapter().push_stock(lines)
        assert [(entry.key, entry.error) for entry in results] == [
            (key, None) for key in keys
        ]
        read = {line.key: line.quantity for line in bench.adapter().read_stock(keys)}
        assert read == {line.key: line.quantity for line in lines}

    def test_unknown_offer_fails_alone(self, bench):
        good = offers(bench)[0].key
        lines = [StockLine(NOWHERE, 1), StockLine(good, 3)]
        first, second = bench.adapter().push_stock(lines)
        assert first.error is not None
        assert (second.key, second.error) == (good, None)
        (read,) = bench.adapter().read_stock([NOWHERE, good])
        assert (read.key, read.quantity) == (good, 3)

    def test_stale_version_is_a_conflict(self, bench):
        for offer in offers(bench):
            (line,) = bench.adapter().read_stock([offer.key])
            if line.version is None:
                continue
            bench.conflict(offer.key)
            (result,) = bench.adapter().push_stock([replace(line, quantity=9)])
            assert isinstance(result.error, Conflict)

    def test_zero(self, bench):
        key = offers(bench)[0].key
        (result,) = bench.adapter().push_stock([StockLine(key, 0)])
        assert result.error is None


class PriceSuite:
    feature: ClassVar[Feature] = Feature.PRICE

    def test_set_and_read_back(self, bench):
        key = offers(bench)[0].key
        lines = [PriceLine(NOWHERE, Decimal(10)), PriceLine(key, Decimal("123.45"))]
        bad, good = bench.adapter().push_price(lines)
        assert bad.error is not None
        assert (good.key, good.error) == (key, None)
        (read,) = [
            entry
            for entry in bench.adapter().read_listings([key.item_id])
            if isinstance(entry, Listing) and entry.key == key
        ]
        assert read.price == Decimal("123.45")


class CancelSuite:
    feature: ClassVar[Feature] = Feature.CANCEL

    def test_cancelled_by_the_seller(self, bench):
        order_id = bench.place()
        for _ in range(2):
            bench.adapter().cancel(order_id, "out_of_stock")
        order = bench.read(order_id)
        assert order.state == OrderState.CANCELLED
        assert order.cancellation.by == "seller"

    def test_too_late(self, bench):
        order = bench.printable()
        bench.labels(bench.parcel_ids(order))
        bench.simulator.advance(order.external_id, "ship")
        with pytest.raises(Rejected):
            bench.adapter().cancel(order.external_id, "out_of_stock")


class AnswerCancelSuite:
    feature: ClassVar[Feature] = Feature.ANSWER_CANCEL

    @pytest.mark.parametrize("accept", [True, False])
    def test_answer(self, bench, accept):
        order_id = bench.ask_cancel()
        assert bench.read(order_id).state == OrderState.CANCEL_REQUESTED
        bench.adapter().answer_cancel(order_id, accept)
        dead = bench.read(order_id).state == OrderState.CANCELLED
        assert dead == accept


class InvoiceCancelledSuite:
    feature: ClassVar[Feature] = Feature.INVOICE_CANCELLED

    def test_told_twice(self, bench):
        order = bench.read(bench.place())
        target, invoice = order.invoice_targets[0], bench.invoice(order)
        bench.adapter().send_invoice(target, invoice)
        for _ in range(2):
            bench.adapter().invoice_cancelled(target, invoice.key)


class ArrangeSuite:
    feature: ClassVar[Feature] = Feature.ARRANGE

    def test_one_bad_parcel_and_twice(self, bench):
        parcel = bench.to_arrange()
        for _ in range(2):
            results = bench.adapter().arrange([bench.unknown_parcel, parcel])
            assert [ref for ref, _error in results] == [bench.unknown_parcel, parcel]
            assert results[0][1] is not None
            assert results[1][1] is None


class OwnTrackingSuite:
    feature: ClassVar[Feature] = Feature.OWN_TRACKING

    def test_shipped_and_delivered(self, bench):
        parcel, now = bench.own_parcel(), bench.clock.now()
        adapter = bench.adapter()
        adapter.own_tracking(parcel, "Transportadora Exemplo", "SM123", "", now)
        adapter.own_delivered(parcel, now + timedelta(hours=1))


class _TextSuite:
    kind: ClassVar[MessageKind]

    def test_read(self, bench):
        ref = bench.ask(self.kind)
        results = list(bench.adapter().read_messages(self.kind, [ref, "999999999999"]))
        (message,) = [entry for entry in results if isinstance(entry, Message)]
        assert (message.external_id, message.kind) == (ref, self.kind)
        assert (message.author, bool(message.text)) == ("buyer", True)
        assert message.text not in repr(message)
        assert message.at.tzinfo is not None
        assert [entry[0] for entry in results if isinstance(entry, tuple)]

    def test_listed(self, bench):
        ref = bench.ask(self.kind)
        bench.clock.advance(timedelta(minutes=1))
        found = items(bench.adapter().messages(self.kind, beginning(bench)))
        assert ref in [message.external_id for message in found]

    def test_reply(self, bench):
        ref = bench.ask(self.kind)
        adapter = bench.adapter()
        (message,) = adapter.read_messages(self.kind, [ref])
        assert isinstance(adapter.reply(self.kind, message.thread, "Obrigado!"), str)

    def test_too_long(self, bench):
        adapter = bench.adapter()
        (message,) = adapter.read_messages(self.kind, [bench.ask(self.kind)])
        with pytest.raises(Rejected):
            adapter.reply(self.kind, message.thread, "x" * 5000)

    def test_lost_answer_is_unknown(self, bench):
        adapter = bench.adapter()
        (message,) = adapter.read_messages(self.kind, [bench.ask(self.kind)])
        bench.simulator.fault("reset_after", "/", method="POST")
        with pytest.raises(OutcomeUnknown):
            adapter.reply(self.kind, message.thread, "Obrigado!")


class QuestionsSuite(_TextSuite):
    feature: ClassVar[Feature] = Feature.QUESTIONS
    kind = MessageKind.QUESTION


class MessagesSuite(_TextSuite):
    feature: ClassVar[Feature] = Feature.MESSAGES
    kind = MessageKind.ORDER


class ClaimsSuite:
    feature: ClassVar[Feature] = Feature.CLAIMS

    def test_read(self, bench):
        ref = bench.claim()
        results = list(bench.adapter().read_claims(["999999999999", ref]))
        (claim,) = [entry for entry in results if isinstance(entry, Claim)]
        assert (claim.external_id, claim.open) == (ref, True)
        assert claim.order_id
        (bad,) = [entry for entry in results if isinstance(entry, tuple)]
        assert bad[0] == "999999999999"

    def test_earliest_deadline(self, bench):
        (claim,) = bench.adapter().read_claims([bench.claim()])
        dues = [action.due for action in claim.actions if action.due]
        assert claim.due == min(dues, default=None)

    def test_listed(self, bench):
        ref = bench.claim()
        bench.clock.advance(timedelta(minutes=1))
        found = items(bench.adapter().claims(beginning(bench)))
        assert ref in [claim.external_id for claim in found]

    def test_action_that_is_not_offered(self, bench):
        with pytest.raises(Rejected):
            bench.adapter().claim_action(bench.claim(), "dance", {})


class ReturnsSuite:
    feature: ClassVar[Feature] = Feature.RETURNS

    def test_read(self, bench):
        ref = bench.give_back()
        results = list(bench.adapter().read_returns([ref, "999999999999"]))
        (back,) = [entry for entry in results if isinstance(entry, Return)]
        assert back.external_id == ref
        assert back.order_id
        (bad,) = [entry for entry in results if isinstance(entry, tuple)]
        assert bad[0] == "999999999999"

    def test_listed(self, bench):
        ref = bench.give_back()
        bench.clock.advance(timedelta(minutes=1))
        found = items(bench.adapter().returns(beginning(bench)))
        assert ref in [entry.external_id for entry in found]

    def test_lines_are_those_of_the_order(self, bench):
        (back,) = bench.adapter().read_returns([bench.give_back()])
        keys = {line.key for line in bench.read(back.order_id).lines}
        assert {line.key for line in back.lines} <= keys

    def test_action_that_is_not_offered(self, bench):
        with pytest.raises(Rejected):
            bench.adapter().return_action(bench.give_back(), "dance", {})


class ChannelInvoiceSuite:
    feature: ClassVar[Feature] = Feature.CHANNEL_INVOICE

    def test_note_of_the_channels_own_stock(self, bench):
        order_id, invoice_id = bench.place_full()
        assert channel_note.expected(bench.read(order_id))
        found = bench.adapter().channel_invoice(order_id)
        assert channel_note.read(found.xml, found.key)
        assert list(bench.adapter().channel_invoice_orders(invoice_id)) == [order_id]

    def test_order_of_our_stock_has_none(self, bench):
        order_id = bench.place()
        assert not channel_note.expected(bench.read(order_id))
        with pytest.raises((NotFound, NotYet)):
            bench.adapter().channel_invoice(order_id)
