from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import requests

from odoo import fields
from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.shopee import CatalogItem, Shop, ShopeeSimulator

CHAIR = CatalogItem(801384301, 2000458001, "CAD-1", "Cadeira", Decimal("199.90"))
NFE = """<?xml version="1.0" encoding="UTF-8"?>\
<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00"><NFe>\
<infNFe versao="4.00" Id="NFe{key}"><ide><mod>55</mod><serie>1</serie><nNF>1</nNF>\
<dhEmi>{at}</dhEmi></ide><emit><CNPJ>{cnpj}</CNPJ></emit>\
<det nItem="1"><prod><CFOP>6107</CFOP></prod></det>\
<total><ICMSTot><vNF>199.90</vNF></ICMSTot></total></infNFe></NFe>\
<protNFe><infProt><chNFe>{key}</chNFe><cStat>100</cStat><dhRecbto>{at}</dhRecbto>\
</infProt></protNFe></nfeProc>"""


@tagged("post_install", "-at_install")
class TestConnectAndImport(B2cCase):
    """From *Connect* to the accepted NF-e, against the simulated shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shop = Shop(cnpj=cls.company.vat)
        cls.market = ShopeeSimulator(shop=shop, catalog=[CHAIR]).start()
        cls.addClassCleanup(cls.market.stop)
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "shopee",
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

    def _connect(self):
        """Press *Connect*, agree at Shopee, come back with code and shop."""
        url = self.account.action_connect()["url"]
        answer = requests.get(url, allow_redirects=False, timeout=5)
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        params = {name: values[0] for name, values in back.items()}
        accounts = self.env["marketplace.account"]
        account = accounts._from_oauth_state("shopee", params.pop("state"))
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

    def _authorised(self, sale):
        """The NF-e of a sale, authorised ten minutes ago."""
        sale._b2c_advance()
        document = sale.invoice_ids.fiscal_document_id
        document.action_document_send()
        past = fields.Datetime.now() - timedelta(minutes=10)
        document.authorization_event_id = self.env["l10n_br_fiscal.event"].create(
            {
                "company_id": self.company.id,
                "environment": "hml",
                "type": "0",
                "document_id": document.id,
                "document_type_id": document.document_type_id.id,
                "document_serie_id": document.document_serie_id.id,
                "document_number": document.document_number,
                "protocol_date": past,
            }
        )
        xml = NFE.format(
            key=document.document_key,
            cnpj=self.market.shop.cnpj,
            at=f"{past.isoformat('T', 'seconds')}+00:00",
        )
        document.nfe_proc_id = self.env["ir.attachment"].create(
            {"name": "nfe.xml", "raw": xml.encode()}
        )
        document._nfe_after_authorize()
        return self.env["marketplace.outbox"].search(
            [("document_id", "=", document.id)]
        )

    def test_connect(self):
        self._connect()
        self.assertEqual(self.account.state, "active")
        self.assertEqual(self.account.external_ref, str(self.market.shop.shop_id))
        token = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertTrue(token.grant_expires_at, "the end of the permission is known")

    def test_orders_become_sales(self):
        self._connect()
        plain = self.market.place(freight="19.90", shopee_voucher="10.00")["order_id"]
        unpaid = self.market.place(paid=False)["order_id"]
        young = self.market.place(paid_ago=60)["order_id"]
        self._import()
        sale = self._sale(plain)
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertEqual(sale.b2c_payment_state, "paid")
        self.assertEqual(sale.b2c_intermediary_vat, "35635824000112")
        # Shopee's own voucher is paid by Shopee: the NF-e shows the whole price.
        self.assertAlmostEqual(sale.b2c_paid_total, 219.80, places=2)
        self.assertFalse(self._sale(unpaid))
        self.assertFalse(self._sale(young), "the buyer may cancel for an hour")

    def test_buyer_who_cancels_at_59_minutes_gets_no_nfe(self):
        self._connect()
        order_id = self.market.place(paid_ago=59 * 60 - 5)["order_id"]
        self._import()
        self.assertFalse(self._sale(order_id), "it is held for an hour")
        self.market.advance(order_id, "cancel")
        binding = self.env["marketplace.order"].search([("external_id", "=", order_id)])
        with trap_jobs():
            # The hour is over, and somebody looks once more.
            binding._read_and_apply(self.account, [order_id])
        self.assertEqual(binding.state, "cancelled")
        self.assertFalse(self._sale(order_id), "no sale, no number, no NF-e")

    def test_nfe_is_pushed_and_unlocks_the_label(self):
        self._connect()
        order_id = self.market.place(lines=[{"seller_sku": "CAD-1"}])["order_id"]
        self._import()
        with trap_jobs():
            row = self._authorised(self._sale(order_id))
            row._send()
        self.assertEqual(row.state, "accepted", row.error_message)
        self.assertEqual(row.parcel_id.invoice_key, row.document_key)
        (truth,) = [r for r in self.market.orders() if r["order_id"] == order_id]
        self.assertEqual(truth["fiscal_key"], row.document_key)

        # Shopee wants the parcel arranged before it makes the label.
        self.market.engine.configure("document_delay_seconds", 0)
        with trap_jobs():
            row.parcel_id._fetch_labels()
        self.assertTrue(row.parcel_id.label_id, row.parcel_id.label_error)
        (truth,) = [r for r in self.market.orders() if r["order_id"] == order_id]
        self.assertTrue(truth["arranged"] and truth["label_fetched"])
        self.assertFalse(self.market.engine.store.incidents())

    def test_cancelled_order_is_seen_by_id(self):
        self._connect()
        order_id = self.market.place()["order_id"]
        self._import()
        self.market.advance(order_id, "cancel", silent=True)
        sale = self._sale(order_id)
        self.assertEqual(sale._b2c_live_status()[sale.id].order_state, "cancelled")

    def test_lost_message_is_fetched_and_confirmed(self):
        self._connect()
        self.market.notifications(drop=1)
        order_id = self.market.place()["order_id"]
        with trap_jobs():
            self.account._read_missed_feed()
        inbox = self.env["marketplace.inbox"]
        rows = inbox.search([("account_id", "=", self.account.id)])
        self.assertEqual(rows.mapped("external_id"), [order_id])
        self.assertTrue(self.market.engine.confirmed, "it does not come again")
