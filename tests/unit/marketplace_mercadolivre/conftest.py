"""A running market, an adapter for its seller, and payloads of our own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.marketplace_connector.domain.contract import InvoiceFile, TokenSet
from odoo.addons.marketplace_connector.domain.http import CallRecord, HttpOptions
from odoo.addons.marketplace_mercadolivre.domain.adapter import MercadoLivreAdapter

from simulators.common.clock import Clock
from simulators.common.people import cnpj_check_digits
from simulators.mercadolivre import MercadoLivreSimulator, Seller
from simulators.mercadolivre.invoice import key_check_digit

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
SELLER = Seller(
    cnpj="330001110001" + cnpj_check_digits("330001110001"),
    state_tax_id="111222333444",
    zip_code="09810000",
    uf="SP",
)
NFE = """<{root} xmlns="http://www.portalfiscal.inf.br/nfe" versao="{versao}">\
<NFe><infNFe versao="4.00" Id="NFe{key}"><ide><mod>{mod}</mod><serie>1</serie>\
<nNF>{nNF}</nNF><dhEmi>{dhEmi}</dhEmi><tpNF>1</tpNF><tpAmb>1</tpAmb></ide>\
<emit><CNPJ>{cnpj}</CNPJ><enderEmit><UF>{uf}</UF><CEP>{cep_emit}</CEP></enderEmit>\
<IE>{ie}</IE></emit><dest><CPF>{cpf}</CPF><enderDest><CEP>{cep}</CEP></enderDest>\
</dest><total><ICMSTot><vNF>{vNF}</vNF></ICMSTot></total></infNFe></NFe>\
<protNFe><infProt><tpAmb>1</tpAmb><chNFe>{key}</chNFe><cStat>{cStat}</cStat>\
</infProt></protNFe></{root}>"""


class Tokens:
    """The token row of an account, as the connector keeps it."""

    def __init__(self, pair: dict[str, Any]) -> None:
        self.access, self.last_refresh = pair["access_token"], pair["refresh_token"]
        self.adapter: MercadoLivreAdapter | None = None
        self.refreshes = 0

    def get_token(self) -> str:
        return self.access

    def refresh(self, refused: str) -> str:
        old = TokenSet(refused, NOW, refresh=self.last_refresh)
        new = self.adapter.refresh(old)
        self.access, self.last_refresh = new.access, new.refresh
        self.refreshes += 1
        return self.access


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def sim(clock: Clock) -> Iterator[MercadoLivreSimulator]:
    with MercadoLivreSimulator(clock=clock, seller=SELLER) as simulator:
        yield simulator


@pytest.fixture
def tokens(sim: MercadoLivreSimulator) -> Tokens:
    return Tokens(sim.token())


@pytest.fixture
def records() -> list[CallRecord]:
    return []


@pytest.fixture
def build(
    sim: MercadoLivreSimulator, tokens: Tokens, records: list[CallRecord], clock: Clock
) -> Callable[..., MercadoLivreAdapter]:
    """An adapter for the simulator's seller; keywords change its account."""

    def adapter(**changes: Any) -> MercadoLivreAdapter:
        options = HttpOptions(
            tokens=tokens,
            on_call=records.append,
            timeout=(1, changes.pop("read_timeout", 5)),
        )
        account = {
            "account_ref": str(sim.seller.user_id),
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "base_url": sim.url,
        }
        built = MercadoLivreAdapter(
            options=options, now=clock.now, **{**account, **changes}
        )
        tokens.adapter = built
        return built

    return adapter


@pytest.fixture
def adapter(build: Callable[..., MercadoLivreAdapter]) -> MercadoLivreAdapter:
    return build()


@pytest.fixture
def read(adapter: MercadoLivreAdapter) -> Callable[[int], Any]:
    """One order, normalised; an error of that order is raised."""

    def one(order_id: int) -> Any:
        (result,) = adapter.orders([str(order_id)])
        if isinstance(result, tuple):
            raise result[1]
        return result

    return one


@pytest.fixture
def nfe(sim: MercadoLivreSimulator) -> Callable[..., InvoiceFile]:
    """An authorised NF-e that fits the sale, except for what is changed."""

    def make(shipment_id: int, **changes: Any) -> InvoiceFile:
        orders = sim.engine.store.orders_of_shipment(shipment_id)
        living = [order for order in orders if not order.is_cancelled]
        paid = sum((o.payment.total_paid for o in living or orders), Decimal(0))
        number = changes.pop("number", shipment_id % 10**8 + 1)
        body = f"352611{SELLER.cnpj}55001{number:09d}112345678"
        key = body + str(key_check_digit(body))
        values = {
            "root": "nfeProc",
            "versao": "4.00",
            "mod": "55",
            "nNF": number,
            "key": key,
            "cnpj": SELLER.cnpj,
            "ie": SELLER.state_tax_id,
            "uf": SELLER.uf,
            "cep_emit": SELLER.zip_code,
            "cpf": orders[0].buyer.document,
            "cep": orders[0].billing_address.cep,
            "vNF": f"{paid:.2f}",
            "dhEmi": (sim.clock.now() + timedelta(seconds=1)).isoformat("T", "seconds"),
            "cStat": "100",
            **changes,
        }
        xml = NFE.format(**values).encode()
        return InvoiceFile(key, xml, sim.clock.now(), paid, "1", str(number))

    return make


ORDER: dict[str, Any] = {
    "id": 2000011111111111,
    "date_created": "2026-11-20T13:00:00.000-04:00",
    "date_closed": "2026-11-20T13:00:05.000-04:00",
    "last_updated": "2026-11-20T13:05:00.000-04:00",
    "pack_id": None,
    "mediations": [],
    "total_amount": 200,
    "paid_amount": 219.9,
    "order_items": [
        {
            "item": {
                "id": "MLB1111111111",
                "title": "Banqueta",
                "variation_id": 181111111111,
                "seller_sku": "BAN-01",
            },
            "quantity": 2,
            "unit_price": 100,
            "sale_fee": 11.5,
            "element_id": 1,
            "gross_price": 220,
            "discounts": [{"amounts": {"full": 10, "seller": 6}}],
        }
    ],
    "payments": [
        {
            "id": 91111111111,
            "payment_method_id": "master",
            "payment_type": "credit_card",
            "installments": 3,
            "status": "approved",
            "status_detail": "accredited",
            "transaction_amount": 200,
            "transaction_amount_refunded": 0,
            "taxes_amount": 0,
            "shipping_cost": 19.9,
            "coupon_amount": 0,
            "total_paid_amount": 225.4,
            "date_approved": "2026-11-20T13:00:04.000-04:00",
            "authorization_code": "301299",
        }
    ],
    "shipping": {"id": 41111111111},
    "status": "paid",
    "status_detail": None,
    "tags": ["paid", "not_delivered"],
    "buyer": {"id": 2211111111, "billing_info": {"id": "677111111111111111"}},
    "seller": {"id": 478055000},
}
SHIPMENT: dict[str, Any] = {
    "id": 41111111111,
    "status": "ready_to_ship",
    "substatus": "invoice_pending",
    "last_updated": "2026-11-20T13:04:00.000-04:00",
    "destination": {
        "receiver_id": 2211111111,
        "receiver_name": "Pessoa de Teste",
        "receiver_phone": None,
        "shipping_address": {
            "country": {"id": "BR", "name": "Brasil"},
            "address_line": "Rua do Teste 10",
            "city": {"id": "BR-PR-06", "name": "Curitiba"},
            "street_name": "Rua do Teste",
            "street_number": "10",
            "zip_code": "80020090",
            "comment": "Complemento: ap 12 Referencia: portão azul",
            "state": {"id": "BR-PR", "name": "Paraná"},
            "neighborhood": {"id": None, "name": "Centro"},
        },
    },
    "logistic": {"mode": "me2", "type": "drop_off", "direction": "forward"},
    "sibling": {"reason": None, "sibling_id": None},
    "lead_time": {
        "cost": 19.9,
        "buffering": {"date": None},
        "estimated_delivery_limit": {"date": "2026-12-01T00:00:00.000-03:00"},
    },
    "tracking_number": None,
    "tracking_method": "Normal",
}


def _variant(base: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        # As the door to the network reads it: no floats.
        return {**json.loads(json.dumps(base), parse_float=Decimal), **changes}

    return make


@pytest.fixture
def raw_order() -> Callable[..., dict[str, Any]]:
    return _variant(ORDER)


@pytest.fixture
def raw_shipment() -> Callable[..., dict[str, Any]]:
    return _variant(SHIPMENT)
