"""Tokens: the shop of the call-back, rotation, what ends a grant."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    OutcomeUnknown,
    Rejected,
)
from odoo.addons.marketplace_shopee.domain.oauth import _expiry

from .conftest import NOW

BACK = "https://erp.example/marketplace/oauth/shopee"


def test_consent_page(build):
    url = urlsplit(build(base_url="").authorize_url("7.n0nce", BACK))
    assert (url.netloc, url.path) == ("open.shopee.com.br", "/auth")
    query = parse_qs(url.query)
    assert query["redirect_uri"] == [BACK]
    assert query["auth_type"] == ["seller"]
    assert query["state"] == ["7.n0nce"]


def test_token_knows_its_ends(build, tokens, sim):
    token = tokens.token
    assert token.expires_at - NOW < timedelta(hours=4, seconds=5)
    assert token.refresh_expires_at - NOW > timedelta(days=29)
    # The seller's permission, from get_shop_info.
    assert token.grant_expires_at - NOW > timedelta(days=364)
    assert token.account_ref == str(sim.shop.shop_id)
    refreshed = build().refresh(token)
    assert refreshed.grant_expires_at == token.grant_expires_at
    assert refreshed.generation == 1


@pytest.mark.parametrize(
    ("life", "seconds"), [(14400, 14400), (int(NOW.timestamp()) + 14400, 14400)]
)
def test_life_is_a_duration_or_a_moment(life, seconds):
    assert _expiry(life, NOW) == NOW + timedelta(seconds=seconds)


def test_denied(adapter):
    with pytest.raises(AuthDead):
        adapter.exchange_code({"shop_id": "1"}, BACK)


def test_main_account_is_not_one_shop(adapter):
    params = {"code": "c", "main_account_id": "9"}
    with pytest.raises(Rejected) as caught:
        adapter.exchange_code(params, BACK)
    assert caught.value.code == "main_account"


def test_answer_to_a_refresh_is_lost_and_the_account_survives(
    adapter, sim, tokens, clock
):
    """Within four hours the same refresh token answers the same new pair."""
    sim.engine.configure("echo_refresh", True)
    sim.fault("reset_after", "/api/v2/auth/access_token/get")
    with pytest.raises(OutcomeUnknown):
        adapter.refresh(tokens.token)
    clock.advance(timedelta(hours=1))
    assert adapter.refresh(tokens.token).access


def test_old_access_works_five_minutes_more(adapter, sim, tokens, clock, read):
    order_id = sim.place()["order_id"]
    adapter.refresh(tokens.token)
    clock.advance(timedelta(minutes=4))
    assert read(order_id).external_id == order_id
    assert tokens.refreshes == 0


def test_partner_key_expired_kills_no_grant(adapter, sim, tokens):
    sim.fault(
        "api_error",
        "/api/v2/auth/access_token/get",
        status=200,
        error="error_partner_key_expired",
    )
    with pytest.raises(Rejected) as caught:
        adapter.refresh(tokens.token)
    assert caught.value.who == "config"
    assert adapter.refresh(tokens.token).access
