"""Amazon passes the contract of all channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from odoo.addons.marketplace_amazon.domain.adapter import AmazonAdapter
from odoo.addons.marketplace_connector.domain.contract import Order, RawRequest

from simulators.amazon import AmazonSimulator, Seller
from simulators.common.clock import Clock
from tests.simulators.contract_bench import (
    NOW,
    REDIRECT,
    SELLER_CEP,
    SELLER_CNPJ,
    SELLER_IE,
    ContractBench,
)
from tests.simulators.contract_features import (
    AnswerCancelSuite,
    ArrangeSuite,
    CancelSuite,
    ListingsSuite,
    OwnTrackingSuite,
    PriceSuite,
    ReturnsSuite,
    StockSuite,
)
from tests.simulators.contract_suite import ContractSuite, WebhookSuite

SELLER = Seller(cnpj=SELLER_CNPJ, state_tax_id=SELLER_IE, zip_code=SELLER_CEP, uf="SP")


class AmazonBench(ContractBench):
    adapter_class = AmazonAdapter
    read_path = "/orders/2026-01-01/orders"
    write_path = "/delivery/2022-07-01/invoice"
    page_size = 100
    status_fields = ("fulfillmentStatus",)
    unknown_id = "701-9999999-9999999"
    unknown_parcel = "D9999999"

    def account(self) -> dict[str, Any]:
        return {
            "account_ref": self.simulator.seller.seller_id,
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
            "base_url": self.simulator.url,
            "application_id": self.simulator.application_id,
        }

    def callback(self) -> dict[str, str]:
        return self.simulator.engine.authorize({"redirect_uri": REDIRECT})

    def webhook(self, order_id: str) -> RawRequest:
        notes = self.simulator.engine.store.notifications()
        note = next(n for n in notes if n.resource == order_id)
        body, headers = self.simulator.engine.push.request(note, "")
        now = self.clock.now()
        return RawRequest("POST", "https://erp.example/hook", headers, body, now)

    def forged(self, request: RawRequest) -> RawRequest:
        event = json.loads(request.body)
        event["detail"]["Payload"]["OrderChangeNotification"]["SellerId"] = "A0OTHER"
        return replace(request, body=json.dumps(event).encode())

    def printable(self) -> Order:
        order = super().printable()
        self.clock.advance(timedelta(minutes=1))
        return self.read(order.external_id)

    def ask_cancel(self) -> str:
        order_id = self.place()
        self.simulator.advance(order_id, "request_cancel")
        return order_id

    def to_arrange(self) -> str:
        return self.parcel_ids(self.printable())[0]

    def own_parcel(self) -> str:
        return self.parcel_ids(self.read(self.place(program="SelfShip")))[0]

    def give_back(self) -> str:
        order = self.printable()
        self.labels(self.parcel_ids(order))
        self.simulator.advance(order.external_id, "ship")
        return self.simulator.give_back(order.external_id)


@pytest.fixture
def bench() -> Iterator[AmazonBench]:
    with AmazonSimulator(clock=Clock(NOW), seller=SELLER) as simulator:
        yield AmazonBench(simulator)


class TestAmazon(
    ContractSuite,
    WebhookSuite,
    ListingsSuite,
    StockSuite,
    PriceSuite,
    CancelSuite,
    AnswerCancelSuite,
    ArrangeSuite,
    OwnTrackingSuite,
    ReturnsSuite,
):
    """Unsigned, relayed notifications; offers, shipments and returns."""
