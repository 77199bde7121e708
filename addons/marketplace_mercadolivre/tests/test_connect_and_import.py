from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests

from odoo import fields
from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.mercadolivre import CatalogItem, MercadoLivreSimulator

CHAIR = CatalogItem("MLB4510027301", None, "CAD-1", "Cadeira", Decimal("199.90"))


@tagged("post_install", "-at_install")
class TestConnectAndImport(B2cCase):
    """From *Connect* to the sale order, against the simulated market."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.market = MercadoLivreSimulator(catalog=[CHAIR]).start()
        cls.addClassCleanup(cls.market.stop)
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "mercadolivre",
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
        """Press *Connect*, agree on the market's page, come back with the code."""
        url = self.account.action_connect()["url"]
        answer = requests.get(url, allow_redirects=False, timeout=5)
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        params = {name: values[0] for name, values in back.items()}
        accounts = self.env["marketplace.account"]
        state = params.pop("state")
        account = accounts._from_oauth_state("mercadolivre", state)
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
        return self.orders.search([("b2c_external_id", "=", str(order_id))])

    def test_connect(self):
        self._connect()
        self.assertEqual(self.account.state, "active")
        self.assertEqual(self.account.external_ref, str(self.market.seller.user_id))
        token = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertTrue(token.refresh.startswith("TG-"))

    def test_orders_become_sales(self):
        self._connect()
        plain = self.market.order(freight="19.90", payment="pix")
        unpaid = self.market.order(paid=False)
        self._import()
        sale = self._sale(plain.id)
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertEqual(sale.b2c_payment_state, "paid")
        self.assertEqual(sale.b2c_intermediary_vat, "03007331000141")
        self.assertAlmostEqual(
            sale.b2c_paid_total, float(plain.payment.total_paid), places=2
        )
        self.assertFalse(self._sale(unpaid.id))

    def test_cancelled_order_is_seen_by_id(self):
        self._connect()
        order = self.market.order()
        self._import()
        self.market.cancel(order.id, silent=True)
        live = self._sale(order.id)._b2c_live_status()
        self.assertEqual(live[self._sale(order.id).id].order_state, "cancelled")

    def test_stock_follows_ours_in_an_account_of_several_origins(self):
        """What is written to the listing is ignored there, and a sale of the last
        second makes our version stale (409): read again, sent once more."""
        offers, store = self.market.engine.offers, self.market.engine.store
        offers.multi_origin = True
        self._connect()
        self.account.push_stock = True
        self._stock(self.chair, 5)
        self._push()
        listing = self.env["marketplace.listing"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(
            (listing.product_id, listing.stock_state), (self.chair, "sent")
        )
        with store.transaction():
            sold = offers.get(CHAIR.item_id).variations[0].user_product_id
            pool = offers.pool(sold)
            self.assertEqual(pool.quantity, 105)
            pool.quantity = 104
            offers.save_pool(pool)
        self._stock(self.chair, 15)
        self._push()
        with store.transaction():
            self.assertEqual(offers.pool(sold).quantity, 120)
        self.assertEqual((listing.stock_channel, listing.stock_state), (120, "sent"))

    def _push(self):
        with trap_jobs():
            if not self.account.listings_read_at:
                self.account._import_listings()
            self.account._push("stock")

    def test_comparison_finds_what_was_lost(self):
        """An order and a cancellation that no notification and no poll brought."""
        self._connect()
        cancelled, lost = self.market.order(), self.market.order()
        self._import()
        self._sale(lost.id).marketplace_order_ids.unlink()
        self._sale(lost.id).with_context(disable_cancel_warning=True).unlink()
        self.market.cancel(cancelled.id, silent=True)
        # What changed half an hour ago may still be on its way: look an hour later.
        later = fields.Datetime.now() + timedelta(hours=1)
        with trap_jobs(), patch.object(fields.Datetime, "now", return_value=later):
            run = self.account._reconcile(timedelta(days=60))
            run._work()
        run.invalidate_recordset()
        self.assertEqual(run.state, "done")
        codes = {d.external_id: d.code for d in run.difference_ids}
        self.assertEqual(
            codes,
            {
                str(cancelled.id): "cancelled_there_active_here",
                str(lost.id): "missing_in_erp",
            },
        )
        hints = self.env["marketplace.inbox"].search(
            [("dedupe_key", "like", "reconcile-%")]
        )
        self.assertEqual(set(hints.mapped("external_id")), set(codes))

    def test_order_of_full_is_not_ours_to_ship_and_its_note_is_kept(self):
        self._connect()
        placed = self.market.order(logistic_type="fulfillment")
        self._import()
        orders = self.env["marketplace.order"]
        order = orders.search([("external_id", "=", str(placed.id))])
        with trap_jobs() as trap:
            orders._cron_channel_notes()
            for job in trap.enqueued_jobs:
                job.perform()
        issued = self.market.engine.issuer.of_order(placed.id)
        self.assertEqual(order.channel_nfe_file_id.raw, issued.xml.encode())
        self.assertEqual(order.channel_nfe_key, issued.key)
        self.assertFalse(self._sale(placed.id) or order.sale_order_id)
