"""A small server that answers what a test tells it to, and a client for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from odoo.addons.marketplace_connector.domain.http import (
    CallRecord,
    HttpClient,
    HttpOptions,
)

from simulators.common.server import TRUNCATE_KEY, WsgiServer, cut


@dataclass
class Reply:
    """One answer; ``cut`` reset or close, ``keep`` bytes of the body, ``wait`` s."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    keep: int | None = None
    wait: float = 0


class Server:
    """Plays its replies one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.replies = [Reply()]
        self.requests: list[Request] = []
        self.http = WsgiServer(self)

    def plays(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        time.sleep(reply.wait)
        if reply.cut:
            raise cut(environ, reset=reply.cut == "reset")
        if reply.keep is not None:
            environ[TRUNCATE_KEY] = reply.keep
        response = Response(reply.body, reply.status, reply.headers)
        return response(environ, start_response)


class Tokens:
    """A provider that counts how often it had to refresh."""

    def __init__(self) -> None:
        self.token = "APP_USR-first"
        self.refused: list[str] = []

    def get_token(self) -> str:
        return self.token

    def refresh(self, refused: str) -> str:
        self.refused.append(refused)
        self.token = f"APP_USR-after-{len(self.refused)}"
        return self.token


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    with server.http:
        yield server


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def client(
    server: Server, tokens: Tokens, records: list[CallRecord]
) -> Callable[..., HttpClient]:
    def build(
        classify: Any = None,
        url: str = "",
        hooks: dict[str, Any] | None = None,
        **options: Any,
    ) -> HttpClient:
        values = {"tokens": tokens, "on_call": records.append, "timeout": (1, 1)}
        return HttpClient(
            url or server.http.url,
            HttpOptions(**{**values, **options}),
            classify,
            **(hooks or {}),
        )

    return build
