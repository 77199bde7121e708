from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .stock_common import PALLETS, StockCase


@tagged("post_install", "-at_install")
class TestStockOpening(StockCase):
    """Too few single units: a carton is opened, a pallet only when that is allowed."""

    def free_at(self, location):
        return self.env["stock.quant"]._get_available_quantity(self.bolt, location)

    def test_units_are_taken_from_the_pick_face(self):
        self._put(self.rack, 24)
        self._put(self.face, 2)
        orders = self.confirmed(2)
        self.assertEqual(self.reserved(orders), [True])
        self.assertEqual(orders.picking_ids.move_line_ids.location_id, self.face)
        self.assertFalse(self.tasks.search([]))

    def test_carton_is_opened_and_the_order_goes_on(self):
        self._put(self.rack, 24)
        self._put(self.pallets, 600, self._pallet(PALLETS[0]))
        order = self.confirmed(2)
        self.assertEqual(order.b2c_issue_ids.code, "stock_to_open")
        self.assertEqual(self.waits(order), ["open"])
        task = self.tasks.search([])
        self.assertEqual((task.size, task.count, task.quantity), ("carton", 1, 12))
        self.assertEqual(
            (task.location_id, task.location_dest_id), (self.rack, self.face)
        )
        with trap_jobs() as trap:
            task.with_user(self.operator).action_do()
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))
        self.assertEqual((task.state, task.closed_by_id), ("done", self.operator))
        self.assertEqual(task.picking_id.state, "done")
        self.assertEqual((self.free_at(self.face), self.free_at(self.rack)), (12, 12))
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(self.free_at(self.face), 10)

    def test_one_task_serves_all_who_wait(self):
        self._put(self.rack, 24)
        orders = self.confirmed(5, 5)
        self.confirmed(2)
        self.assertEqual(self.waits(orders), ["open", "open"])
        self.assertEqual(self.tasks.search([]).mapped("quantity"), [12])
        self.confirmed(1)
        self.assertEqual(sum(self.tasks.search([]).mapped("quantity")), 24)
        self.assertEqual(self.confirmed(13).b2c_issue_ids.code, "stock_to_open")
        self.assertEqual(sum(self.tasks.search([]).mapped("quantity")), 24)

    def test_pallet_stays_closed_unless_allowed(self):
        pallet = self._pallet(PALLETS[0])
        self._put(self.pallets, 600, pallet)
        order = self.confirmed(1)
        self.assertEqual(order.b2c_issue_ids.code, "stock_kept_for_b2b")
        self.assertFalse(self.tasks.search([]))
        self._policy(open_pallet=True)
        order._b2c_advance_reserve()
        task = self.tasks.search([])
        self.assertEqual((task.size, task.count, task.quantity), ("pallet", 1, 600))
        self.assertEqual(task.package_id, pallet)
        task.action_do()
        self.assertEqual(self.free_at(self.face), 600)
        self.assertFalse(pallet.quant_ids)
        order._b2c_advance_reserve()
        self.assertEqual(self.reserved(order), [True])

    def test_the_pallet_that_b2b_must_find_is_not_opened(self):
        self._policy(open_pallet=True, b2b_minimum=600)
        self._put(self.pallets, 600, self._pallet(PALLETS[0]))
        order = self.confirmed(1)
        self.assertEqual(self.waits(order), ["b2b"])
        self._put(self.pallets, 600, self._pallet(PALLETS[1]))
        order._b2c_advance_reserve()
        self.assertEqual(self.tasks.search([]).quantity, 600)

    def test_closed_package_is_closed_wherever_it_stands(self):
        self._put(self.face, 600, self._pallet(PALLETS[0]))
        self._put(self.stock, 1)
        orders = self.confirmed(1, 1)
        self.assertEqual(self.reserved(orders), [True, False])
        self.assertFalse(orders.picking_ids.move_line_ids.package_id)

    def test_pick_face_below_the_pallets(self):
        """The lowest level of a pallet rack may be a place for units."""
        ground = self.env["stock.location"].create(
            {"name": "0", "location_id": self.pallets.id, "b2c_size": "unit"}
        )
        self._put(ground, 1)
        orders = self.confirmed(1)
        self.assertEqual(self.reserved(orders), [True])
        self._put(self.pallets, 600)
        self.assertEqual(self.reserved(self.confirmed(1)), [False])

    def test_refused_carton_is_not_proposed_again_for_a_day(self):
        self._put(self.rack, 12)
        with freeze_time("2026-11-23 12:00:00"):
            order = self.confirmed(1)
            task = self.tasks.search([])
            task.with_user(self.operator).action_cancel()
            self.assertEqual(task.state, "cancelled")
            order._b2c_advance_reserve()
            self.assertEqual(self.tasks.search([]), task)
        with freeze_time("2026-11-24 12:00:01"):
            order._b2c_advance_reserve()
            self.assertEqual(len(self.tasks.search([])), 2)

    def test_carton_that_b2b_has_taken_cannot_be_opened(self):
        self._put(self.rack, 12)
        self.confirmed(1)
        task = self.tasks.search([])
        self.env["stock.quant"]._update_reserved_quantity(self.bolt, self.rack, 5)
        with self.assertRaisesRegex(UserError, "Only 7.0"):
            task.action_do()
        self.assertEqual(task.state, "todo")

    def test_task_is_done_once(self):
        self._put(self.rack, 12)
        self.confirmed(1)
        task = self.tasks.search([]).with_user(self.operator)
        task.action_do()
        for button in (task.action_do, task.action_cancel):
            with self.assertRaises(UserError):
                button()
        with self.assertRaises(AccessError):
            task.write({"state": "todo"})

    def test_other_company_sees_no_task(self):
        self._put(self.rack, 12)
        self.confirmed(1)
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = self.operator.copy(
            {
                "login": "b2c_stranger",
                "company_id": other.id,
                "company_ids": [(6, 0, other.ids)],
            }
        )
        task = self.tasks.search([]).with_user(stranger)
        task = task.with_context(allowed_company_ids=other.ids)
        self.assertFalse(task.search([]))
        with self.assertRaises(AccessError):
            task.action_do()
