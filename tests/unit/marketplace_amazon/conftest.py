"""A running store, an adapter for its seller, and a payload of our own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from odoo.addons.marketplace_amazon.domain.adapter import AmazonAdapter
from odoo.addons.marketplace_connector.domain.contract import TokenSet
from odoo.addons.marketplace_connector.domain.http import CallRecord, HttpOptions

from simulators.amazon import AmazonSimulator
from simulators.common.clock import Clock

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
SELLER = "A3SIMULADOVENDE"
ORDER = {
    "orderId": "701-1111111-2222222",
    "createdTime": "2026-11-20T15:00:00Z",
    "lastUpdatedTime": "2026-11-20T15:05:00Z",
    "programs": ["DELIVERY_BY_AMAZON"],
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A2Q3Y263D00KWC"},
    "buyer": {"buyerName": "Ana Amostra", "buyerEmail": "x@marketplace.amazon.com.br"},
    "recipient": {
        "deliveryAddress": {
            "name": "Beatriz Exemplo",
            "addressLine1": "Rua do Ensaio, 12",
            "addressLine2": "ap 3",
            "city": "Campinas",
            "stateOrRegion": "São Paulo",
            "postalCode": "13010-001",
            "countryCode": "BR",
            "phone": "+55 19 95550-0001",
            "extendedFields": {
                "streetName": "Rua do Ensaio",
                "streetNumber": "12",
                "complement": "ap 3",
                "neighborhood": "Centro",
            },
        }
    },
    "proceeds": {"grandTotal": {"amount": "119.90", "currencyCode": "BRL"}},
    "tax": {
        "taxRegistrations": [
            {
                "entityType": "BUYER",
                "taxRegistrationType": "CPF",
                "taxRegistrationNumber": "529.982.247-25",
            },
            {
                "entityType": "MARKETPLACE",
                "taxRegistrationType": "CNPJ",
                "taxRegistrationNumber": "15436940",
            },
        ],
        "taxInvoicing": {"invoiceStatus": "NOT_FOUND"},
    },
    "payment": {
        "paymentExecutions": [
            {
                "paymentMethod": "CreditCard",
                "paymentAmount": {"amount": "119.90", "currencyCode": "BRL"},
                "acquirerId": "01.027.058/0001-91",
                "cardBrand": "Visa",
                "authorizationCode": "A1",
            }
        ]
    },
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "shipByWindow": {"latestDateTime": "2026-11-23T02:59:59Z"},
    },
    "orderItems": [
        {
            "orderItemId": "170001",
            "quantityOrdered": 2,
            "product": {
                "asin": "B0SIMUL001",
                "title": "Cadeira",
                "sellerSku": "CAD-1",
                "price": {"unitPrice": {"amount": "50.00", "currencyCode": "BRL"}},
            },
            "proceeds": {
                "breakdowns": [
                    {
                        "type": "ITEM",
                        "subtotal": {"amount": "100.00", "currencyCode": "BRL"},
                    },
                    {
                        "type": "SHIPPING",
                        "subtotal": {"amount": "19.90", "currencyCode": "BRL"},
                    },
                ]
            },
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 2},
        }
    ],
    "fulfillmentOrders": [{"fulfillmentOrderId": "D1a2b3c4"}],
}


class Tokens:
    """The token row of an account, as the connector keeps it."""

    def __init__(self) -> None:
        self.token = TokenSet("", NOW)
        self.adapter: AmazonAdapter | None = None
        self.refreshes = 0

    def get_token(self) -> str:
        return self.token.access

    def refresh(self, refused: str) -> str:
        self.token = self.adapter.refresh(self.token)
        self.refreshes += 1
        return self.token.access


@pytest.fixture
def raw() -> dict[str, Any]:
    """An order as Amazon shows it, to be changed by a test."""
    return copy.deepcopy(ORDER)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def sim(clock: Clock) -> Iterator[AmazonSimulator]:
    with AmazonSimulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def build(
    sim: AmazonSimulator, clock: Clock, records: list[CallRecord], tokens: Tokens
) -> Callable[..., AmazonAdapter]:
    """An authorised adapter; keywords change its account."""

    def adapter(**changes: Any) -> AmazonAdapter:
        limiter = changes.pop("limiter", None)
        options = HttpOptions(
            tokens=tokens, on_call=records.append, limiter=limiter, timeout=(1, 5)
        )
        account = {
            "account_ref": sim.seller.seller_id,
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "application_id": sim.application_id,
            "base_url": sim.url,
        }
        made = AmazonAdapter(options=options, now=clock.now, **{**account, **changes})
        tokens.adapter = made
        if not tokens.token.access:
            query = sim.engine.authorize({})
            tokens.token = made.exchange_code(query, "https://erp.example/cb")
        return made

    return adapter


@pytest.fixture
def adapter(build: Callable[..., AmazonAdapter]) -> AmazonAdapter:
    return build()


@pytest.fixture
def place(sim: AmazonSimulator) -> Callable[..., str]:
    """A new order's id."""

    def one(**spec: Any) -> str:
        return sim.place(**spec)["order_id"]

    return one


@pytest.fixture
def read(adapter: AmazonAdapter) -> Callable[[str], Any]:
    """One order, normalised; an error of that order is raised."""

    def one(order_id: str) -> Any:
        (result,) = adapter.orders([order_id])
        if isinstance(result, tuple):
            raise result[1]
        return result

    return one
