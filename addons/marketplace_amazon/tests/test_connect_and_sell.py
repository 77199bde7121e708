from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.amazon import AmazonSimulator, CatalogItem, Seller
from tests.simulators.contract_bench import note

CHAIR = CatalogItem("CAD-1", "B0SIMUL001", "Cadeira", Decimal("199.90"))
CNPJ = "81583054000129"


@tagged("post_install", "-at_install")
class TestConnectAndSell(B2cCase):
    """From *Connect* to the accepted NF-e and its label, against a simulated store."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = AmazonSimulator(catalog=[CHAIR], seller=Seller(cnpj=CNPJ)).start()
        cls.addClassCleanup(cls.store.stop)
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "amazon",
                "company_id": cls.company.id,
                "base_url": cls.store.url,
                "client_id": cls.store.client_id,
                "client_secret": cls.store.client_secret,
                "amazon_application_id": cls.store.application_id,
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

    def _connect(self):
        """Press *Connect*, agree in Seller Central, come back with the code."""
        url = self.account.action_connect()["url"]
        answer = requests.get(url, allow_redirects=False, timeout=5)
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        params = {name: values[0] for name, values in back.items()}
        accounts = self.env["marketplace.account"]
        state = params.pop("state")
        account = accounts._from_oauth_state("amazon", state)
        self.assertEqual(account, self.account)
        account._exchange_code(**params)
        # The end of the request: what it wrote is for other transactions to see.
        self.env.flush_all()

    def _import(self):
        with trap_jobs():
            self.account._poll()
            rows = self.env["marketplace.inbox"]._claim()
            ids = sorted({row["external_id"] for row in rows if row["kind"] == "order"})
            self.env["marketplace.inbox"]._process(self.account.id, "order", ids)

    def _sale(self, order_id):
        return self.orders.search([("b2c_external_id", "=", order_id)])

    def _authorised(self, sale, surplus=0):
        """The outbox row of the sale's NF-e, which the SEFAZ has authorised."""
        total = Decimal(str(sale.b2c_paid_total + surplus))
        with trap_jobs():
            sale._b2c_advance()
            document = sale.invoice_ids.fiscal_document_id
            document.action_document_send()
            file = note(
                document="".join(filter(str.isdigit, sale.partner_id.vat)),
                cep="".join(filter(str.isdigit, sale.partner_id.zip)),
                total=total.quantize(Decimal("0.01")),
                at=self.store.clock.now(),
                number=int(document.document_number),
                cnpj=CNPJ,
            )
            document.document_key = file.key
            document.nfe_proc_id = self.env["ir.attachment"].create(
                {"name": "nfe.xml", "raw": file.xml}
            )
            document._nfe_after_authorize()
        return self.env["marketplace.outbox"].search(
            [("document_id", "=", document.id)]
        )

    def _send(self, row):
        with trap_jobs():
            row._send()

    def test_connect(self):
        self._connect()
        self.assertEqual(self.account.state, "active")
        self.assertEqual(self.account.external_ref, self.store.seller.seller_id)
        token = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertTrue(token.refresh.startswith("Atzr|"))

    def test_connect_with_a_refresh_token(self):
        code = self.store.engine.authorize({})
        token = self.account._adapter().exchange_code(code, "https://erp.example/cb")
        wizard = self.env["marketplace.amazon.token"].create(
            {
                "account_id": self.account.id,
                "seller_id": self.store.seller.seller_id,
                "refresh_token": "Atzr|mistyped",
            }
        )
        with self.assertRaises(UserError):
            wizard.action_connect()
        self.assertEqual(self.account.state, "draft")
        wizard.refresh_token = token.refresh
        wizard.action_connect()
        self.assertFalse(wizard.refresh_token)
        self.assertEqual(self.account.state, "active")
        self.assertEqual(self.account.external_ref, self.store.seller.seller_id)

    def test_orders_become_sales(self):
        self._connect()
        paid = self.store.place(freight="19.90", payment="Pix")["order_id"]
        unpaid = self.store.place(paid=False)["order_id"]
        nameless = self.store.place(no_tax=True)["order_id"]
        self._import()
        sale = self._sale(paid)
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertEqual(sale.b2c_payment_state, "paid")
        self.assertEqual(sale.b2c_intermediary_vat, "15436940000103")
        self.assertAlmostEqual(sale.b2c_paid_total, 219.80, places=2)
        self.assertFalse(self._sale(unpaid) | self._sale(nameless))
        # Without a CPF nothing is sold: the hint stays and comes back.
        hint = self.env["marketplace.inbox"].search([("external_id", "=", nameless)])
        self.assertEqual(hint.state, "failed")
        self.assertIn("Tax Invoicing", hint.error)

    def test_nfe_is_taken_then_accepted_then_the_label_comes(self):
        self._connect()
        order_id = self.store.place()["order_id"]
        self._import()
        row = self._authorised(self._sale(order_id))
        self._send(row)
        self.assertEqual((row.state, row.error_class), ("sending", False))
        self.assertEqual(self._sale(order_id).b2c_fiscal_state, "processing")

        self.store.clock.advance(timedelta(minutes=1))
        row.next_try = row.sent_at
        self._send(row)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(row.parcel_id.invoice_key, row.document_key)
        self.assertEqual(self.store.requests("POST", "/delivery"), 1)

        with trap_jobs():
            row.parcel_id._fetch_labels()
        self.assertTrue(row.parcel_id.label_id.raw.startswith(b"%PDF"))

    def test_nfe_that_amazon_refuses_becomes_work(self):
        self._connect()
        order_id = self.store.place()["order_id"]
        self._import()
        row = self._authorised(self._sale(order_id), surplus=1)
        self._send(row)
        self.store.clock.advance(timedelta(minutes=1))
        row.next_try = row.sent_at
        self._send(row)
        self.assertEqual((row.state, row.error_class), ("rejected", "operator"))
        issue = self.open_issues(code="channel_xml_rejected")
        self.assertIn("Wrong total amount", issue.message)
        self.assertIn("A Amazon", issue.message)

    def test_buyer_who_asks_to_cancel_stops_the_order(self):
        self._connect()
        order_id = self.store.place()["order_id"]
        self._import()
        self.store.advance(order_id, "request_cancel", silent=True)
        sale = self._sale(order_id)
        live = sale._b2c_live_status()
        self.assertEqual(live[sale.id].order_state, "cancel_requested")
