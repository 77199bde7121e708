from odoo.exceptions import AccessError
from odoo.tests import tagged

from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestStockPolicy(StockCase):
    """Consumers reserve from the stock of B2B as far as the policies go."""

    def test_without_a_policy_everything_free_may_be_reserved(self):
        self._put(self.face, 3)
        orders = self.confirmed(2, 1)
        self.assertEqual(self.reserved(orders), [True, True])
        self.assertEqual(self.waits(orders), [False, False])

    def test_minimum_stays_free_for_b2b(self):
        self._policy(b2b_minimum=8)
        self._put(self.face, 10)
        orders = self.confirmed(1, 1, 1)
        self.assertEqual(self.reserved(orders), [True, True, False])
        self.assertEqual(orders[2].b2c_issue_ids.code, "stock_kept_for_b2b")
        free = self.env["stock.quant"]._get_available_quantity(self.bolt, self.stock)
        self.assertEqual(free, 8)

    def test_share_of_the_stock_on_hand(self):
        self._policy(share=30)
        self._put(self.face, 10)
        self.assertEqual(self.reserved(self.confirmed(2, 2, 1)), [True, False, True])

    def test_share_counts_what_was_reserved_before(self):
        self._policy(share=30)
        self._put(self.face, 10)
        first = self.confirmed(3)
        second = self.confirmed(1)
        self.assertEqual(self.reserved(first | second), [True, False])
        first._action_cancel()
        second._b2c_advance_reserve()
        self.assertEqual(self.reserved(second), [True])
        self.assertEqual(self.waits(second), [False])

    def test_policy_of_a_channel_binds_its_orders_only(self):
        self._policy(channel="shopee", share=10)
        self._put(self.face, 10)
        theirs = self.confirmed(1, 1, source="shopee/7")
        self.assertEqual(self.reserved(theirs), [True, False])
        self.assertEqual(self.reserved(self.confirmed(8)), [True])

    def test_product_has_a_policy_of_its_own(self):
        self._policy(share=0)
        self._policy(product_id=self.bolt.id, share=100)
        self._put(self.face, 1)
        self.assertEqual(self.reserved(self.confirmed(1)), [True])

    def test_nothing_is_reserved_in_parts_against_a_policy(self):
        self._policy(b2b_minimum=8)
        self._put(self.face, 10)
        orders = self.confirmed(3)
        self.assertEqual(sum(orders.picking_ids.move_ids.mapped("quantity")), 0)

    def test_order_goes_on_when_the_policy_changes(self):
        policy = self._policy(b2b_minimum=10)
        self._put(self.face, 10)
        order = self.confirmed(1)
        self.assertEqual(self.reserved(order), [False])
        policy.b2b_minimum = 0
        order._b2c_advance()
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.b2c_issue_ids.state, "solved")

    def test_stock_on_shelf_is_missing_for_all(self):
        self._policy(b2b_minimum=1)
        order = self.confirmed(1)
        self.assertEqual(order.b2c_issue_ids.code, "stock_missing")

    def test_shared_stock_tells_who_holds_what(self):
        self._put(self.face, 10)
        self._put(self.rack, 24)
        self.confirmed(3)
        row = self.env["b2c.shared.stock"].with_user(self.operator).search([])
        self.assertEqual(row.product_id, self.bolt)
        self.assertEqual(
            (row.quantity, row.b2c_quantity, row.other_quantity, row.free_quantity),
            (34, 3, 0, 31),
        )
        self.assertEqual(row.open_quantity, 7)

    def test_stocker_without_sales_rights_reserves(self):
        """Who checks availability in the warehouse need not read policies or orders."""
        self._policy(b2b_minimum=1)
        order = self.confirmed(1)
        self._put(self.face, 2)
        order.picking_ids.with_user(self.stocker).action_assign()
        self.assertEqual(self.reserved(order), [True])

    def test_policies_are_the_administrators(self):
        policy = self._policy().with_user(self.operator)
        self.assertEqual(policy.share, 100)
        with self.assertRaises(AccessError):
            policy.share = 1
        with self.assertRaises(AccessError):
            self.env["b2c.shared.stock"].with_user(self.operator).create(
                {"product_id": self.bolt.id, "company_id": self.company.id}
            )

    def test_reserving_costs_the_same_for_one_and_for_ten(self):
        self._policy(b2b_minimum=1)
        self._put(self.face, 50)
        moves = self.confirmed(*[1] * 12).picking_ids.move_ids
        moves._do_unreserve()
        self.env.flush_all()

        def queries(some):
            self.env.invalidate_all()
            some.mapped("sale_line_id.order_id.b2c_source")
            before = self.cr.sql_log_count
            closed = self.env["stock.quant"]._b2c_closed_places(self.company)
            some._b2c_allocate(self.company, closed)
            return self.cr.sql_log_count - before

        one, ten = queries(moves[:1]), queries(moves[1:11])
        self.assertLessEqual(ten, one)
