"""Magalu passes the contract of all channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import Order, RawRequest
from odoo.addons.marketplace_magalu.domain.adapter import MagaluAdapter

from simulators.magalu import MagaluSimulator
from tests.simulators.contract_bench import REDIRECT, SELLER_CNPJ, ContractBench
from tests.simulators.contract_features import (
    ClaimsSuite,
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
from tests.simulators.magalu.fresh import Market, market


class MagaluBench(ContractBench):
    read_path = "/seller/v1/orders"
    write_path = "/invoices"
    unknown_id = "LU-9999999999999"
    unknown_parcel = "00000000-0000-4000-8000-000000000000"

    def __init__(self, simulator: MagaluSimulator) -> None:
        self.adapter_class = partial(MagaluAdapter, sleep=self._sleep)
        # A note that was taken is listed at once, and checked a little later.
        simulator.engine.configure("trace_seconds", 0)
        super().__init__(simulator)

    def _sleep(self, seconds: float) -> None:
        self.simulator.clock.advance(timedelta(seconds=seconds))

    def account(self) -> dict[str, Any]:
        return {
            "account_ref": self.simulator.seller.tenant,
            "client_id": self.simulator.client_id,
            "client_secret": self.simulator.client_secret,
            "base_url": self.simulator.url,
        }

    def callback(self) -> dict[str, str]:
        return {"code": self.simulator.authorize(REDIRECT)}

    def touch(self, order_id: str) -> None:
        self.simulator.advance(order_id, "touch")

    def webhook(self, order_id: str) -> RawRequest:
        notes = self.simulator.engine.store.notifications()
        (note,) = [n for n in notes if n.data["id"] == order_id]
        body, headers = self.simulator.engine.push.request(note, "")
        now = self.clock.now()
        return RawRequest("POST", "https://erp.example/hook", headers, body, now)

    def forged(self, request: RawRequest) -> RawRequest:
        envelope = {**json.loads(request.body), "tenant_id": "another"}
        return replace(request, body=json.dumps(envelope).encode())

    def miss_event(self) -> str:
        self.simulator.notifications(drop=1)
        return self.place()

    def upload_path(self, order: Order) -> str:
        return f"/seller/v1/deliveries/{order.parcels[0].external_id}/invoices"

    def printable(self, **spec: Any) -> Order:
        order = self.read(self.place(**spec))
        target = order.invoice_targets[0]
        self.adapter().send_invoice(target, self.invoice(order))
        self.clock.advance(timedelta(minutes=1))
        return self.read(order.external_id)

    def own_parcel(self) -> str:
        return self.parcel_ids(self.printable(own_freight=True))[0]

    def claim(self) -> str:
        return self._ticket("delivery").id

    def give_back(self) -> str:
        ticket = self._ticket("return")
        self.adapter().claim_action(ticket.id, "create_return", {})
        (claim,) = self.adapter().read_claims([ticket.id])
        return claim.return_ids[0]

    def _ticket(self, kind: str) -> Any:
        return self.simulator.engine.open_ticket(self.place(), kind)


@pytest.fixture(scope="module")
def checking() -> Iterator[Market]:
    with market(SELLER_CNPJ) as running:
        yield running


@pytest.fixture
def bench(checking: Market) -> MagaluBench:
    return MagaluBench(checking.fresh())


class TestMagalu(
    ContractSuite,
    WebhookSuite,
    PulledEventsSuite,
    ListingsSuite,
    StockSuite,
    PriceSuite,
    OwnTrackingSuite,
    ClaimsSuite,
    ReturnsSuite,
):
    """Unsigned notifications with a history; every write ends in a trace."""
