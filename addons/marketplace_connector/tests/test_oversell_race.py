from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import account_values, plug_in
from .shop import NOW, TokenSet, order_of, timedelta
from .shop_offer import OfferShop, listing_of

SELLERS = ("race-1", "race-2")


@tagged("post_install", "-at_install")
class TestOversellRace(TransactionCase):
    """Scenario 26: two channels sell the last unit in the same second. What the two
    workers on two connections see is committed, and removed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = OfferShop()
        plug_in(cls, lambda: cls.shop)

    def setUp(self):
        super().setUp()
        type(self).shop = OfferShop()
        self.made = {}
        self.addCleanup(self.remove)
        with self.registry.cursor() as cr:
            self.given(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))

    # ------------------------------------------------------------ given

    def given(self, env):
        """One piece, and a confirmed order for it by each of two accounts."""
        company = env.company
        product = env["product.product"].create(
            {"name": "Race", "type": "consu", "is_storable": True}
        )
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        place = warehouse.lot_stock_id
        env["stock.quant"]._update_available_quantity(product, place, 1)
        # Whoever is first makes this row, and others would wait for it once.
        env["b2c.shared.stock"]._enroll(company, product.ids)
        accounts = env["marketplace.account"].create(
            [account_values(company, external_ref=seller) for seller in SELLERS]
        )
        for account in accounts:
            token = TokenSet("access", NOW + timedelta(days=36500), "refresh")
            env["marketplace.token"]._store(account, token)
            self.shop.offer(listing_of(account.external_ref, quantity=1))
        accounts.write({"state": "active", "push_stock": True})
        listings = env["marketplace.listing"].create(
            [
                {
                    "account_id": account.id,
                    "item_id": account.external_ref,
                    "product_id": product.id,
                }
                for account in accounts
            ]
        )
        partner = env["res.partner"].create({"name": "Race"})
        orders = env["sale.order"].create(
            [self.order_vals(account, partner, product) for account in accounts]
        )
        kind = warehouse.out_type_id
        method, kind.reservation_method = kind.reservation_method, "manual"
        orders.action_confirm()
        kind.reservation_method = method
        bindings = env["marketplace.order"].create(
            [
                {
                    "account_id": account.id,
                    "external_id": order.b2c_external_id,
                    "sale_order_id": order.id,
                    "state": "ready",
                    "payment_state": "paid",
                }
                for account, order in zip(accounts, orders, strict=True)
            ]
        )
        self.shop.put(*(order_of(one.b2c_external_id) for one in orders))
        for records in (
            *(bindings, listings, accounts, orders, orders.picking_ids),
            *(product, partner),
        ):
            self.made[records._name] = records.ids

    def order_vals(self, account, partner, product):
        return {
            "partner_id": partner.id,
            "is_b2c": True,
            "b2c_source": account._b2c_source(),
            "b2c_external_id": account.external_ref,
            "b2c_order_state": "ready",
            "b2c_payment_state": "paid",
            "order_line": [Command.create({"product_id": product.id, "price_unit": 1})],
        }

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            made = {name: env[name].browse(ids) for name, ids in self.made.items()}
            accounts, orders = made["marketplace.account"], made["sale.order"]
            orders._action_cancel()
            made["stock.picking"].move_ids.unlink()
            made["stock.picking"].unlink()
            made["marketplace.order"].unlink()
            env["b2c.issue"].search([("order_id", "in", orders.ids)]).unlink()
            orders.b2c_event_ids.unlink()
            orders.unlink()
            env["marketplace.listing"].browse(made["marketplace.listing"].ids).unlink()
            env["marketplace.call.log"].search(
                [("account_id", "in", accounts.ids)]
            ).unlink()
            accounts.unlink()
            products = made["product.product"]
            env["stock.quant"].search([("product_id", "in", products.ids)]).unlink()
            env["b2c.shared.stock"].search(
                [("product_id", "in", products.ids)]
            ).unlink()
            products.product_tmpl_id.unlink()
            made["res.partner"].unlink()
            env["queue.job"].search([("state", "=", "pending")]).unlink()

    # ------------------------------------------------------------ steps

    def order(self, cr, index):
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        return env["sale.order"].browse(self.made["sale.order"][index])

    def test_last_unit_is_sold_once_and_the_other_is_told(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SELECT count(*) FROM stock_quant")
            self.order(one, 0)._b2c_advance_reserve()
            one.flush()
            # At the same moment, and with a snapshot in which the piece is free.
            with self.assertRaises(RetryableJobError):
                self.order(two, 1)._b2c_advance_reserve()
            two.rollback()
            one.commit()
            # Its job comes back.
            self.order(two, 1)._b2c_advance_reserve()
            two.commit()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            pickings = env["stock.picking"].browse(self.made["stock.picking"])
            self.assertEqual(pickings.mapped("state"), ["assigned", "confirmed"])
            issue = env["b2c.issue"].search(
                [("order_id", "in", self.made["sale.order"])]
            )
            self.assertEqual(issue.code, "out_of_stock")
            self.assertEqual(issue.order_id, pickings[1].sale_id)
            self.no_more_is_offered(env)

    def no_more_is_offered(self, env):
        accounts = env["marketplace.account"].browse(self.made["marketplace.account"])
        with trap_jobs():
            for account in accounts:
                account._push("stock")
        self.assertEqual([self.shop.quantity(seller) for seller in SELLERS], [0, 0])

    def test_only_one_job_sends_at_a_time(self):
        """The second could send an older quantity after a newer one."""
        ids = self.made["marketplace.account"][:1]
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first, second = (
                api.Environment(cr, SUPERUSER_ID, {})["marketplace.account"].browse(ids)
                for cr in (one, two)
            )
            self.assertTrue(first._take_push_turn("stock"))
            with self.assertRaises(RetryableJobError):
                second._push("stock")
            two.rollback()
            one.rollback()
            self.assertTrue(second._take_push_turn("stock"))
            two.rollback()
        self.assertFalse(self.shop.pushed())
