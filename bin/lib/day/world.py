"""The demo world: two simulators, one Odoo, one database.

Everything lies in one folder, so that a second run finds the first one's orders, notes
and parcels; the tests of the whole use a folder of their own.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from simulators.common.certificates import CertificateAuthority
from simulators.mercadolivre.catalog import DEFAULT_CATALOG
from simulators.mercadolivre.records import Seller

from .market import Market
from .processes import READY_SECONDS, ROOT, Program, Simulator, WorldError
from .rpc import OdooClient
from .web import get

ODOO = (sys.executable, "bin/lib/odoo_server.py")
COMPANY = {
    "name": "Móveis Araucária Indústria Ltda",
    "vat": Seller.cnpj,
    "state_registration": "110042490114",
}
PASSWORD = "demo"
PORT_SECONDS = 10
USERS = (
    {
        "login": "pedidos",
        "name": "Mesa de Pedidos",
        "groups": [
            "industry_b2c_sales.industry_b2c_sales_group_user",
            "marketplace_connector.marketplace_connector_group_user",
        ],
    },
    {
        "login": "expedicao",
        "name": "Expedição",
        "groups": [
            "industry_b2c_sales.industry_b2c_sales_group_user",
            "marketplace_connector.marketplace_connector_group_user",
            "stock.group_stock_user",
        ],
    },
    {
        "login": "fiscal",
        "name": "Fiscal",
        "groups": [
            "industry_b2c_sales.industry_b2c_sales_group_user",
            "nfe_batch.nfe_batch_group_manager",
            "account.group_account_invoice",
        ],
    },
    {
        "login": "atendimento",
        "name": "Atendimento",
        "groups": ["marketplace_connector.marketplace_connector_group_service"],
    },
    {
        "login": "canais",
        "name": "Gestor de Canais",
        "groups": ["marketplace_connector.marketplace_connector_group_manager"],
    },
)
SIDES = ("length", "width", "height")
FURNITURE, HOUSEWARE = "9403.60.00", "3924.90.00"
NCM = {"ORG-GAV-05": HOUSEWARE, "CES-ROU-06": HOUSEWARE}


class World:
    """Start, connect and stop the programs around one database."""

    def __init__(self, local: Path, name: str, odoo_port: int = 8069) -> None:
        """A world named like its database; ``local`` is the checkout's .local.

        Port 0 is any free one.
        """
        self.folder = folder = local / name
        self.base = local / "base"
        self.database = name
        folder.mkdir(parents=True, exist_ok=True)
        self.sefaz = Simulator(folder, "sefaz")
        self.market = Market(folder, "mercadolivre")
        self.odoo = Program(folder, "odoo")
        self.odoo_port = odoo_port or self.free_port("odoo")
        self.odoo_url = f"http://127.0.0.1:{self.odoo_port}"
        self.sefaz_at: dict[str, Any] = {}

    # === CERTIFICATES === #

    @property
    def authority(self) -> CertificateAuthority:
        """The test authority that all worlds share; made at the first call."""
        return CertificateAuthority.ensure(self.base / "ca")

    def certificate(self) -> dict[str, str]:
        """The company's A1 certificate, made once and kept."""
        file = self.base / "client.pfx"
        if not file.exists():
            pfx = self.authority.client_pfx(COMPANY["vat"], COMPANY["name"], PASSWORD)
            file.touch(mode=0o600)
            file.write_bytes(pfx)
        return {
            "content": base64.b64encode(file.read_bytes()).decode(),
            "password": PASSWORD,
        }

    # === PROGRAMS === #

    @property
    def market_at(self) -> dict[str, Any]:
        """Where Mercado Livre is."""
        return self.market.at

    def start(self) -> None:
        """Everything; the simulators while Odoo loads."""
        self.launch_odoo()
        self.start_simulators()
        self.await_odoo()

    def start_simulators(self) -> None:
        """Both simulators, on the ports and with the books of the last run."""
        self.start_sefaz()
        self.start_market()

    def start_sefaz(self, latency_ms: float = 0) -> None:
        """The SEFAZ simulator; each of its answers takes so long."""
        self.sefaz_at = self.sefaz.launch(
            "simulators.sefaz",
            *("--ca-dir", str(self.authority.directory)),
            *("--state", str(self.folder / "sefaz.sqlite")),
            *("--port", str(self.free_port("sefaz"))),
            *("--control-port", str(self.free_port("sefaz_control"))),
            *("--latency-ms", str(latency_ms)),
        )

    def start_market(self) -> None:
        """The marketplace simulator."""
        self.open_market(self.market)

    def open_market(self, market: Market) -> None:
        """A marketplace for the shop of the demo company."""
        market.open(self.free_port(market.channel), COMPANY["vat"])

    def start_odoo(self) -> None:
        """Odoo alone, until it answers."""
        self.launch_odoo()
        self.await_odoo()

    def launch_odoo(self, *options: str) -> None:
        """The web server with its queue runner and cron worker; it takes a while."""
        self.odoo.stop()
        self._await_port()
        self.odoo.start(
            [
                *(*ODOO, "-c", "config/odoo.dev.conf"),
                # No --db-filter: with one, each request without a session asks
                # PostgreSQL for the list of databases, on a new connection.
                *("-d", self.database),
                *("--http-port", str(self.odoo_port)),
                *("--gevent-port", str(self.free_port("gevent"))),
                *options,
            ],
        )

    def _await_port(self) -> None:
        """Workers of a killed Odoo give the port back a moment after it is gone."""
        deadline = time.monotonic() + PORT_SECONDS
        while not can_bind(self.odoo_port):
            if time.monotonic() > deadline:
                raise WorldError(
                    f"port {self.odoo_port} is taken; choose another: --port"
                )
            time.sleep(0.1)

    def await_odoo(self) -> None:
        """Wait until Odoo answers.

        :raise WorldError: it ended, or it takes too long
        """
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                get(f"{self.odoo_url}/web/health")
                return
            except OSError:
                self.odoo.require_alive()
                time.sleep(0.2)
        raise WorldError(f"Odoo does not answer, see {self.odoo.log}")

    def stop(self) -> None:
        """Stop everything; the books stay."""
        for program in (self.odoo, self.market, self.sefaz):
            program.stop()

    def require_alive(self) -> None:
        """Raise when one of the programs is gone."""
        for program in (self.odoo, self.market, self.sefaz):
            program.require_alive()

    def free_port(self, name: str) -> int:
        """A free port that stays the same from run to run where it can."""
        file = self.folder / "ports.json"
        ports = json.loads(file.read_text()) if file.exists() else {}
        ports[name] = can_bind(ports.get(name, 0)) or can_bind(0)
        file.write_text(json.dumps(ports))
        return ports[name]

    # === DATABASE === #

    def load_company(self) -> None:
        """Make the demo company in the database (no server is running yet)."""
        products = [
            {
                "sku": item.seller_sku,
                "name": item.title,
                "price": float(item.price),
                "ncm": NCM.get(item.seller_sku, FURNITURE),
                "weight": item.weight / 1000,
                **{side: float(getattr(item, side)) for side in SIDES},
            }
            for item in DEFAULT_CATALOG
        ]
        users = [{**user, "password": PASSWORD} for user in USERS]
        script = (
            f"env['industry.b2c.demo']._load({COMPANY!r}, {products!r}, "
            f"{self.certificate()!r}, {users!r})\nenv.cr.commit()\n"
        )
        result = subprocess.run(
            [*ODOO, "shell", "-c", "config/odoo.test.conf"]
            + ["-d", self.database, "--no-http"],
            cwd=ROOT,
            input=script.encode(),
            capture_output=True,
            check=False,
        )
        if result.returncode or b"Traceback" in result.stderr:
            raise WorldError(f"the demo company:\n{result.stderr.decode()[-3000:]}")

    # === CONNECTION === #

    def client(self, login: str = "admin", password: str = "admin") -> OdooClient:
        """A user's connection to the running Odoo."""
        return OdooClient(self.odoo_url, self.database, login, password)

    def connect(self) -> None:
        """Point company and account at the simulators; consent as a person would."""
        admin = self.client()
        admin.call("ir.config_parameter", "set_param", "web.base.url", self.odoo_url)
        company = admin.search_read(
            "res.company", [("name", "=", COMPANY["name"])], "id"
        )[0]["id"]
        admin.call(
            "res.company",
            "write",
            [company],
            self.sefaz_settings(),
        )
        self.market.connect(admin, company, duplicates=2, duplicate_every=10)

    def sefaz_settings(self) -> dict[str, str]:
        """Values of a company whose notes go to the running simulator."""
        return {
            "processador_edoc": "nfe_batch",
            "nfe_endpoint_base": self.sefaz_at["url"],
            "nfe_ca_bundle": self.authority.ca_file.read_text(),
            "nfe_environment": "2",
        }


def can_bind(port: int) -> int:
    """The port, or for 0 any free one; 0 when another program has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return probe.getsockname()[1]
