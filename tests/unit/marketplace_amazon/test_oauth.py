"""Login with Amazon, and the token in Amazon's own header."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from odoo.addons.marketplace_amazon.domain.client import with_token
from odoo.addons.marketplace_amazon.domain.errors import classify
from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    RateLimited,
    Rejected,
    TokenExpired,
    TokenSet,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer, Call

CALLBACK = "https://erp.example/marketplace/oauth/amazon"


def answer(status, body, **headers):
    return Answer(status, headers, body.encode())


def test_token_goes_into_amazons_header():
    call = with_token(Call("GET", "/x"), "Atza|1")
    assert call.headers == {"x-amz-access-token": "Atza|1"}


def test_consent_page(adapter, build):
    adapter = build(base_url="", draft=True)
    url = urlsplit(adapter.authorize_url("7.nonce", CALLBACK))
    assert url.hostname == "sellercentral.amazon.com.br"
    assert parse_qs(url.query) == {
        "application_id": ["amzn1.sp.solution.simulada"],
        "state": ["7.nonce"],
        "redirect_uri": [CALLBACK],
        "version": ["beta"],
    }
    published = build(base_url="").authorize_url("7.nonce", CALLBACK)
    assert "version" not in published


def test_application_id_is_needed(build):
    with pytest.raises(Rejected) as caught:
        build(application_id="").authorize_url("7.nonce", CALLBACK)
    assert caught.value.who == "config"


def test_seller_comes_with_the_code(adapter, sim, tokens):
    token = adapter.exchange_code(sim.engine.authorize({}), CALLBACK)
    assert token.account_ref == sim.seller.seller_id
    assert token.refresh
    assert token.refresh not in repr(token)


def test_denied(adapter):
    with pytest.raises(AuthDead):
        adapter.exchange_code({"error": "access_denied"}, CALLBACK)
    with pytest.raises(Rejected):
        adapter.exchange_code({}, CALLBACK)


def test_refresh_token_stays_and_is_never_lost(adapter, tokens, monkeypatch):
    old = tokens.token
    new = adapter.refresh(old)
    assert (new.refresh, new.generation) == (old.refresh, old.generation + 1)
    assert new.account_ref == old.account_ref
    # An answer that does not repeat it must not empty it.
    reply = {"access_token": "Atza|2", "expires_in": 3600}
    monkeypatch.setattr(adapter._client, "token", lambda form: reply)
    assert adapter.refresh(old).refresh == old.refresh


def test_lost_answer_of_a_refresh_is_harmless(adapter, tokens, sim):
    sim.fault("reset_after", "/auth/o2/token")
    with pytest.raises(Transient):
        adapter.refresh(tokens.token)
    assert adapter.refresh(tokens.token).access


def test_no_refresh_token(adapter, clock):
    with pytest.raises(AuthDead):
        adapter.refresh(TokenSet("x", clock.now()))


def test_expired_token_is_a_403_and_refreshed_once(place, read, clock, tokens):
    order_id = place()
    clock.advance(timedelta(hours=2))
    assert read(order_id).external_id == order_id
    assert tokens.refreshes == 1


def test_missing_role_is_no_expired_token():
    denied = '{"errors":[{"code":"Unauthorized","message":"Access to requested\
 resource is denied.","details":"%s"}]}'
    error = classify(answer(403, denied % ""))
    assert isinstance(error, Rejected)
    assert error.who == "config"
    told = "The access token you provided has expired."
    assert isinstance(classify(answer(403, denied % told)), TokenExpired)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_grant", AuthDead),
        ("invalid_client", Rejected),
        ("unauthorized_client", Rejected),
        ("server_error", type(None)),
    ],
)
def test_login_errors(code, kind):
    body = f'{{"error":"{code}","error_description":"no"}}'
    assert isinstance(classify(answer(400, body)), kind)


def test_quota_without_retry_after_waits_for_one_token():
    body = '{"errors":[{"code":"QuotaExceeded","message":"slow down"}]}'
    error = classify(answer(429, body, **{"x-amzn-ratelimit-limit": "0.5"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == 2
    assert classify(answer(429, body)).retry_after is None
    assert classify(answer(429, "{}")).code == "QuotaExceeded"
