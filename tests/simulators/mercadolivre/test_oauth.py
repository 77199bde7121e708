"""Tokens: six hours, header only, refresh works once."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

REDIRECT = "https://erp.example/callback"


@pytest.fixture
def ask(sim):
    def ask(**form):
        form = {
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            **form,
        }
        return requests.post(sim.url + "/oauth/token", data=form, timeout=10)

    return ask


@pytest.fixture
def refresh(ask):
    return lambda token: ask(grant_type="refresh_token", refresh_token=token)


def me(sim, token):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(sim.url + "/users/me", headers=headers, timeout=10)


def test_code_gives_a_pair_once(sim, client, ask):
    code = client.ctl("authorize", redirect_uri=REDIRECT).json()["code"]
    form = {"grant_type": "authorization_code", "code": code}
    assert ask(**form, redirect_uri=REDIRECT + "/").json()["error"] == "invalid_grant"
    code = client.ctl("authorize", redirect_uri=REDIRECT).json()["code"]
    form["code"] = code
    answer = ask(**form, redirect_uri=REDIRECT)
    assert answer.status_code == 200
    assert me(sim, answer.json()["access_token"]).json()["id"] == sim.seller.user_id
    assert ask(**form, redirect_uri=REDIRECT).json()["error"] == "invalid_grant"


def test_code_expires(sim, ask, clock):
    code = sim.authorize(REDIRECT)
    clock.advance(timedelta(minutes=11))
    answer = ask(grant_type="authorization_code", code=code, redirect_uri=REDIRECT)
    assert answer.json()["error"] == "invalid_grant"


def test_consent_page_and_pkce(sim, ask):
    verifier = "v" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    params = {
        "response_type": "code",
        "client_id": sim.client_id,
        "redirect_uri": REDIRECT,
        "state": "account-7",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    answers = [
        requests.get(
            sim.url + "/authorization",
            params=params,
            allow_redirects=False,
            timeout=10,
        )
        for _ in range(2)
    ]
    assert answers[0].status_code == 302
    queries = [parse_qs(urlsplit(a.headers["Location"]).query) for a in answers]
    assert queries[0]["state"] == ["account-7"]
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT}
    wrong = ask(**form, code=queries[0]["code"][0], code_verifier="other")
    assert wrong.json()["error"] == "invalid_grant"
    right = ask(**form, code=queries[1]["code"][0], code_verifier=verifier)
    assert right.status_code == 200


def test_consent_page_refuses_a_foreign_application(sim):
    params = {"response_type": "code", "client_id": "1", "redirect_uri": REDIRECT}
    answer = requests.get(sim.url + "/authorization", params=params, timeout=10)
    assert answer.json()["error"] == "invalid_client"


def test_refresh_rotates_and_works_once(sim, refresh):
    first = sim.token()
    second = refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    again = refresh(first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert refresh(second["refresh_token"]).status_code == 200


def test_two_refreshes_at_once_give_one_pair(sim, refresh):
    token = sim.token()["refresh_token"]
    with ThreadPoolExecutor(2) as pool:
        codes = [a.status_code for a in pool.map(refresh, [token, token])]
    assert sorted(codes) == [200, 400]


def test_reuse_can_kill_the_grant(sim, client, refresh):
    client.ctl("settings", reuse_kills_grant=True)
    first = sim.token()
    second = refresh(first["refresh_token"]).json()
    refresh(first["refresh_token"])
    assert me(sim, second["access_token"]).status_code == 401
    assert refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_access_token_lives_six_hours(sim, clock):
    token = sim.token()
    assert token["expires_in"] == 21600
    clock.advance(timedelta(hours=5, minutes=59))
    assert me(sim, token["access_token"]).status_code == 200
    clock.advance(timedelta(minutes=2))
    assert me(sim, token["access_token"]).status_code == 401


def test_refresh_token_dies_after_four_months(sim, clock, refresh):
    token = sim.token()
    clock.advance(timedelta(days=121))
    assert refresh(token["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
    ],
)
def test_token_errors(ask, form, error):
    form = {"grant_type": "refresh_token", "refresh_token": "TG-1", **form}
    answer = ask(**form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_token_endpoint_wants_a_form(sim):
    answer = requests.post(sim.url + "/oauth/token", json={}, timeout=10)
    assert answer.status_code == 415


def test_token_in_the_query_is_refused(sim, client):
    token = sim.token()["access_token"]
    url = sim.url + "/users/me"
    answer = requests.get(url, params={"access_token": token}, timeout=10)
    assert answer.status_code == 401
    assert client.get(f"/users/me?access_token={token}").status_code == 400


def test_killed_grant(sim, client, refresh):
    token = sim.token()
    client.ctl("kill_grant")
    assert me(sim, token["access_token"]).status_code == 401
    assert refresh(token["refresh_token"]).json()["error"] == "invalid_grant"
