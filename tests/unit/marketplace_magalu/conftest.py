"""A running market, an adapter for its seller, and a payload of our own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import InvoiceFile, TokenSet
from odoo.addons.marketplace_connector.domain.http import CallRecord, HttpOptions
from odoo.addons.marketplace_magalu.domain.adapter import MagaluAdapter

from simulators.common.clock import Clock
from simulators.magalu import MagaluSimulator
from tests.simulators.contract_bench import SELLER_CNPJ, Tokens, note
from tests.simulators.magalu.fresh import NOW, Market, market

REDIRECT = "https://erp.example/marketplace/oauth/magalu"


@pytest.fixture(scope="session")
def magalu() -> Iterator[Market]:
    with market(SELLER_CNPJ) as running:
        yield running


@pytest.fixture
def sim(magalu: Market) -> MagaluSimulator:
    return magalu.fresh()


@pytest.fixture
def clock(sim: MagaluSimulator) -> Clock:
    return sim.clock


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def build(
    sim: MagaluSimulator, records: list[CallRecord], clock: Clock
) -> Callable[..., MagaluAdapter]:
    """An adapter for the simulator's shop; keywords change its account."""
    tokens = Tokens(TokenSet("", NOW))

    def adapter(**changes: Any) -> MagaluAdapter:
        options = HttpOptions(tokens=tokens, on_call=records.append, timeout=(1, 5))
        account = {
            "account_ref": sim.seller.tenant,
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "base_url": sim.url,
            "now": clock.now,
            "sleep": lambda seconds: clock.advance(timedelta(seconds=seconds)),
        }
        tokens.adapter = MagaluAdapter(options=options, **{**account, **changes})
        return tokens.adapter

    code = {"code": sim.authorize(REDIRECT)}
    tokens.token = adapter().exchange_code(code, REDIRECT)
    return adapter


@pytest.fixture
def adapter(build: Callable[..., MagaluAdapter]) -> MagaluAdapter:
    return build()


@pytest.fixture
def read(adapter: MagaluAdapter) -> Callable[[str], Any]:
    """One order, normalised; an error of that order is raised."""

    def one(code: str) -> Any:
        (result,) = adapter.orders([code])
        if isinstance(result, tuple):
            raise result[1]
        return result

    return one


@pytest.fixture
def two_parcels(sim: MagaluSimulator) -> str:
    """An order of two deliveries with the same SKU in both; its code."""
    lines = [
        {"seller_sku": "CAD-01", "quantity": 2, "price": "100.00"},
        {"seller_sku": "CAD-01", "price": "100.00", "delivery": 1},
    ]
    return str(sim.place(lines=lines, freight="30.00")["order_id"])


@pytest.fixture
def nfe(sim: MagaluSimulator, clock: Clock) -> Callable[..., InvoiceFile]:
    """An authorised NF-e that fits a delivery, except for what is changed."""
    numbers = iter(range(1, 99))

    def make(delivery_id: str, **changes: Any) -> InvoiceFile:
        delivery = sim.engine.lifecycle.delivery(delivery_id)
        buyer = sim.engine.lifecycle.order(delivery.order_code).buyer
        values = {
            "document": buyer.document,
            "cep": buyer.address.cep,
            "total": Decimal(delivery.total) / 100,
            "at": clock.now().replace(microsecond=0),
            "number": next(numbers),
            **changes,
        }
        return note(**values)

    return make


ORDER: dict[str, Any] = {
    "id": "7a0e8f6e-0000-4000-8000-000000000001",
    "code": "LU-1234567890",
    "status": "approved",
    "purchased_at": "2026-11-20T12:00:00Z",
    "created_at": "2026-11-20T12:00:01Z",
    "updated_at": "2026-11-20T12:10:00.500Z",
    "approved_at": "2026-11-20T12:05:00Z",
    "amounts": {
        "currency": "BRL",
        "normalizer": 100,
        "total": 21990,
        "commission": {"total": 3299, "normalizer": 100},
        "discount": {"total": 0, "normalizer": 100},
        "freight": {"total": 1990, "normalizer": 100},
    },
    "channel": {"id": "c-1", "marketplace": {"document": "47960950000121"}},
    "customer": {
        "name": "Pessoa de Teste",
        "document_number": "111.444.777-35",
        "customer_type": "PF",
    },
    "payments": [
        {
            "amount": 21990,
            "normalizer": 100,
            "method": "credit_card",
            "brand": "Visa",
            "installments": 3,
            "authorization_code": "301299",
            "gateway": {"document": "01.027.058/0001-91"},
        }
    ],
    "deliveries": [
        {
            "id": "d-1",
            "status": "approved",
            "updated_at": "2026-11-20T12:11:00Z",
            "seller": {"id": "loja-teste"},
            "invoices": [],
            "items": [
                {
                    "info": {"id": "p-1", "sku": "BAN-01", "name": "Banqueta"},
                    "quantity": 2,
                    "sequencial": 1,
                    "unit_price": {"value": 10000, "normalizer": 100},
                }
            ],
            "shipping": {
                "handling_time": {"limit_date": "2026-11-22T12:00:00Z"},
                "deadline": {"limit_date": "2026-11-30T12:00:00Z"},
                "provider": {
                    "name": "Magalu Entregas",
                    "extras": {"is_fulfillment": False, "is_mle": True},
                },
                "recipient": {
                    "name": "Pessoa de Teste",
                    "document_number": "11144477735",
                    "address": {
                        "street": "Rua do Teste",
                        "number": "10",
                        "complement": "ap 12",
                        "district": "Centro",
                        "city": "Curitiba",
                        "state": "PR",
                        "zipcode": "80020-090",
                    },
                },
            },
        }
    ],
}


@pytest.fixture
def raw() -> dict[str, Any]:
    return copy.deepcopy(ORDER)
