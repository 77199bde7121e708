from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import LiveCheck, OrderState, PaymentState
from .common import ConnectorCase
from .shop import NOW, chair, order_of, timedelta


@tagged("post_install", "-at_install")
class TestUnits(ConnectorCase):
    """The channel cancels some units of an order that we know."""

    def setUp(self):
        super().setUp()
        self._make_product("CAD-2", stock=10)
        self.order = order_of(
            "9001",
            lines=(
                replace(chair(), qty=Decimal(3)),
                chair("CAD-2", "149.90", item="MLB2"),
            ),
        )
        self.sale = self.read(self.order).sale_order_id
        self.assertEqual(self.sale.order_line.mapped("product_uom_qty"), [3, 1])

    def tell(self, *cancelled, minutes=1, **changes):
        """A later reading in which so many units of each line are cancelled."""
        lines = tuple(
            replace(line, qty_cancelled=Decimal(quantity))
            for line, quantity in zip(self.order.lines, cancelled, strict=True)
        )
        values = {
            "lines": lines,
            "updated_at": NOW + timedelta(minutes=minutes),
            "raw_digest": f"{cancelled}/{minutes}",
        }
        self.read(replace(self.order, **values | changes))
        with trap_jobs():
            self.sale._b2c_run_cancellation()

    def quantities(self):
        return self.sale.order_line.mapped("product_uom_qty")

    def test_cancelled_unit_leaves_the_order(self):
        self.tell(1, 0)
        [partial] = self.sale.b2c_partial_ids
        self.assertEqual(self.quantities(), [2, 1])
        self.assertEqual(partial.asker, "channel")
        self.assertEqual(partial.asked_at, NOW.replace(tzinfo=None, minute=1))
        # Whoever told it need not be told.
        self.assertNotIn("tell_channel", partial.step_ids.mapped("step"))

    def test_told_again_it_takes_no_other(self):
        self.tell(1, 0)
        self.tell(1, 0, minutes=2)
        self.assertEqual(len(self.sale.b2c_partial_ids), 1)
        self.assertEqual(self.quantities(), [2, 1])
        self.tell(2, 1, minutes=3)
        self.assertEqual(len(self.sale.b2c_partial_ids), 2)
        self.assertEqual(self.quantities(), [1, 0])

    def test_unit_that_a_person_has_taken_out_is_not_taken_twice(self):
        key = self.sale.order_line[0].id
        with trap_jobs():
            self.sale._b2c_cancel_units_by_hand({key: 1}, "seller", "Falta")
        # Before and after the job made the order smaller.
        self.tell(1, 0)
        self.tell(1, 0, minutes=2)
        self.assertEqual(len(self.sale.b2c_partial_ids), 1)
        self.assertEqual(self.quantities(), [2, 1])

    def test_all_units_are_the_order(self):
        self.tell(3, 1)
        self.assertEqual(self.sale.b2c_order_state, "cancelled")
        self.assertFalse(self.sale.b2c_partial_ids)

    def test_cancelled_order_loses_no_units_besides(self):
        self.tell(3, 1, state=OrderState.CANCELLED)
        self.tell(1, 0, minutes=2, state=OrderState.CANCELLED)
        self.assertFalse(self.sale.b2c_partial_ids)

    def test_reading_that_hides_something_takes_nothing(self):
        self.tell(1, 0, partial=True)
        self.assertFalse(self.sale.b2c_partial_ids)

    def test_rest_goes_on_with_the_refund_of_the_unit(self):
        [payment] = self.order.payments
        back = replace(
            payment, state=PaymentState.PART_REFUNDED, refunded=Decimal("199.90")
        )
        self.tell(1, 0, payment_state=PaymentState.PART_REFUNDED, payments=(back,))
        self.assertAlmostEqual(self.sale.b2c_refunded, 199.90)
        with trap_jobs():
            self.sale._b2c_advance()
        self.assertAlmostEqual(self.sale.invoice_ids.amount_total, 549.70)
        self.assertEqual(self.sale.invoice_ids.state, "posted")

    def test_line_that_is_not_found_holds_the_order(self):
        """Somebody has made the lines by hand: nobody knows which unit is off."""
        self.sale.order_line[0].b2c_line_key = False
        self.tell(1, 0)
        self.assertFalse(self.sale.b2c_partial_ids)
        self.assertTrue(self.sale.b2c_held)
        self.assertIn("MLB1/", self.sale.b2c_hold_note)

    def test_unfinished_order_is_held(self):
        """Its lines are made again from what was first told: with the unit in it."""
        self.sale.sudo().b2c_pending_payload = {"lines": []}
        self.tell(1, 0)
        self.assertFalse(self.sale.b2c_partial_ids)
        self.assertTrue(self.sale.b2c_held)

    def test_refund_that_the_guard_hears_of_has_the_order_read(self):
        self.shop.live["9001"] = LiveCheck(OrderState.READY, PaymentState.PART_REFUNDED)
        with trap_jobs():
            self.sale._b2c_guard("dispatch")
        hints = self.inbox.search([("external_id", "=", "9001")])
        self.assertTrue(hints)
