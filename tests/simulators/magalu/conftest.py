"""A running simulator and a strict little client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from simulators.magalu import MagaluSimulator
from tests.simulators.magalu.fresh import Market, market


@pytest.fixture(scope="session")
def magalu() -> Iterator[Market]:
    with market() as running:
        yield running


@pytest.fixture
def sim(magalu: Market) -> MagaluSimulator:
    return magalu.fresh()


@pytest.fixture
def tokens(sim: MagaluSimulator) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "client_id": sim.client_id,
        "client_secret": sim.client_secret,
        "code": sim.authorize(),
        "redirect_uri": "https://erp.example/callback",
    }
    return requests.post(f"{sim.url}/oauth/token", data=form, timeout=5).json()


@pytest.fixture
def call(sim: MagaluSimulator, tokens: dict[str, Any]) -> Callable[..., Any]:
    """``call("GET", path, …)`` with token and tenant; ``headers`` come on top."""

    def send(method: str, path: str, **options: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {tokens['access_token']}",
            "X-Tenant-Id": sim.seller.tenant,
            **options.pop("headers", {}),
        }
        headers = {name: value for name, value in headers.items() if value}
        return requests.request(
            method, sim.url + path, headers=headers, timeout=5, **options
        )

    return send


@pytest.fixture
def control(sim: MagaluSimulator) -> Callable[..., Any]:
    """``control("order", {…})`` posts, without a body it reads."""

    def send(name: str, body: Any = None) -> requests.Response:
        method = "GET" if body is None else "POST"
        return requests.request(
            method, f"{sim.control}/{name}", json=body or None, timeout=5
        )

    return send
