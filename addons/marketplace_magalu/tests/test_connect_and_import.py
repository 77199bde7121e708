from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import MagaluCase

CHAIR = {"seller_sku": "CAD-1", "price": "199.90"}


@tagged("post_install", "-at_install")
class TestConnectAndImport(MagaluCase):
    """From *Connect* to the sale order, against the simulated market."""

    def test_connect_finds_the_shop(self):
        self.connect()
        self.assertEqual(self.account.state, "active")
        self.assertEqual(self.account.external_ref, self.market.seller.tenant)
        token = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertTrue(token.refresh_expires_at)

    def test_login_with_two_shops_asks_for_the_right_one(self):
        tenants = [self.market.seller.tenant, "11111111-0000-4000-8000-000000000002"]
        self.patch(self.market.engine, "tenants", tenants)
        self.account = self.account.with_context(lang="pt_BR")
        with self.assertRaisesRegex(UserError, "mais de uma loja") as caught:
            self.connect()
        self.assertIn(tenants[1], str(caught.exception))
        self.account.external_ref = tenants[1]
        self.connect()
        self.assertEqual(self.account.external_ref, tenants[1])

    def test_paid_orders_become_sales(self):
        self.connect()
        plain = self.market.place(lines=[CHAIR], freight="19.90", payment="pix")
        unpaid = self.market.place(lines=[CHAIR], paid=False)
        inbox = self.env["marketplace.inbox"]
        with trap_jobs():
            self.account._poll()
            rows = inbox._claim()
            ids = sorted({row["external_id"] for row in rows if row["kind"] == "order"})
            inbox._process(self.account.id, "order", ids)
        sale = self.sale(plain["order_id"])
        self.assertEqual(
            (sale.b2c_order_state, sale.b2c_payment_state), ("ready", "paid")
        )
        self.assertEqual(sale.b2c_intermediary_vat, "47960950000121")
        self.assertAlmostEqual(sale.b2c_paid_total, 219.80, places=2)
        self.assertFalse(self.sale(unpaid["order_id"]))

    def test_history_finds_what_nobody_told(self):
        self.connect()
        self.market.notifications(drop=9)
        code = self.market.place(lines=[CHAIR])["order_id"]
        with trap_jobs():
            self.account._read_missed_feed()
        hints = self.env["marketplace.inbox"].search([("external_id", "=", code)])
        self.assertEqual(hints.kind, "order")

    def test_cancelled_order_is_seen_by_id(self):
        self.connect()
        code = self.market.place(lines=[CHAIR])["order_id"]
        sale = self.read(code)
        self.market.advance(code, "cancel", silent=True)
        live = sale._b2c_live_status()
        self.assertEqual(live[sale.id].order_state, "cancelled")
