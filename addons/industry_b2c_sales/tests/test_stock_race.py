import threading

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError


@tagged("post_install", "-at_install")
class TestStockRace(TransactionCase):
    """Two workers on two connections want the last piece; what they see is committed,
    and removed again."""

    def setUp(self):
        super().setUp()
        self.made = {}
        self.addCleanup(self.remove)

    # ------------------------------------------------------------ given

    def given(self, places, consumers=(True, True), **policy):
        """A product with one piece in each place, and an order for one by each."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            company = env.company
            product = env["product.product"].create(
                {"name": "Race", "type": "consu", "is_storable": True}
            )
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            locations = env["stock.location"].create(
                [
                    {"name": f"Race {n}", "location_id": warehouse.lot_stock_id.id}
                    for n in range(places)
                ]
            )
            for location in locations:
                env["stock.quant"]._update_available_quantity(product, location, 1)
            partner = env["res.partner"].create({"name": "Race"})
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "is_b2c": consumer,
                        "b2c_source": f"race/{number}" if consumer else False,
                        "b2c_order_state": "ready" if consumer else False,
                        "b2c_payment_state": "paid" if consumer else False,
                        "order_line": [
                            Command.create({"product_id": product.id, "price_unit": 1})
                        ],
                    }
                    for number, consumer in enumerate(consumers)
                ]
            )
            if policy:
                policies = env["b2c.stock.policy"]
                self.made["b2c.stock.policy"] = policies.create(
                    {"name": "Race", "product_id": product.id} | policy
                ).ids
            env["b2c.shared.stock"]._enroll(company, product.ids)
            kind = warehouse.out_type_id
            method, kind.reservation_method = kind.reservation_method, "manual"
            orders.action_confirm()
            kind.reservation_method = method
            self.made |= {
                "sale.order": orders.ids,
                "stock.picking": orders.picking_ids.ids,
                "product.product": product.ids,
                "stock.location": locations.ids,
                "res.partner": partner.ids,
            }

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            made = {name: env[name].browse(ids) for name, ids in self.made.items()}
            made["sale.order"]._action_cancel()
            made["stock.picking"].move_ids.unlink()
            made["stock.picking"].unlink()
            made["sale.order"].unlink()
            products = made["product.product"]
            env["stock.quant"].search([("product_id", "in", products.ids)]).unlink()
            for name in ("b2c.stock.policy", "stock.location"):
                if name in made:
                    made[name].unlink()
            products.product_tmpl_id.unlink()
            made["res.partner"].unlink()

    # ------------------------------------------------------------ steps

    def picking(self, cr, index):
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        return env["stock.picking"].browse(self.made["stock.picking"][index])

    def states(self):
        with self.registry.cursor() as cr:
            return [self.picking(cr, index).state for index in range(2)]

    def stock(self):
        """``(on hand, reserved)`` of the product, over all quants."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT sum(q.quantity), sum(q.reserved_quantity) FROM stock_quant q "
                "JOIN stock_location l ON l.id = q.location_id "
                "WHERE q.product_id = %s AND l.usage = 'internal'",
                self.made["product.product"],
            )
            return cr.fetchone()

    # ------------------------------------------------------------ races

    def test_second_does_not_wait_and_one_order_is_reserved(self):
        self.given(places=1)
        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SELECT 1")
            self.picking(one, 0)._b2c_reserve()
            one.flush()
            with self.assertRaises(RetryableJobError):
                self.picking(two, 1)._b2c_reserve()
            two.rollback()
            one.commit()
            # The job of the second comes back and finds nothing left.
            self.picking(two, 1)._b2c_reserve()
            two.commit()
        self.assertEqual(self.states(), ["assigned", "confirmed"])
        self.assertEqual(self.stock(), (1, 1))

    def test_old_snapshot_does_not_count_old_figures(self):
        """The second began before the first ended: it cannot see what that one holds.
        The two take pieces of two places, so no row of the stock itself collides."""
        self.given(places=2, channel="race/1", b2b_minimum=1)
        with self.registry.cursor() as cr:
            move = self.picking(cr, 0).move_ids
            move.location_id = self.made["stock.location"][1]
        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SELECT count(*) FROM stock_quant")
            self.picking(one, 0)._b2c_reserve()
            one.commit()
            with self.assertRaises(RetryableJobError):
                self.picking(two, 1)._b2c_reserve()
            two.rollback()
            self.picking(two, 1)._b2c_reserve()
            two.commit()
            self.assertEqual(self.picking(two, 1).move_ids.b2c_wait, "b2b")
        self.assertEqual(self.states(), ["assigned", "confirmed"])
        self.assertEqual(self.stock(), (2, 1))

    def test_two_threads_at_once(self):
        """Whoever loses comes back, as a job does, until nothing is left."""
        self.given(places=1)
        both_ready, failed, lost = threading.Barrier(2), [], []

        def work(picking):
            try:
                picking.env.cr.execute("SELECT 1")
                both_ready.wait(10)
                for _attempt in range(50):
                    try:
                        picking._b2c_reserve()
                        picking.env.cr.commit()
                        return
                    except RetryableJobError:
                        picking.env.cr.rollback()
                        lost.append(picking.id)
                        threading.Event().wait(0.05)
            except Exception as error:
                failed.append(error)

        with self.registry.cursor() as one, self.registry.cursor() as two:
            pickings = [self.picking(one, 0), self.picking(two, 1)]
            workers = [threading.Thread(target=work, args=[mine]) for mine in pickings]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(30)
        self.assertFalse(failed)
        self.assertTrue(lost)
        self.assertEqual(sorted(self.states()), ["assigned", "confirmed"])
        self.assertEqual(self.stock(), (1, 1))

    def test_b2b_waits_for_its_turn(self):
        self.given(places=1, consumers=(True, False))
        failed = []

        def second(picking):
            try:
                picking.action_assign()
            except Exception as error:
                failed.append(getattr(error, "pgcode", repr(error)))

        with self.registry.cursor() as one, self.registry.cursor() as two:
            two.execute("SELECT pg_backend_pid()")
            [pid] = two.fetchone()
            self.picking(one, 0)._b2c_reserve()
            one.flush()
            worker = threading.Thread(target=second, args=[self.picking(two, 1)])
            worker.start()
            self.assertTrue(self.waits_for_lock(pid, worker))
            one.commit()
            worker.join(30)
            # A serialization failure: Odoo runs the request again by itself.
            self.assertEqual(failed, ["40001"])
            two.rollback()
            self.picking(two, 1).action_assign()
            two.commit()
        self.assertEqual(self.states(), ["assigned", "confirmed"])
        self.assertEqual(self.stock(), (1, 1))

    def waits_for_lock(self, pid, worker):
        """Wait until the backend stands in front of a lock, or its thread ends."""
        with self.registry.cursor() as watch:
            while worker.is_alive():
                watch.execute(
                    "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                    [pid],
                )
                if watch.fetchone()[0]:
                    return True
                worker.join(0.05)
        return False
