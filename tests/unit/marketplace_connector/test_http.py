"""The one door to the network, against a real server on 127.0.0.1."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest
import requests

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    Conflict,
    ContractDrift,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Call, retry_after

READ = Call("GET", "/orders/{id}", args={"id": "77"}, ref="77")
WRITE = Call("POST", "/orders/{id}", args={"id": "77"}, data=b"x")


def test_money_is_exact(server, client, reply):
    server.plays(reply(body=b'{"price": 0.1, "big": 19.90, "n": 3}'))
    payload = client().json(READ)
    assert payload["price"] + payload["big"] == Decimal("20.00")
    assert payload["n"] == 3


def test_token_in_the_header_only(server, client):
    client().json(READ)
    request = server.requests[0]
    assert request.headers["Authorization"] == "Bearer APP_USR-first"
    assert request.path == "/orders/77"
    assert "APP_USR" not in request.url


def test_path_arguments_cannot_leave_the_path(server, client):
    call = Call("GET", "/orders/{id}", args={"id": "../users/me?x=1"})
    client().json(call)
    assert server.requests[0].environ["PATH_INFO"] == "/orders/../users/me?x=1"
    assert not server.requests[0].query_string


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, ContractDrift),
        (400, Rejected),
        (401, TokenExpired),
        (403, Rejected),
        (404, NotFound),
        (409, Conflict),
        (412, Conflict),
        (422, Rejected),
        (429, RateLimited),
        (500, Transient),
        (502, Transient),
        (503, Transient),
    ],
)
def test_status_of_a_reading(server, client, reply, status, error):
    server.plays(reply(status, b"<html>", {"Location": "http://127.0.0.1:9/"}))
    with pytest.raises(error) as caught:
        client().json(READ)
    assert type(caught.value) is error


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_status_that_leaves_a_write_open(server, client, reply, status):
    server.plays(reply(status, b"<html>"))
    with pytest.raises(OutcomeUnknown):
        client().json(WRITE)
    assert len(server.requests) == 1, "a write is never repeated by itself"


@pytest.mark.parametrize("how", ["reset", "close"])
def test_cut_line(server, client, reply, how):
    server.plays(reply(cut=how))
    with pytest.raises(Transient) as caught:
        client().json(READ)
    assert not isinstance(caught.value, OutcomeUnknown)
    with pytest.raises(OutcomeUnknown):
        client().json(WRITE)


def test_silence(server, client, reply):
    server.plays(reply(wait=0.5))
    with pytest.raises(Transient):
        client(timeout=(1, 0.1)).json(READ)
    with pytest.raises(OutcomeUnknown):
        client(timeout=(1, 0.1)).json(WRITE)


def test_slow_stream_ends_in_time(server, client, reply):
    server.plays(reply(body=b"[" + b"1," * 200_000 + b"1]"))
    with pytest.raises(Transient):
        client(total_timeout=-1).json(READ)


def test_nobody_there_means_nothing_was_sent(client):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Transient) as caught:
            client(url=url).json(WRITE)
    assert not isinstance(caught.value, OutcomeUnknown)


def test_truncated_body_and_truncated_json(server, client, reply):
    body = b'{"id": 1, "rest": "' + b"x" * 5000 + b'"}'
    for answer in (reply(body=body, keep=100), reply(body=body[:100])):
        server.plays(answer)
        with pytest.raises(Transient) as caught:
            client().json(READ)
        assert not isinstance(caught.value, OutcomeUnknown)
        with pytest.raises(OutcomeUnknown):
            client().json(WRITE)


def test_body_limit(server, client, reply):
    server.plays(reply(body=b"x" * 5000))
    with pytest.raises(ContractDrift):
        client(max_body=4999).send(READ)
    assert len(client(max_body=5000).send(READ).content) == 5000


def test_redirect_is_not_followed(server, client, reply):
    server.plays(reply(302, headers={"Location": server.http.url + "/stolen"}))
    with pytest.raises(ContractDrift):
        client().json(READ)
    assert [request.path for request in server.requests] == ["/orders/77"]


def test_environment_changes_nothing(server, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    session = requests.Session()
    client(session=session).json(READ)
    assert session.trust_env is False
    assert len(server.requests) == 1


def test_expired_token_is_refreshed_and_replayed_once(server, client, reply, tokens):
    server.plays(reply(401), reply(body=b'{"ok": 1}'))
    assert client().json(WRITE) == {"ok": 1}
    sent = [request.headers["Authorization"] for request in server.requests]
    assert sent == ["Bearer APP_USR-first", "Bearer APP_USR-after-1"]
    assert tokens.refused == ["APP_USR-first"]


def test_refused_twice_gives_up(server, client, reply, tokens):
    server.plays(reply(401))
    with pytest.raises(TokenExpired):
        client().json(READ)
    assert len(server.requests) == 2
    assert len(tokens.refused) == 1


def test_no_token_at_all(server, client):
    with pytest.raises(AuthDead):
        client(tokens=None).json(READ)
    assert server.requests == []


def test_call_without_token(server, client):
    form = {"grant_type": "refresh_token"}
    client(tokens=None).json(Call("POST", "/oauth/token", data=form, auth=False))
    assert "Authorization" not in server.requests[0].headers
    assert server.requests[0].form["grant_type"] == "refresh_token"


def test_channel_knows_better_than_the_status(server, client, reply):
    server.plays(reply(400, b'{"error": "invalid_grant"}'))

    def classify(answer):
        return AuthDead("gone", answer.payload()["error"])

    with pytest.raises(AuthDead) as caught:
        client(classify).json(READ)
    assert caught.value.code == "invalid_grant"


def test_error_hidden_in_a_success(server, client, reply):
    server.plays(reply(200, b'{"error": "error_auth"}'), reply(200, b'{"error": ""}'))

    def check(answer):
        code = answer.payload()["error"]
        return AuthDead("gone", code) if code else None

    door = client(hooks={"check": check})
    with pytest.raises(AuthDead):
        door.json(READ)
    assert door.json(READ) == {"error": ""}


def test_channel_signs_the_call_itself_also_after_a_refresh(server, client, reply):
    server.plays(reply(401), reply())

    def sign(call, token):
        return replace(call, params={**call.params, "sign": token})

    client(hooks={"authorize": sign}).json(READ)
    signs = [request.args["sign"] for request in server.requests]
    assert signs == ["APP_USR-first", "APP_USR-after-1"]
    assert "Authorization" not in server.requests[0].headers


def test_limiter_is_asked_before_every_request(server, client, reply):
    server.plays(reply(401), reply())
    asked = []
    client(limiter=asked.append).json(replace(READ, operation="getOrder"))
    assert asked == ["getOrder", "getOrder"]
    assert READ.bucket == "GET /orders/{id}"


def test_call_over_the_limit_does_not_leave(server, client):
    def limiter(bucket):
        raise RateLimited(bucket, retry_after=7)

    with pytest.raises(RateLimited):
        client(limiter=limiter).json(READ)
    assert server.requests == []


def test_log_line(server, client, reply, records):
    server.plays(reply(401), reply(404))
    with pytest.raises(NotFound):
        client().json(READ)
    assert [(r.method, r.template, r.status, r.error) for r in records] == [
        ("GET", "/orders/{id}", 401, "TokenExpired"),
        ("GET", "/orders/{id}", 404, "NotFound"),
    ]
    assert "APP_USR" not in repr(records)
    assert records[0].ref == "77"
    assert records[0].at.tzinfo is timezone.utc


def test_log_line_without_an_answer(server, client, reply, records):
    server.plays(reply(cut="reset"))
    with pytest.raises(OutcomeUnknown):
        client().json(WRITE)
    assert (records[0].status, records[0].error) == (0, "OutcomeUnknown")


def test_message_of_an_unexplained_refusal_is_redacted(server, client, reply):
    server.plays(reply(422, b"CPF 529.982.247-25 of a@b.example, token APP_USR-1-x"))
    with pytest.raises(Rejected) as caught:
        client().json(READ)
    assert caught.value.who == "bug"
    assert "529" not in str(caught.value)
    assert "@" not in str(caught.value)
    assert "APP_USR" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        ("Fri, 20 Nov 2026 18:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 17:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after(text, seconds):
    now = datetime(2026, 11, 20, 18, tzinfo=timezone.utc)
    assert retry_after({"retry-after": text}, now) == seconds


def test_rate_limit_carries_the_wait(server, client, reply):
    server.plays(reply(429, headers={"Retry-After": "17"}))
    with pytest.raises(RateLimited) as caught:
        client().json(READ)
    assert caught.value.retry_after == 17
