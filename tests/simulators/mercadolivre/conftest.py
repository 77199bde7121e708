"""A running market, a client with a token, NF-e documents and the samples."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.common.clock import Clock
from simulators.common.people import cnpj_check_digits
from simulators.mercadolivre import MercadoLivreSimulator, Seller
from simulators.mercadolivre.invoice import key_check_digit

START = datetime(2026, 11, 20, 18, 30, tzinfo=timezone.utc)
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "mercadolivre"
SELLER = Seller(
    cnpj="330001110001" + cnpj_check_digits("330001110001"),
    state_tax_id="111222333444",
    zip_code="09810000",
    uf="SP",
)


class Client:
    """Calls the API with a bearer token, and the control plane without."""

    def __init__(self, sim: MercadoLivreSimulator) -> None:
        self.sim = sim
        self.session = requests.Session()
        self.session.trust_env = False
        token = sim.token()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.session.get(self.sim.url + path, timeout=10, **kwargs)

    def post(self, path: str, **kwargs: Any) -> requests.Response:
        return self.session.post(self.sim.url + path, timeout=10, **kwargs)

    def ctl(self, name: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.sim.control}/{name}", json=body, timeout=30)

    def read_ctl(self, name: str) -> Any:
        return requests.get(f"{self.sim.control}/{name}", timeout=30).json()

    def order(self, order_id: int) -> dict[str, Any]:
        return self.get(f"/orders/{order_id}").json()

    def shipment(self, shipment_id: int) -> dict[str, Any]:
        headers = {"x-format-new": "true"}
        return self.get(f"/shipments/{shipment_id}", headers=headers).json()

    def state(self, shipment_id: int) -> tuple[str, str | None]:
        shipment = self.shipment(shipment_id)
        return shipment["status"], shipment["substatus"]

    def search(self, **params: Any) -> requests.Response:
        params = {"seller": self.sim.seller.user_id, **params}
        return self.get("/orders/search", params=params)

    def send_nfe(self, shipment_id: int, xml: bytes | str) -> requests.Response:
        return self.post(
            f"/shipments/{shipment_id}/invoice_data/?siteId=MLB",
            data=xml.encode() if isinstance(xml, str) else xml,
            headers={"Content-Type": "application/xml"},
        )

    def labels(self, *ids: int, kind: str = "pdf") -> requests.Response:
        params = {"shipment_ids": ",".join(map(str, ids)), "response_type": kind}
        return self.get("/shipment_labels", params=params)


NFE = """<{root} xmlns="http://www.portalfiscal.inf.br/nfe" versao="{versao}">\
<NFe><infNFe versao="4.00" Id="NFe{key}"><ide><mod>{mod}</mod><serie>{serie}</serie>\
<nNF>{nNF}</nNF><dhEmi>{dhEmi}</dhEmi><tpNF>{tpNF}</tpNF><tpAmb>{tpAmb}</tpAmb></ide>\
<emit><CNPJ>{cnpj}</CNPJ><enderEmit><UF>{uf}</UF><CEP>{cep_emit}</CEP></enderEmit>\
<IE>{ie}</IE></emit><dest>{doc}<enderDest><CEP>{cep}</CEP></enderDest>{ie_dest}</dest>\
{entrega}<total><ICMSTot><vNF>{vNF}</vNF></ICMSTot></total></infNFe></NFe>\
<protNFe><infProt><tpAmb>{prot_amb}</tpAmb><chNFe>{chNFe}</chNFe>\
<cStat>{cStat}</cStat></infProt></protNFe></{root}>"""
PLAIN = {"root": "nfeProc", "versao": "4.00", "mod": "55", "tpNF": "1", "tpAmb": "1"}
PLAIN |= {"serie": "1", "ie_dest": "", "entrega": "", "cStat": "100"}


def make_nfe(sim: MercadoLivreSimulator, shipment_id: int, **changes: Any) -> str:
    """A ``nfeProc`` that fits the sale, except for what ``changes`` says."""
    orders = sim.engine.store.orders_of_shipment(shipment_id)
    buyer = orders[0].buyer
    paid = sum((o.payment.total_paid for o in orders if not o.is_cancelled), Decimal(0))
    values = {
        **PLAIN,
        "nNF": str(shipment_id % 10**8 + 1),
        "cnpj": sim.seller.cnpj,
        "ie": sim.seller.state_tax_id or "123",
        "uf": sim.seller.uf or "SP",
        "cep_emit": sim.seller.zip_code or "01000000",
        "doc": f"<{buyer.document_type}>{buyer.document}</{buyer.document_type}>",
        "cep": orders[0].billing_address.cep,
        "vNF": f"{paid:.2f}",
        "dhEmi": (sim.clock.now() + timedelta(seconds=1)).isoformat("T", "seconds"),
        **changes,
    }
    number = f"{int(values['serie']):03d}{int(values['nNF']):09d}"
    body = f"352611{values['cnpj']}55{number}112345678"
    values.setdefault("key", body + values.get("dv", str(key_check_digit(body))))
    values.setdefault("chNFe", values["key"])
    values.setdefault("prot_amb", values["tpAmb"])
    return NFE.format(**values)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def sim(clock: Clock) -> Iterator[MercadoLivreSimulator]:
    with MercadoLivreSimulator(clock=clock, seller=SELLER) as simulator:
        yield simulator


@pytest.fixture
def client(sim: MercadoLivreSimulator) -> Client:
    return Client(sim)


@pytest.fixture
def client_of() -> type[Client]:
    return Client


@pytest.fixture
def seller() -> Seller:
    return SELLER


@pytest.fixture
def nfe() -> Callable[..., str]:
    return make_nfe


class Callback:
    """A callback server that remembers what was posted."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.answering = threading.Event()
        self.answering.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                outer.received.append(json.loads(self.rfile.read(size)))
                outer.answering.wait(30)
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True
        ).start()

    def topics(self) -> list[str]:
        return [entry["topic"] for entry in self.received]


@pytest.fixture
def callback() -> Iterator[Callback]:
    server = Callback()
    yield server
    server.answering.set()
    server.server.shutdown()
    server.server.server_close()


def wait_for(condition: Callable[[], Any]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("the condition did not come true")


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], None]:
    return wait_for


def shape(value: Any) -> Any:
    """Keys and JSON types; numbers are one type, null fits anything."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return "null" if value is None else "text"


def differences(mine: Any, theirs: Any, path: str = "$") -> list[str]:
    if "null" in (mine, theirs) or [] in (mine, theirs):
        return []
    if isinstance(mine, dict) and isinstance(theirs, dict):
        found = [f"{path}: {key}" for key in set(mine) ^ set(theirs)]
        for key in set(mine) & set(theirs):
            found += differences(mine[key], theirs[key], f"{path}.{key}")
        return found
    if isinstance(mine, list) and isinstance(theirs, list):
        return differences(mine[0], theirs[0], f"{path}[]")
    return [] if mine == theirs else [f"{path}: {mine} instead of {theirs}"]


@pytest.fixture
def like_sample() -> Callable[[Any, str], None]:
    """Compare keys and types with a sample of the real API, when it is there."""

    def check(answer: Any, name: str) -> None:
        path = SAMPLES / f"{name}.json"
        if path.exists():
            sample = json.loads(path.read_text())
            assert differences(shape(answer), shape(sample)) == []

    return check
