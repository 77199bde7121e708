"""Mercado Livre passes the contract of all channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    MessageKind,
    OfferKey,
    Order,
    RawRequest,
)
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
from tests.simulators.contract_features import (
    CancelSuite,
    ChannelInvoiceSuite,
    ClaimsSuite,
    ListingsSuite,
    MessagesSuite,
    PriceSuite,
    QuestionsSuite,
    ReturnsSuite,
    StockSuite,
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

    def ask(self, kind: MessageKind) -> str:
        engine = self.simulator.engine
        if kind == MessageKind.QUESTION:
            with engine.store.transaction():
                item = engine.offers.all()[0]
                return str(engine.aftersales.ask(item.id, "Tem na cor azul?", 1).id)
        self.simulator.advance(self.place(), "say")
        return engine.aftersales.texts()[-1].id

    def claim(self) -> str:
        order_id = self.place()
        self.simulator.advance(order_id, "claim")
        return str(self.simulator.engine.aftersales.claims()[-1].id)

    def give_back(self) -> str:
        order_id = self.place()
        self.simulator.advance(order_id, "return")
        return str(self.simulator.engine.aftersales.claims()[-1].id)

    def place_full(self) -> tuple[str, str]:
        order_id = ContractBench.place(self, logistic_type="fulfillment")
        issued = self.simulator.engine.issuer.of_order(int(order_id))
        return order_id, str(issued.id)


class MultiOriginBench(MercadoLivreBench):
    """An account whose stock lies on user products, with versions."""

    def conflict(self, key: OfferKey) -> None:
        engine = self.simulator.engine
        with engine.store.transaction():
            item = engine.offers.get(key.item_id)
            pool = engine.offers.pool(item.variations[0].user_product_id)
            engine.offers.save_pool(pool)


@pytest.fixture
def bench() -> Iterator[MercadoLivreBench]:
    with MercadoLivreSimulator(clock=Clock(NOW), seller=SELLER) as simulator:
        yield MercadoLivreBench(simulator)


class TestMercadoLivre(
    ContractSuite,
    WebhookSuite,
    PulledEventsSuite,
    ListingsSuite,
    StockSuite,
    PriceSuite,
    CancelSuite,
    QuestionsSuite,
    MessagesSuite,
    ClaimsSuite,
    ReturnsSuite,
    ChannelInvoiceSuite,
):
    """Unsigned notifications, and the feed of those that were missed."""


class TestMultiOrigin(ListingsSuite, StockSuite):
    """The same account with its stock in warehouses."""

    @pytest.fixture
    def bench(self) -> Iterator[MultiOriginBench]:
        with MercadoLivreSimulator(clock=Clock(NOW), seller=SELLER) as simulator:
            simulator.engine.offers.multi_origin = True
            yield MultiOriginBench(simulator)
