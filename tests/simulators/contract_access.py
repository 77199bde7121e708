"""The contract's part about who may talk to whom: authorisation and events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    Cursor,
    EventAuth,
    Transient,
)
from odoo.addons.marketplace_connector.domain.contract import ContractDrift as Drift

from .contract_bench import REDIRECT


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
