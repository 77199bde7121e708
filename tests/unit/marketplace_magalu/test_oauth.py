"""Authorisation: the shop behind a token, and what kills a grant."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    ChannelError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenSet,
)

REDIRECT = "https://erp.example/marketplace/oauth/magalu"
OTHER = "11111111-0000-4000-8000-000000000001"


def test_login_page_of_magalu(build):
    url = build(base_url="").authorize_url("7.nonce", REDIRECT, "verifier")
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (parts.netloc, parts.path) == ("id.magalu.com", "/login")
    assert query["choose_tenants"] == "true"
    assert query["redirect_uri"] == REDIRECT
    assert "open:order-order-seller:read" in query["scope"].split()


def test_from_login_to_tokens(build, sim, clock):
    adapter = build(account_ref="")
    url = adapter.authorize_url("7.nonce", REDIRECT)
    answer = requests.get(url, allow_redirects=False, timeout=5)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    params = {name: values[0] for name, values in back.items()}
    assert params["state"] == "7.nonce"
    token = adapter.exchange_code(params, REDIRECT)
    assert token.account_ref == sim.seller.tenant
    assert timedelta(hours=1) < token.expires_at - clock.now() <= timedelta(hours=2)
    assert token.refresh_expires_at - clock.now() <= timedelta(days=180)


def test_login_with_several_shops_needs_the_right_one(build, sim):
    sim.engine.tenants = [OTHER, sim.seller.tenant]
    with pytest.raises(Rejected) as caught:
        build(account_ref="").exchange_code({"code": sim.authorize()}, REDIRECT)
    assert (caught.value.code, caught.value.who) == ("several_tenants", "config")
    assert OTHER in str(caught.value)
    named = build(account_ref=OTHER).exchange_code({"code": sim.authorize()}, REDIRECT)
    assert named.account_ref == OTHER


def test_login_without_a_shop(build, sim):
    sim.engine.tenants = []
    with pytest.raises(AuthDead) as caught:
        build(account_ref="").exchange_code({"code": sim.authorize()}, REDIRECT)
    assert caught.value.code == "no_seller"


def test_shop_of_another_login_is_told_so_that_nothing_is_mixed_up(build, sim):
    """The connector compares the shop of the token with that of the account."""
    wanted = build(account_ref=OTHER)
    token = wanted.exchange_code({"code": sim.authorize()}, REDIRECT)
    assert token.account_ref == sim.seller.tenant


def test_person_denied(adapter):
    with pytest.raises(AuthDead):
        adapter.exchange_code({"error": "access_denied", "code": ""}, REDIRECT)
    with pytest.raises(Rejected):
        adapter.exchange_code({"code": ""}, REDIRECT)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "http_error", "status": 503}, OutcomeUnknown),
        ({"kind": "reset_after"}, OutcomeUnknown),
        ({"kind": "truncated_json"}, OutcomeUnknown),
        ({"kind": "rate_limited"}, RateLimited),
        ({"kind": "api_error", "status": 400, "error": "invalid_request"}, Rejected),
        ({"kind": "partial", "missing": ["access_token"]}, OutcomeUnknown),
    ],
)
def test_nothing_but_invalid_grant_kills(adapter, sim, clock, fault, error):
    token = adapter.exchange_code({"code": sim.authorize()}, REDIRECT)
    sim.fault(path="/oauth/token", **fault)
    with pytest.raises(error) as caught:
        adapter.refresh(token)
    assert not isinstance(caught.value, AuthDead)


def test_wrong_secret_is_a_setting_to_repair(build, clock):
    with pytest.raises(Rejected) as caught:
        build(client_secret="wrong").refresh(TokenSet("a", clock.now(), "r"))
    assert (caught.value.code, caught.value.who) == ("invalid_client", "config")


def test_grant_without_refresh_token(adapter, clock):
    with pytest.raises(AuthDead):
        adapter.refresh(TokenSet("x", clock.now()))


def test_shop_that_the_token_does_not_serve_is_a_setting(build):
    (result,) = build(account_ref=OTHER).orders(["LU-1"])
    assert isinstance(result[1], Rejected)
    assert result[1].who == "config"


def test_wait_that_the_channel_asks_for(adapter, sim):
    sim.fault("rate_limited", "/seller/v1/orders")
    with pytest.raises(RateLimited) as caught:
        list(adapter.orders(["LU-1"]))
    assert caught.value.retry_after == 7


def test_no_secret_in_errors_and_log(adapter, sim, clock, records):
    sim.fault("http_error", "/oauth/token", status=500)
    with pytest.raises(ChannelError) as caught:
        adapter.refresh(TokenSet("a", clock.now(), "refresh-secret"))
    for text in (str(caught.value), repr(records), repr(vars(adapter))):
        assert "refresh-secret" not in text
        assert sim.client_secret not in text
