from urllib.parse import parse_qs, urlsplit

import requests

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.magalu import MagaluSimulator


class MagaluCase(B2cCase):
    """``account`` sells on the simulated ``market``, where writes end at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.market = MagaluSimulator().start()
        cls.addClassCleanup(cls.market.stop)
        for name in ("trace_seconds", "validation_seconds"):
            cls.market.engine.configure(name, 0)
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "magalu",
                "company_id": cls.company.id,
                "base_url": cls.market.url,
                "client_id": cls.market.client_id,
                "client_secret": cls.market.client_secret,
                "import_from": "2020-01-01 00:00:00",
            }
        )

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's gate to the network compares the timeout with a number.
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())

    def connect(self):
        """Press *Connect*, log in at the market, come back with the code."""
        url = self.account.action_connect()["url"]
        answer = requests.get(url, allow_redirects=False, timeout=5)
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        params = {name: values[0] for name, values in back.items()}
        account = self.account.browse()._from_oauth_state("magalu", params.pop("state"))
        self.assertEqual(account, self.account)
        account._exchange_code(**params)
        # The end of the request: what it wrote is for other transactions to see.
        self.env.flush_all()

    def read(self, *codes):
        """Read orders as a notification would; their sale orders."""
        with trap_jobs():
            errors = self.env["marketplace.order"]._read_and_apply(
                self.account, list(codes)
            )
        self.assertEqual(errors, {})
        return self.sale(*codes)

    def sale(self, *codes):
        return self.orders.search([("b2c_external_id", "in", codes)])
