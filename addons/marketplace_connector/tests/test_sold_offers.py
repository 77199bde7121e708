from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import intake, line
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import OrderState, PaymentState
from .offer_common import OfferCase
from .shop import chair, order_of, timedelta


@tagged("post_install", "-at_install")
class TestSoldOffers(OfferCase):
    """Kits in orders, and what orders leave to offer."""

    with_taxes = True

    # ------------------------------------------------------------ kits

    def ordered(self, price="100.00", quantity=1, number="9001"):
        """A kit of two desks and three chairs was sold."""
        if not self.listing("KIT1"):
            self.kit(desk=2, chair=3)
        line = replace(chair("KIT", price, "KIT1"), qty=Decimal(quantity))
        return self.read(order_of(number, lines=(line,)))

    def test_parts_are_reserved_and_cost_what_the_kit_cost(self):
        sale = self.ordered("100.01").sale_order_id
        self.assertEqual(sale.order_line.product_id, self.desk | self.chair)
        self.assertEqual(sale.order_line.mapped("product_uom_qty"), [2, 3])
        self.assertEqual(sale.amount_total, 100.01)
        self.assertEqual(sale.b2c_paid_total, 100.01)
        with trap_jobs():
            sale._b2c_advance("stock")
        self.assertEqual(sale.picking_ids.state, "assigned")
        taken = {move.product_id: move.quantity for move in sale.picking_ids.move_ids}
        self.assertEqual(taken, {self.desk: 2, self.chair: 3})

    def test_note_of_a_kit_amounts_to_what_was_paid(self):
        sale = self.ordered("0.07").sale_order_id
        with trap_jobs():
            sale._b2c_advance()
        self.assertEqual(sale.invoice_ids.state, "posted")
        self.assertEqual(sale.invoice_ids.amount_total, 0.07)

    def test_kit_that_nobody_explained_waits_and_then_goes_on(self):
        """What was kept is the kit, so its parts may be told afterwards."""
        line = chair("KIT", "80.00", "KIT1")
        binding = self.read(order_of("9001", lines=(line,)))
        self.assertFalse(binding.sale_order_id)
        issue = self.open_issues(code="sku_unknown")
        self.assertEqual(len(issue), 1)
        self.kit(desk=1, chair=1)
        with trap_jobs():
            issue.action_replay()
        sale = binding.sale_order_id
        self.assertEqual(sale.order_line.product_id, self.desk | self.chair)
        self.assertEqual(issue.state, "solved")

    def test_order_rejected_for_something_else_keeps_the_kit(self):
        """The parts may change until the order comes in."""
        listing = self.kit(desk=2, chair=3)
        line = chair("KIT", "80.00", "KIT1")
        self.company.sale_fiscal_operation_id = False
        binding = self.read(order_of("9001", lines=(line,)))
        issue = self.open_issues(code="operation_missing")
        self.company.sale_fiscal_operation_id = self.operation
        listing.component_ids[0].unlink()
        with trap_jobs():
            issue.action_replay()
        self.assertEqual(binding.sale_order_id.order_line.product_id, self.chair)

    def test_incomplete_part_holds_the_order_then_it_goes_on(self):
        ncm, self.desk.ncm_id = self.desk.ncm_id, False
        sale = self.ordered("100.01").sale_order_id
        self.assertTrue(self.open_issues(code="ncm_missing"))
        self.desk.ncm_id = ncm
        with trap_jobs():
            sale._b2c_advance("stock")
        self.assertEqual((sale.state, sale.amount_total), ("sale", 100.01))

    def test_cancelled_kit_takes_its_parts_out(self):
        binding = self.ordered("50.00", quantity=3)
        sale = binding.sale_order_id
        self.assertEqual(sale.order_line.mapped("product_uom_qty"), [6, 9])
        line = replace(
            chair("KIT", "50.00", "KIT1"), qty=Decimal(3), qty_cancelled=Decimal(1)
        )
        self.frozen.tick(timedelta(minutes=1))
        order = order_of("9001", lines=(line,))
        self.read(replace(order, updated_at=order.updated_at + timedelta(minutes=1)))
        with trap_jobs():
            sale._b2c_run_cancellation()
        self.assertEqual(sale.order_line.mapped("product_uom_qty"), [4, 6])

    def test_kit_is_offered_as_often_as_its_scarcest_part_allows(self):
        listing = self.kit(desk=3, chair=1)
        self.push()
        self.assertEqual(self.shop.quantity("KIT1"), 3)
        self.put(-10)
        self.push()
        self.assertEqual((self.shop.quantity("KIT1"), listing.stock_ours), (0, 0))

    # ------------------------------------------------------------ what is left

    def test_what_is_sold_is_not_offered_again(self):
        """Neither when it is reserved, nor as a draft, nor before it is paid, nor when
        it stands in the work queue: the channel's own count is overwritten."""
        self.listed()
        line = chair("MESA-1", item="MLB5")
        unpaid = order_of(
            "1",
            lines=(line,),
            state=OrderState.AWAITING_PAYMENT,
            payment_state=PaymentState.PENDING,
        )
        self.read(unpaid)
        self.assertEqual(self.offered(), 9)
        sale = self.read(order_of("2", lines=(line,))).sale_order_id
        self.assertEqual((sale.state, self.offered()), ("draft", 8))
        with trap_jobs():
            sale._b2c_advance("stock")
        self.assertEqual(self.offered(), 8)
        buyer = replace(unpaid.buyer, doc="11111111111")
        self.read(order_of("3", lines=(line,), buyer=buyer))
        self.assertEqual(self.offered(), 7)
        self.read(replace(unpaid, state=OrderState.CANCELLED, raw_digest="x"))
        self.assertEqual(self.offered(), 8)

    def test_reservation_wakes_the_account(self):
        self.listed()
        sale = self.read(order_of("1", lines=(chair("MESA-1"),))).sale_order_id
        self.committed()
        with trap_jobs():
            sale._b2c_advance("stock")
        self.assertEqual(self.committed(), [self.account])

    # ------------------------------------------------------------ oversold

    def test_sold_elsewhere_too_tells_to_cancel_at_the_channel(self):
        self.listed()
        self.put(-9)
        line = chair("MESA-1", item="MLB5")
        first, second = self.read(
            order_of("1", lines=(line,)), order_of("2", lines=(line,))
        ).sale_order_id.sorted("b2c_external_id")
        with trap_jobs():
            (first | second)._b2c_advance("stock")
        self.assertEqual(first.picking_ids.state, "assigned")
        self.assertFalse(first.b2c_issue_ids)
        issue = second.b2c_issue_ids
        self.assertEqual((issue.code, issue.state), ("out_of_stock", "open"))
        self.assertIn("canal", issue.suggestion)
        self.push()
        self.assertEqual(self.shop.quantity("MLB5"), 0)
        # Stock that turns up after all settles it.
        self.put(1)
        with trap_jobs():
            second._b2c_advance()
        self.assertEqual(issue.state, "solved")

    def test_order_of_no_channel_only_lacks_stock(self):
        self.put(-10)
        order = self.take_in(intake("77", (line("MESA-1"),)))
        with trap_jobs():
            order._b2c_advance("stock")
        self.assertEqual(order.b2c_issue_ids.code, "stock_missing")
