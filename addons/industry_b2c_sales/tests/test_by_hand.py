from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.axes import Axis, OrderState
from .common import SOURCE, B2cCase, intake


@tagged("post_install", "-at_install")
class TestByHand(B2cCase):
    """What the job does only after the guard said go, nobody does around the guard:
    neither the scheduler nor a person with the buttons of core."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            login="b2c_clerk",
            groups="sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice,l10n_br_fiscal.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def tell(self, order, state):
        with trap_jobs():
            order._b2c_log(Axis.ORDER, state, source=SOURCE, uid=f"told-{state}")

    def waiting(self):
        """A confirmed order that lost its goods again."""
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        order.picking_ids.do_unreserve()
        return order

    def run_scheduler(self):
        self.env["stock.rule"].run_scheduler(company_id=self.company.id)

    # ------------------------------------------------------------ reservation

    def test_scheduler_reserves_what_may_go_on(self):
        order = self.waiting()
        self.run_scheduler()
        self.assertTrue(order._b2c_is_reserved())

    def test_nothing_reserves_an_order_that_must_not_go_on(self):
        for stop in (
            lambda order: order.with_user(self.operator)._b2c_hold("Fraude?"),
            lambda order: self.tell(order, OrderState.CANCEL_REQUESTED),
            lambda order: self.tell(order, OrderState.CANCELLED),
            lambda order: self.tell(order, OrderState.ON_HOLD),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                order = self.waiting()
                stop(order)
                moves = order.picking_ids.move_ids
                self.run_scheduler()
                moves._trigger_assign()
                order.picking_ids.action_assign()
                moves.with_context(b2c_guarded=order.ids)._action_assign()
                moves._action_assign(force_qty=1)
                self.assertFalse(sum(moves.mapped("quantity")))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_held_order_does_not_keep_others_from_their_goods(self):
        held, other = self.take_in(intake("1"), intake("2"))
        (held | other)._b2c_advance_confirm()
        (held | other).picking_ids.do_unreserve()
        held._b2c_hold("Fraude?")
        (held | other).picking_ids.move_ids._action_assign()
        self.assertFalse(held._b2c_is_reserved())
        self.assertTrue(other._b2c_is_reserved())

    def test_what_a_person_lets_go_is_reserved(self):
        order = self.waiting()
        self.tell(order, OrderState.CANCEL_REQUESTED)
        order._b2c_override("reserve", "Consumidora desistiu de cancelar")
        order._b2c_advance_reserve()
        self.assertTrue(order._b2c_is_reserved())

    def test_rest_of_a_held_order_keeps_its_goods(self):
        """Units leave an order that is held: what was reserved for the rest stays."""
        order = self.take_in(intake("1", lines=(self.three(),)))
        order._b2c_advance()
        order._b2c_hold("Endereço?")
        order._b2c_cancel_units(
            {order.order_line.id: 1},
            asker="consumer",
            reason="Comprou a mais",
            source=SOURCE,
            uid="part",
        )
        order._b2c_run_cancellation()
        moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual((moves.quantity, moves.state), (2, "assigned"))

    def three(self):
        [line] = intake("x").lines
        return line.__class__(
            key=line.key, sku=line.sku, quantity=3, unit_price=line.unit_price
        )

    # ------------------------------------------------------------ buttons of core

    def test_confirming_by_hand_is_guarded(self):
        order = self.take_in(intake("1", facts=()))
        by_hand = order.with_user(self.clerk)
        # No client can say that the guard was asked.
        for context in ({}, {"b2c_guarded": order.ids}):
            with self.assertRaisesRegex(UserError, f"{order.name} must not go on"):
                by_hand.with_context(**context).action_confirm()
        self.tell(order, OrderState.READY)
        with self.assertRaises(UserError):
            by_hand.action_confirm()

    def test_order_that_may_go_on_is_confirmed_and_invoiced_by_hand(self):
        order = self.take_in(intake("1"))
        by_hand = order.with_user(self.clerk)
        by_hand.action_confirm()
        self.assertTrue(order._b2c_is_reserved())
        invoice = by_hand._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_invoicing_by_hand_is_guarded(self):
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        self.tell(order, OrderState.CANCEL_REQUESTED)
        with self.assertRaisesRegex(UserError, f"{order.name} must not go on"):
            order.with_user(self.clerk)._create_invoices()

    def test_posting_by_hand_is_guarded(self):
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        self.tell(order, OrderState.CANCEL_REQUESTED)
        with self.assertRaisesRegex(UserError, f"{order.name} must not go on"):
            order.invoice_ids.with_user(self.clerk).action_post()

    def test_posting_by_hand_looks_at_the_total(self):
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        order.b2c_paid_total = 150
        with self.assertRaisesRegex(UserError, "150.00"):
            order.invoice_ids.with_user(self.clerk).action_post()

    def test_second_note_over_what_was_paid_once_is_not_posted(self):
        order = self.invoiced()
        again = order.invoice_ids.copy({"invoice_origin": order.name})
        again.invoice_line_ids.sale_line_ids = order.order_line
        with self.assertRaises(UserError):
            again.with_user(self.clerk).action_post()

    def test_refund_of_a_cancelled_order_is_posted(self):
        order = self.invoiced()
        self.tell(order, OrderState.CANCEL_REQUESTED)
        refund = order.invoice_ids._reverse_moves()
        refund.invoice_line_ids.sale_line_ids = order.order_line
        refund.with_user(self.clerk).action_post()
        self.assertEqual(refund.state, "posted")
