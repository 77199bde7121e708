"""Mercado Livre passes the contract of all channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import Order, RawRequest
from odoo.addons.marketplace_mercadolivre.domain.adapter import MercadoLivreAdapter

from simulators.common.clock import Clock
from simulators.mercadolivre import MercadoLivreSimulator, Seller
from tests.simulators.contract_bench import (
    NOW,
    REDIRECT,
    SELLER_CEP,
    SELLER_CNPJ,
    SELLER_IE,
    ContractBench,
)
from tests.simulators.contract_suite import (
    ContractSuite,
    PulledEventsSuite,
    WebhookSuite,
)

SELLER = Seller(cnpj=SELLER_CNPJ, state_tax_id=SELLER_IE, zip_code=SELLER_CEP, uf="SP")


class MercadoLivreBench(ContractBench):
    adapter_class = MercadoLivreAdapter
    write_path = "/shipments"

    def account(self) -> dict[str, Any]:
        return {
            "account_ref": str(self.simulator.seller.user_id),
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
            "base_url": self.simulator.url,
        }

    def callback(self) -> dict[str, str]:
        return {"code": self.simulator.authorize(REDIRECT)}

    def place(self, **spec: Any) -> str:
        return super().place(logistic_type="drop_off", **spec)

    def webhook(self, order_id: str) -> RawRequest:
        notes = self.simulator.engine.store.notifications()
        (note,) = [n for n in notes if n.resource == f"/orders/{order_id}"]
        body, headers = self.simulator.engine.push.request(note, "")
        now = self.clock.now()
        return RawRequest("POST", "https://erp.example/hook", headers, body, now)

    def forged(self, request: RawRequest) -> RawRequest:
        envelope = {**json.loads(request.body), "user_id": 1}
        return replace(request, body=json.dumps(envelope).encode())

    def miss_event(self) -> str:
        self.simulator.notifications(drop=1)
        return self.place()

    def upload_path(self, order: Order) -> str:
        return f"/shipments/{order.parcels[0].external_id}/invoice_data"


@pytest.fixture
def bench() -> Iterator[MercadoLivreBench]:
    with MercadoLivreSimulator(clock=Clock(NOW), seller=SELLER) as simulator:
        yield MercadoLivreBench(simulator)


class TestMercadoLivre(ContractSuite, WebhookSuite, PulledEventsSuite):
    """Unsigned notifications, and the feed of those that were missed."""
