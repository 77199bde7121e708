"""Payloads of our own, in the shapes of the API, and a running shop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import InvoiceFile, TokenSet
from odoo.addons.marketplace_connector.domain.http import CallRecord, HttpOptions
from odoo.addons.marketplace_shopee.domain.adapter import ShopeeAdapter

from simulators.common.clock import Clock
from simulators.shopee import Shop, ShopeeSimulator
from tests.simulators.contract_bench import SELLER_CNPJ, Tokens, note

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
PAID = int(datetime(2026, 11, 20, 16, 0, tzinfo=timezone.utc).timestamp())

ORDER: dict[str, Any] = {
    "order_sn": "261120TESTE001",
    "region": "BR",
    "currency": "BRL",
    "cod": False,
    "total_amount": 191.9,
    "order_status": "READY_TO_SHIP",
    "create_time": PAID - 60,
    "update_time": PAID + 30,
    "pay_time": PAID,
    "ship_by_date": PAID + 172800,
    "buyer_user_id": 258065,
    "buyer_cpf_id": "52998224725",
    "payment_method": "Credit Card",
    "estimated_shipping_fee": 12.9,
    "fulfillment_flag": "fulfilled_by_local_seller",
    "shipping_carrier": "Shopee Xpress",
    "recipient_address": {
        "name": "Pessoa de Teste",
        "phone": "******00",
        "town": "",
        "district": "Centro",
        "city": "Curitiba",
        "state": "Paraná",
        "region": "BR",
        "zipcode": "80020090",
        "full_address": "Rua do Teste, 120, ap 12, Centro, Curitiba, Paraná, 80020090",
    },
    "item_list": [
        {
            "item_id": 801384300,
            "item_name": "Banqueta",
            "item_sku": "PAI-1",
            "model_id": 2000458000,
            "model_name": "Azul",
            "model_sku": "BAN-01",
            "model_quantity_purchased": 2,
            "model_original_price": 100,
            "model_discounted_price": 90,
            "cancelled_qty": 0,
            "order_item_id": 801384300,
            "promotion_group_id": 0,
            "product_location_id": ["BRZ"],
        }
    ],
    "package_list": [
        {
            "package_number": "OFG100",
            "logistics_status": "LOGISTICS_READY",
            "logistics_channel_id": 90003,
            "shipping_carrier": "Shopee Xpress",
            "item_list": [
                {"item_id": 801384300, "model_id": 2000458000, "model_quantity": 2}
            ],
        }
    ],
    "invoice_data": {"access_key": "", "status": "pending"},
    "payment_info": [
        {
            "payment_method": "Credit Card",
            "payment_processor_register": "38.372.267/0001-82",
            "card_brand": "MASTER",
            "transaction_id": "951679",
            "payment_amount": 182.9,
        }
    ],
    "cancel_by": "",
    "cancel_reason": "",
    "buyer_cancel_reason": "",
}
# Sums of the line: 2 × 100, the seller's discount, his voucher, Shopee's voucher.
ESCROW: dict[str, Any] = {
    "order_sn": "261120TESTE001",
    "order_income": {
        "buyer_paid_shipping_fee": 12.9,
        "commission_fee": 25.2,
        "service_fee": 4,
        "instalment_plan": "3x",
        "seller_return_refund": 0,
        "items": [
            {
                "item_id": 801384300,
                "model_id": 2000458000,
                "original_price": 200,
                "seller_discount": 20,
                "shopee_discount": 0,
                "discount_from_voucher_seller": 1,
                "discount_from_voucher_shopee": 9,
                "discount_from_coin": 0,
                "quantity_purchased": 2,
            }
        ],
    },
}


def _variant(base: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        # As the door to the network reads it: no floats.
        return json.loads(json.dumps({**base, **changes}), parse_float=Decimal)

    return make


@pytest.fixture
def raw_order() -> Callable[..., dict[str, Any]]:
    return _variant(ORDER)


@pytest.fixture
def raw_escrow() -> Callable[..., dict[str, Any]]:
    return _variant(ESCROW)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def sim(clock: Clock) -> Iterator[ShopeeSimulator]:
    with ShopeeSimulator(clock=clock, shop=Shop(cnpj=SELLER_CNPJ)) as simulator:
        yield simulator


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(TokenSet("", NOW))


@pytest.fixture
def build(
    sim: ShopeeSimulator, tokens: Tokens, records: list[CallRecord], clock: Clock
) -> Callable[..., ShopeeAdapter]:
    """An adapter for the simulator's shop, authorised; keywords change its account."""

    def adapter(**changes: Any) -> ShopeeAdapter:
        options = HttpOptions(tokens=tokens, on_call=records.append, timeout=(1, 5))
        account = {
            "account_ref": str(sim.shop.shop_id),
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "base_url": sim.url,
            "now": clock.now,
        }
        built = ShopeeAdapter(options=options, **{**account, **changes})
        tokens.adapter = built
        return built

    tokens.token = adapter().exchange_code(
        sim.engine.authorize({}), "https://x.example"
    )
    return adapter


@pytest.fixture
def adapter(build: Callable[..., ShopeeAdapter]) -> ShopeeAdapter:
    return build()


@pytest.fixture
def read(adapter: ShopeeAdapter) -> Callable[[str], Any]:
    """One order, normalised; an error of that order is raised."""

    def one(order_sn: str) -> Any:
        (result,) = adapter.orders([order_sn])
        if isinstance(result, tuple):
            raise result[1]
        return result

    return one


@pytest.fixture
def nfe(clock: Clock) -> Callable[..., InvoiceFile]:
    """An authorised NF-e of the order, half an hour old unless told otherwise."""

    def make(order: Any, minutes: int = 31, number: int = 1, **changes: Any) -> Any:
        at = clock.now().replace(microsecond=0) - timedelta(minutes=minutes)
        party = order.buyer
        return note(
            document=party.doc,
            cep=party.address.zip,
            total=order.total,
            at=at,
            number=number,
            **changes,
        )

    return make


@pytest.fixture
def invoiced(adapter, sim, read, nfe) -> Callable[..., Any]:
    """An order whose NF-e Shopee holds, ready to be arranged."""
    numbers = iter(range(100, 200))

    def place(**spec: Any) -> Any:
        order = read(sim.place(**spec)["order_id"])
        target = order.invoice_targets[0]
        adapter.send_invoice(target, nfe(order, number=next(numbers)))
        return read(order.external_id)

    return place


@pytest.fixture
def arranged(adapter, invoiced) -> Callable[..., Any]:
    """An order whose label can be made."""

    def place(**spec: Any) -> Any:
        order = invoiced(**spec)
        ((_number, error),) = adapter.arrange([order.parcels[0].external_id])
        assert error is None
        return order

    return place
