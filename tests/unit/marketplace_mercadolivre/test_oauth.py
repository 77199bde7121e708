"""Authorisation: the code, the rotating pair, what kills it and what does not."""

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

REDIRECT = "https://seller.example/marketplace/oauth/mercadolivre"


@pytest.fixture
def pair(sim, clock):
    given = sim.token()
    return TokenSet(given["access_token"], clock.now(), given["refresh_token"])


def test_consent_page_of_mercado_livre(build):
    url = build(base_url="").authorize_url("7.nonce", REDIRECT, "verifier")
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.netloc == "auth.mercadolivre.com.br"
    assert query["redirect_uri"] == REDIRECT
    assert query["state"] == "7.nonce"
    assert query["code_challenge_method"] == "S256"


def test_from_consent_to_tokens(adapter, sim, clock):
    url = adapter.authorize_url("7.nonce", REDIRECT, "a-verifier")
    answer = requests.get(url, allow_redirects=False, timeout=5)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    params = {name: values[0] for name, values in back.items()}
    token = adapter.exchange_code(params, REDIRECT, "a-verifier")
    assert token.account_ref == str(sim.seller.user_id)
    assert token.refresh.startswith("TG-")
    assert token.expires_at - clock.now() <= timedelta(hours=6)
    assert token.expires_at.tzinfo is not None


def test_wrong_verifier(adapter):
    url = adapter.authorize_url("7.nonce", REDIRECT, "a-verifier")
    answer = requests.get(url, allow_redirects=False, timeout=5)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    with pytest.raises(AuthDead):
        adapter.exchange_code({"code": code}, REDIRECT, "another")


def test_code_works_once(adapter, sim):
    params = {"code": sim.authorize(REDIRECT)}
    adapter.exchange_code(params, REDIRECT, None)
    with pytest.raises(AuthDead) as caught:
        adapter.exchange_code(params, REDIRECT, None)
    assert caught.value.code == "invalid_grant"


def test_person_denied(adapter):
    with pytest.raises(AuthDead):
        adapter.exchange_code({"error": "access_denied", "code": ""}, REDIRECT, None)
    with pytest.raises(Rejected):
        adapter.exchange_code({"code": ""}, REDIRECT, None)


def test_refresh_rotates(adapter, pair):
    first = adapter.refresh(pair)
    second = adapter.refresh(first)
    assert len({pair.refresh, first.refresh, second.refresh}) == 3
    assert second.generation == pair.generation + 2
    with pytest.raises(AuthDead):
        adapter.refresh(first)


def test_grant_without_refresh_token(adapter, clock):
    with pytest.raises(AuthDead):
        adapter.refresh(TokenSet("x", clock.now()))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "http_error", "status": 503}, OutcomeUnknown),
        ({"kind": "reset_after"}, OutcomeUnknown),
        ({"kind": "truncated_json"}, OutcomeUnknown),
        ({"kind": "rate_limited"}, RateLimited),
        ({"kind": "api_error", "status": 400, "error": "invalid_request"}, Rejected),
        ({"kind": "api_error", "status": 403, "error": "forbidden"}, Rejected),
    ],
)
def test_nothing_but_invalid_grant_kills(adapter, sim, pair, fault, error):
    sim.fault(path="/oauth/token", **fault)
    with pytest.raises(error) as caught:
        adapter.refresh(pair)
    assert not isinstance(caught.value, AuthDead)


def test_wrong_secret_is_a_setting_to_repair(build, pair):
    with pytest.raises(Rejected) as caught:
        build(client_secret="wrong").refresh(pair)
    assert (caught.value.code, caught.value.who) == ("invalid_client", "config")


def test_answer_without_a_token(adapter, sim, pair):
    sim.fault("partial", "/oauth/token", missing=["access_token"])
    with pytest.raises(OutcomeUnknown):
        adapter.refresh(pair)


def test_expired_access_is_refreshed_under_way(adapter, sim, tokens, clock):
    order = sim.order()
    clock.advance(timedelta(hours=7))
    checks = adapter.still_shippable([str(order.id)])
    assert checks[str(order.id)].error is None
    assert tokens.refreshes == 1


def test_dead_grant_is_said_of_every_order(adapter, sim):
    ids = [str(sim.order().id) for _ in range(3)]
    sim.engine.oauth.kill_grant()
    checks = adapter.still_shippable(ids)
    assert [type(checks[key].error) for key in ids] == [AuthDead] * 3
    with pytest.raises(AuthDead):
        list(adapter.orders(ids))


def test_no_secret_in_errors_and_log(adapter, sim, pair, records):
    sim.fault("http_error", "/oauth/token", status=500)
    with pytest.raises(ChannelError) as caught:
        adapter.refresh(pair)
    for text in (str(caught.value), repr(records), repr(vars(adapter))):
        assert pair.refresh not in text
        assert sim.client_secret not in text
