"""Shopee passes the contract of all channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import Order, RawRequest
from odoo.addons.marketplace_shopee.domain.adapter import ShopeeAdapter

from simulators.common.clock import Clock
from simulators.shopee import Shop, ShopeeSimulator
from tests.simulators.contract_bench import (
    NOW,
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
from tests.simulators.contract_suite import (
    ContractSuite,
    PulledEventsSuite,
    WebhookSuite,
)

HOOK = "https://erp.example/marketplace/shopee/k3y"
OWN_LOGISTICS = 90021


class ShopeeBench(ContractBench):
    adapter_class = ShopeeAdapter
    read_path = "/api/v2/order/get_order_detail"
    write_path = "/api/v2/order/upload_invoice_doc"
    page_size = 100
    status_fields = ("order_status",)
    unknown_id = "261120UNKNOWN0"
    unknown_parcel = "OFG999999999"

    def account(self) -> dict[str, Any]:
        return {
            "account_ref": str(self.simulator.shop.shop_id),
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
            "base_url": self.simulator.url,
        }

    def callback(self) -> dict[str, str]:
        return self.simulator.engine.authorize({})

    def webhook(self, order_id: str) -> RawRequest:
        notes = self.simulator.engine.store.notifications()
        note = next(note for note in notes if note.resource == order_id)
        body, headers = self.simulator.engine.push.request(note, HOOK)
        lowered = {name.lower(): value for name, value in headers.items()}
        return RawRequest("POST", HOOK, lowered, body, self.clock.now())

    def forged(self, request: RawRequest) -> RawRequest:
        # The same fields, serialised anew: the signature is over the bytes.
        return replace(request, body=request.body.replace(b": ", b":"))

    def miss_event(self) -> str:
        self.simulator.notifications(drop=1)
        return self.place()

    def printable(self) -> Order:
        order = super().printable()
        ((_ref, error),) = self.adapter().arrange(self.parcel_ids(order))
        assert error is None
        return self.read(order.external_id)

    def ask_cancel(self) -> str:
        order_id = self.place()
        self.simulator.advance(order_id, "ask_cancel")
        return order_id

    def to_arrange(self) -> str:
        return self.parcel_ids(super().printable())[0]

    def own_parcel(self) -> str:
        order = self.read(self.place(channel_id=OWN_LOGISTICS))
        adapter = self.adapter()
        adapter.send_invoice(order.invoice_targets[0], self.invoice(order))
        return self.parcel_ids(order)[0]

    def give_back(self) -> str:
        order_id = self.printable().external_id
        self.labels(self.parcel_ids(self.read(order_id)))
        for event in ("ship", "deliver", "give_back"):
            self.clock.advance(timedelta(hours=1))
            self.simulator.advance(order_id, event)
        (found,) = self.simulator.engine.store.returns_of(order_id)
        return found.return_sn


@pytest.fixture
def bench() -> Iterator[ShopeeBench]:
    shop = Shop(cnpj=SELLER_CNPJ, state_tax_id=SELLER_IE, uf="SP")
    with ShopeeSimulator(clock=Clock(NOW), shop=shop) as simulator:
        yield ShopeeBench(simulator)


class TestShopee(
    ContractSuite,
    WebhookSuite,
    PulledEventsSuite,
    ListingsSuite,
    StockSuite,
    PriceSuite,
    CancelSuite,
    AnswerCancelSuite,
    ArrangeSuite,
    OwnTrackingSuite,
    ReturnsSuite,
):
    """Signed push messages, and the queue of those that were lost."""
