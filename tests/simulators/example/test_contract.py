"""The example of the documentation passes the contract of all channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    Order,
    RawRequest,
    Rejected,
)

from simulators.common.clock import Clock
from tests.simulators.contract_bench import NOW, ContractBench
from tests.simulators.contract_suite import ContractSuite, WebhookSuite

from .adapter import ExampleAdapter
from .channel import PAGE, SHOP, ExampleSimulator


class ExampleBench(ContractBench):
    adapter_class = ExampleAdapter
    write_path = "/invoice"
    page_size = PAGE
    unknown_id = unknown_parcel = "EX-999"

    def account(self) -> dict[str, Any]:
        app = self.simulator.engine.app
        return {
            "account_ref": SHOP,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "base_url": self.simulator.url,
        }

    def callback(self) -> dict[str, str]:
        return self.simulator.engine.authorize({})

    def webhook(self, order_id: str) -> RawRequest:
        notes = self.simulator.engine.store.notifications()
        note = next(note for note in notes if note.resource == order_id)
        body, headers = self.simulator.engine.push.request(note, "")
        lowered = {name.lower(): value for name, value in headers.items()}
        return RawRequest("POST", "https://erp.example", lowered, body, NOW)

    def forged(self, request: RawRequest) -> RawRequest:
        return replace(request, body=request.body.replace(b"EX-1", b"EX-2"))

    def upload_path(self, order: Order) -> str:
        return f"/orders/{order.external_id}/invoice"


@pytest.fixture
def bench() -> Iterator[ExampleBench]:
    with ExampleSimulator(Clock(NOW)) as simulator:
        yield ExampleBench(simulator)


class TestExample(ContractSuite, WebhookSuite):
    """No optional feature: what the adapter lacks becomes a task for a person."""

    def test_refusal_has_its_code(self, bench):
        order = bench.read(bench.place())
        wrong = bench.invoice(order, total=order.total + 1)
        with pytest.raises(Rejected) as caught:
            bench.adapter().send_invoice(order.invoice_targets[0], wrong)
        assert (caught.value.code, caught.value.who) == ("wrong_total", "operator")
