"""The contract of all channels as tests: derive ``ContractSuite`` per channel.

The class needs a fixture ``bench`` (a ``ContractBench``). Besides, it takes
``WebhookSuite`` or ``PulledEventsSuite`` or both, and from ``contract_features`` one
suite for each of the adapter's features.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any, ClassVar

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AlreadyDone,
    AuthDead,
    Cursor,
    EventAuth,
    Feature,
    InvoiceState,
    NotFound,
    NotYet,
    Order,
    OrderState,
    OutcomeUnknown,
    PaymentState,
    RateLimited,
    Rejected,
    Transient,
)
from odoo.addons.marketplace_connector.domain.contract import ContractDrift as Drift

from .contract_bench import REDIRECT, ContractBench, beginning, error_of

IN_HAND = {InvoiceState.SENT, InvoiceState.PROCESSING, InvoiceState.ACCEPTED}


def polled(pages: Any) -> set[str]:
    """The order ids of pages."""
    return {ref.external_id for page in pages for ref in page.items}


class AuthSuite:
    """Authorisation: what rotates rotates, and only a dead grant is dead."""

    def test_address_of_the_consent_page_needs_no_network(self, bench):
        before = len(bench.simulator.engine.log)
        url = bench.adapter().authorize_url("st4te", REDIRECT)
        assert "st4te" in url
        assert url.startswith("http")
        assert len(bench.simulator.engine.log) == before

    def test_code_works_once(self, bench):
        params = bench.callback()
        token = bench.adapter().exchange_code(params, REDIRECT)
        assert token.access
        assert token.expires_at > bench.clock.now()
        assert token.expires_at.tzinfo is not None
        assert token.access not in repr(token)
        with pytest.raises(AuthDead):
            bench.adapter().exchange_code(params, REDIRECT)

    def test_refresh(self, bench):
        adapter, old = bench.adapter(), bench.tokens.token
        new = adapter.refresh(old)
        assert new.access != old.access
        if not adapter.caps.refresh_rotates:
            assert adapter.refresh(old).access
            return
        assert new.refresh != old.refresh
        bench.tokens.token = new
        bench.clock.advance(timedelta(minutes=10))
        with pytest.raises(AuthDead):
            adapter.refresh(old)

    def test_expired_access_is_refreshed_once_and_the_call_repeated(self, bench):
        order_id = bench.place()
        bench.expire_access()
        assert bench.read(order_id).external_id == order_id
        assert bench.tokens.refreshes == 1

    def test_revoked_grant_is_dead(self, bench):
        bench.simulator.engine.kill_grant()
        with pytest.raises(AuthDead):
            bench.adapter().refresh(bench.tokens.token)

    @pytest.mark.parametrize("kind", ["reset_before", "http_error", "rate_limited"])
    def test_trouble_at_the_refresh_kills_no_grant(self, bench, kind):
        bench.simulator.fault(kind, "/")
        with pytest.raises(Transient):
            bench.adapter().refresh(bench.tokens.token)
        assert bench.adapter().refresh(bench.tokens.token).access


class PollSuite:
    """``changed_orders``: nothing that changed is ever lost."""

    def test_every_order_on_every_page(self, bench):
        ids = {bench.place() for _ in range(bench.page_size + 2)}
        pages = list(
            bench.adapter().changed_orders(beginning(bench), bench.clock.now())
        )
        assert polled(pages) >= ids
        assert len(pages) > 1
        assert pages[-1].next.low is not None

    def test_order_that_changes_in_the_middle(self, bench):
        ids = [bench.place() for _ in range(bench.page_size + 2)]
        walk = bench.adapter().changed_orders(beginning(bench), bench.clock.now())
        first = next(walk)
        bench.clock.advance(timedelta(seconds=1))
        bench.touch(first.items[0].external_id)
        rest = list(walk)
        bench.clock.advance(timedelta(minutes=5))
        later = bench.adapter().changed_orders(rest[-1].next, bench.clock.now())
        assert polled([first, *rest]) >= set(ids)
        assert first.items[0].external_id in polled(later)

    def test_killed_walk_goes_on(self, bench):
        ids = {bench.place() for _ in range(bench.page_size + 2)}
        until = bench.clock.now()
        first = next(bench.adapter().changed_orders(beginning(bench), until))
        rest = bench.adapter().changed_orders(first.next, until)
        assert polled([first, *rest]) >= ids

    def test_next_poll_sees_what_came_since(self, bench):
        bench.place()
        pages = list(
            bench.adapter().changed_orders(beginning(bench), bench.clock.now())
        )
        bench.clock.advance(timedelta(minutes=30))
        new = bench.place()
        bench.clock.advance(timedelta(minutes=5))
        again = bench.adapter().changed_orders(pages[-1].next, bench.clock.now())
        assert new in polled(again)

    def test_cancelled_orders_as_the_capabilities_say(self, bench):
        order_id = bench.place()
        bench.cancel(order_id)
        bench.clock.advance(timedelta(minutes=5))
        adapter = bench.adapter()
        seen = polled(adapter.changed_orders(beginning(bench), bench.clock.now()))
        assert (order_id in seen) == adapter.caps.poll_sees_cancelled


class OrderSuite:
    """``orders`` and what reads of them."""

    def test_paid_order(self, bench):
        order_id = bench.place()
        adapter = bench.adapter()
        order = bench.read(order_id, adapter)
        assert (order.channel, order.external_id) == (adapter.code, order_id)
        assert order.account_ref == bench.account()["account_ref"]
        assert order.state == OrderState.READY
        assert order.payment_state == PaymentState.PAID
        assert (order.unknown, order.partial) == ((), False)
        assert order.created_at.utcoffset() == timedelta(0)
        assert order.raw_digest == bench.read(order_id).raw_digest

    def test_amounts_add_up_to_what_the_channel_tells(self, bench):
        order = bench.read(bench.place())
        goods = sum(line.qty * line.unit_price for line in order.lines)
        assert order.goods_total == goods
        parts = order.goods_total + order.freight_buyer + order.interest
        assert order.total == parts
        assert sum(pay.amount for pay in order.payments) == order.total
        truth = bench.truth(order.external_id)
        assert f"{order.total:.2f}" == f"{float(truth['total_paid']):.2f}"

    def test_lines_keep_their_keys(self, bench):
        order_id = bench.place(lines=[{"quantity": 2}, {"quantity": 1}])
        first, again = bench.read(order_id), bench.read(order_id)
        keys = [line.key for line in first.lines]
        assert len(set(keys)) == len(keys)
        assert keys == [line.key for line in again.lines]
        quantities = sorted(line.qty for line in first.lines)
        truth = bench.truth(order_id)["lines"]
        assert quantities == sorted(row["quantity"] for row in truth)
        assert all(line.sku for line in first.lines)

    def test_invoice_target(self, bench):
        order = bench.read(bench.place())
        (target,) = order.invoice_targets
        assert target.unit == bench.adapter().caps.invoice_unit
        assert target.required
        assert target.state == InvoiceState.NEEDED
        assert order.external_id in target.order_ids

    def test_one_bad_id_among_good_ones(self, bench):
        ids = [bench.place(), bench.unknown_id, bench.place()]
        results = list(bench.adapter().orders(ids))
        good = [entry.external_id for entry in results if isinstance(entry, Order)]
        assert sorted(good) == sorted([ids[0], ids[2]])
        (bad,) = [entry for entry in results if isinstance(entry, tuple)]
        assert bad[0] == bench.unknown_id
        assert isinstance(bad[1], NotFound)

    def test_unpaid_order_is_not_ready_and_its_address_not_empty_by_mistake(
        self, bench
    ):
        order = bench.read(bench.place(paid=False))
        assert order.state == OrderState.AWAITING_PAYMENT
        assert order.payment_state == PaymentState.PENDING
        address = order.recipient.address
        assert address.zip or address.masked or order.recipient.masked

    def test_cancelled_order(self, bench):
        order_id = bench.place()
        bench.cancel(order_id)
        order = bench.read(order_id)
        assert order.state == OrderState.CANCELLED
        assert order.cancellation is not None
        assert order.cancellation.at.tzinfo is not None

    def test_unknown_words_are_kept_and_stop_the_order(self, bench):
        order_id = bench.place()
        bench.simulator.fault(
            "unknown_enum",
            bench.read_path,
            fields=list(bench.status_fields),
            value="BRAND_NEW",
            times=5,
        )
        order = bench.read(order_id)
        assert order.state == OrderState.UNKNOWN
        assert any("BRAND_NEW" in entry for entry in order.unknown)

    def test_extra_fields_change_nothing(self, bench):
        order_id = bench.place()
        before = bench.read(order_id)
        bench.simulator.fault("extra_fields", "/", times=9)
        assert bench.read(order_id).raw_digest == before.raw_digest

    def test_fiscal_data_of_the_buyer(self, bench):
        party = bench.adapter().buyer_fiscal(bench.read(bench.place()))
        assert party.doc_type == "CPF"
        assert len(party.doc) == 11
        assert party.doc.isdigit()
        assert party.name
        assert not party.masked
        assert len(party.address.zip) == 8
        assert party.doc not in repr(party)

    def test_parcels(self, bench):
        order = bench.read(bench.place())
        now = bench.adapter().parcels(order)
        ids = {parcel.external_id for parcel in order.parcels}
        assert {parcel.external_id for parcel in now} == ids != set()

    def test_still_shippable(self, bench):
        good, dead = bench.place(), bench.place()
        bench.cancel(dead)
        checks = bench.adapter().still_shippable([good, dead, bench.unknown_id])
        assert checks[good].order_state == OrderState.READY
        assert checks[good].payment_state == PaymentState.PAID
        assert checks[good].error is None
        assert checks[dead].order_state == OrderState.CANCELLED
        assert checks[bench.unknown_id].error is not None

    @pytest.mark.parametrize("kind", ["rate_limited", "http_error", "reset_before"])
    def test_live_check_never_raises(self, bench, kind):
        ids = [bench.place(), bench.place()]
        bench.simulator.fault(kind, bench.read_path, times=9)
        checks = bench.adapter().still_shippable(ids)
        assert set(checks) == set(ids)
        assert all(check.error is not None for check in checks.values())


class ErrorSuite:
    """Every failure of the line has its class."""

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_html_of_a_gateway(self, bench, status):
        order_id = bench.place()
        bench.simulator.fault("http_error", bench.read_path, status=status)
        assert isinstance(error_of(bench.adapter().orders([order_id])), Transient)

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncated_body"])
    def test_broken_line(self, bench, kind):
        order_id = bench.place()
        bench.simulator.fault(kind, bench.read_path)
        assert isinstance(error_of(bench.adapter().orders([order_id])), Transient)

    def test_truncated_json(self, bench):
        order_id = bench.place()
        bench.simulator.fault("truncated_json", bench.read_path)
        error = error_of(bench.adapter().orders([order_id]))
        assert isinstance(error, Transient | Drift)

    def test_silence(self, bench):
        order_id = bench.place()
        bench.simulator.fault("timeout_before", bench.read_path, seconds=2)
        adapter = bench.adapter(read_timeout=0.2)
        assert isinstance(error_of(adapter.orders([order_id])), Transient)

    def test_rate_limit_stops_the_whole_list(self, bench):
        ids = [bench.place(), bench.place()]
        bench.simulator.fault("rate_limited", bench.read_path)
        with pytest.raises(RateLimited):
            list(bench.adapter().orders(ids))


class InvoiceSuite:
    """``send_invoice``: once, whatever happens to the answer."""

    def test_accepted_and_read_back(self, bench):
        order = bench.read(bench.place())
        (target,) = order.invoice_targets
        adapter, invoice = bench.adapter(), bench.invoice(order)
        assert adapter.invoice_status(target).state == InvoiceState.NEEDED
        result = adapter.send_invoice(target, invoice)
        assert result.state in IN_HAND
        held = adapter.invoice_status(target)
        assert held.state in IN_HAND
        assert held.key in (invoice.key, None)
        assert bench.truth(order.external_id)["fiscal_key"] == invoice.key

    def test_same_one_again_is_harmless(self, bench):
        order = bench.read(bench.place())
        adapter, invoice = bench.adapter(), bench.invoice(order)
        for _ in range(2):
            result = adapter.send_invoice(order.invoice_targets[0], invoice)
            assert result.state in IN_HAND
        assert bench.truth(order.external_id)["fiscal_key"] == invoice.key

    @pytest.mark.parametrize("kind", ["reset_after", "truncated_body"])
    def test_lost_answer_is_read_back_not_repeated(self, bench, kind):
        order = bench.read(bench.place())
        invoice = bench.invoice(order)
        path = bench.upload_path(order)
        bench.simulator.fault(kind, path, method=bench.write_method)
        result = bench.adapter().send_invoice(order.invoice_targets[0], invoice)
        assert result.state in IN_HAND
        assert bench.uploads() == 1

    def test_request_that_got_lost_is_sent_again(self, bench):
        order = bench.read(bench.place())
        invoice, path = bench.invoice(order), bench.upload_path(order)
        bench.simulator.fault("reset_before", path, method=bench.write_method)
        adapter, target = bench.adapter(), order.invoice_targets[0]
        with pytest.raises(Transient) as caught:
            adapter.send_invoice(target, invoice)
        assert not isinstance(caught.value, OutcomeUnknown), "it was read back"
        assert adapter.send_invoice(target, invoice).state in IN_HAND

    def test_another_nfe_for_the_same_target(self, bench):
        order = bench.read(bench.place())
        target, held = order.invoice_targets[0], bench.invoice(order)
        bench.adapter().send_invoice(target, held)
        with pytest.raises((AlreadyDone, Rejected)) as caught:
            bench.adapter().send_invoice(target, bench.invoice(order))
        if isinstance(caught.value, AlreadyDone):
            assert caught.value.held_key in ("", held.key)
        assert bench.truth(order.external_id)["fiscal_key"] == held.key

    def test_too_large_is_refused_before_the_network(self, bench):
        order = bench.read(bench.place())
        adapter, invoice = bench.adapter(), bench.invoice(order)
        fat = replace(invoice, xml=b" " * (adapter.caps.invoice_max_bytes + 1))
        with pytest.raises(Rejected):
            adapter.send_invoice(order.invoice_targets[0], fat)
        assert bench.uploads() == 0

    def test_too_young(self, bench):
        order, adapter = bench.read(bench.place()), bench.adapter()
        if not adapter.caps.invoice_min_age:
            return
        fresh = bench.invoice(order, young=True)
        with pytest.raises(NotYet) as caught:
            adapter.send_invoice(order.invoice_targets[0], fresh)
        assert caught.value.not_before.tzinfo == timezone.utc


class LabelSuite:
    """``labels``: one bad parcel does not cost the others theirs."""

    def test_one_bad_parcel_among_good_ones(self, bench):
        good = bench.parcel_ids(bench.printable()) + bench.parcel_ids(bench.printable())
        batch = bench.labels([good[0], bench.unknown_parcel, good[1]])
        done = {ref for file in batch.files for ref in file.parcel_ids}
        assert done == set(good)
        assert [ref for ref, _error in batch.failed] == [bench.unknown_parcel]
        for file in batch.files:
            assert file.fmt in bench.adapter().caps.label_formats
            assert file.content

    def test_fetching_twice_is_harmless(self, bench):
        ids = bench.parcel_ids(bench.printable())
        assert bench.labels(ids).files
        assert bench.labels(ids).files

    def test_unknown_format(self, bench):
        with pytest.raises(Rejected):
            bench.adapter().labels(["1"], "papyrus")


class WebhookSuite:
    """Events that the channel posts."""

    def test_genuine(self, bench):
        order_id = bench.place()
        adapter, request = bench.adapter(), bench.webhook(order_id)
        verdict = adapter.check_event(request)
        signed = adapter.caps.signed_events
        assert verdict == (EventAuth.VALID if signed else EventAuth.UNSIGNED)
        answer = adapter.ack(verdict)
        assert 200 <= answer.status < 300
        assert not (adapter.caps.ack_empty and answer.body)

    def test_forged(self, bench):
        request = bench.forged(bench.webhook(bench.place()))
        assert bench.adapter().check_event(request) == EventAuth.INVALID

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe"])
    def test_garbage(self, bench, body):
        adapter = bench.adapter()
        garbage = replace(bench.webhook(bench.place()), body=body)
        assert adapter.check_event(garbage) == EventAuth.INVALID
        with pytest.raises(Drift):
            adapter.parse_events(garbage)

    def test_names_the_order(self, bench):
        order_id = bench.place()
        request = bench.webhook(order_id)
        (event,) = bench.adapter().parse_events(request)
        assert (event.kind, event.external_id) == ("order", order_id)
        (again,) = bench.adapter().parse_events(request)
        assert event.dedupe_key == again.dedupe_key != ""


class PulledEventsSuite:
    """Events that the connector fetches (a queue, or those that got lost)."""

    def test_missed_event_is_found_and_confirmed(self, bench):
        order_id, adapter = bench.miss_event(), bench.adapter()
        page = adapter.missed_events(Cursor())
        found = [event for event in page.items if event.external_id == order_id]
        assert found
        assert {event.kind for event in found} == {"order"}
        if page.commit_token:
            adapter.commit(page.commit_token)
            again = adapter.missed_events(page.next or Cursor())
            assert order_id not in [event.external_id for event in again.items]


class ContractSuite(
    AuthSuite, PollSuite, OrderSuite, ErrorSuite, InvoiceSuite, LabelSuite
):
    """What every channel must pass."""

    feature: ClassVar[Feature | None] = None

    def test_every_feature_and_a_way_of_events_is_tested(self, bench: ContractBench):
        parents = type(self).__mro__
        tested = {vars(parent).get("feature") for parent in parents} - {None}
        assert tested == bench.adapter().caps.features
        assert {WebhookSuite, PulledEventsSuite} & set(parents)
