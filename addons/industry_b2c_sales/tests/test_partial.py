from datetime import datetime, timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.axes import Axis, FiscalState, OrderState, ParcelState, PaymentState
from .common import NOW, SOURCE, B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestPartial(B2cCase):
    """One of three units is cancelled: what order, delivery and note get."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW + timedelta(minutes=1))
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    def three(self, **changes):
        return self.take_in(intake("1", (line(quantity=3),), **changes))

    def take_one(self, order, asker="consumer", run=True, **changes):
        values = {"asker": asker, "reason": "Comprou a mais", "source": SOURCE}
        partial = order._b2c_cancel_units(
            {order.order_line[0].id: 1}, **values | {"uid": "part-1"} | changes
        )
        if run:
            order._b2c_run_cancellation()
        return partial

    def steps(self, partial):
        return {step.step: step.state for step in partial.step_ids}

    def assertNote(self, order, total, units):
        """The note of the order is over these units and this total, paid in full."""
        invoice = order._b2c_posted_invoices()
        note = invoice.fiscal_document_id
        self.assertAlmostEqual(invoice.amount_total, total)
        self.assertAlmostEqual(note.fiscal_amount_total, total)
        self.assertEqual(sum(note.fiscal_line_ids.mapped("quantity")), units)
        paid = sum(Decimal(item["amount"]) for item in order.b2c_payment_data)
        self.assertEqual(paid, Decimal(str(total)))

    # ------------------------------------------------------------ before the note

    def test_draft_order_gets_smaller(self):
        order = self.three()
        self.assertEqual(
            self.steps(self.take_one(order)),
            {"release_stock": "done", "tell_channel": "manual"},
        )
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertAlmostEqual(order.amount_total, 399.80)
        order._b2c_advance()
        self.assertNote(order, 399.80, 2)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 2)

    def test_reserved_unit_is_free_again_and_the_note_gets_the_rest(self):
        order = self.three(freight=Decimal("20.01"), discount=Decimal("7.77"))
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        order.locked = True
        free = self.chair.free_qty
        partial = self.take_one(order)
        self.chair.invalidate_recordset()
        self.assertEqual(self.chair.free_qty, free + 1)
        moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(moves.mapped("product_uom_qty"), [2])
        self.assertEqual(moves.mapped("state"), ["assigned"])
        order._b2c_advance()
        # 3 × 199.90 − 7.77 = 591.93; a third of it goes back, the freight does not.
        self.assertAlmostEqual(partial.refund, 197.31)
        self.assertNote(order, 414.63, 2)
        self.assertEqual(order.invoice_ids.mapped("state").count("posted"), 1)

    def test_one_line_of_two_leaves_whole(self):
        self._make_product("CAD-2", stock=10)
        order = self.take_in(
            intake("1", (line(quantity=1), line("CAD-2", price="149.90")))
        )
        order._b2c_advance_confirm()
        self.take_one(order)
        order._b2c_advance()
        self.assertNote(order, 149.90, 1)
        moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(moves.product_id.mapped("default_code"), ["CAD-2"])

    def test_nothing_is_invoiced_until_the_unit_is_out(self):
        order = self.three()
        self.take_one(order, run=False)
        order._b2c_advance()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(
            order.b2c_verdict_ids.mapped("reason_code"), ["order_changing"]
        )
        order._b2c_run_cancellation()
        order._b2c_advance()
        self.assertNote(order, 399.80, 2)

    def test_told_twice_it_takes_one(self):
        order = self.three()
        first = self.take_one(order)
        again = self.take_one(order)
        self.assertEqual(first, again)
        self.assertEqual(order.order_line.product_uom_qty, 2)

    def test_own_shop_pays_back_itself(self):
        order = self.three(intermediary_vat="")
        steps = self.take_one(order).step_ids
        refund = steps.filtered(lambda step: step.step == "book_refund")
        self.assertEqual(refund.state, "manual")
        self.assertIn("199,90", refund.note.replace("\xa0", " "))

    # ------------------------------------------------------------ after the note

    def noted(self):
        order = self.three()
        order._b2c_advance()
        order.invoice_ids.fiscal_document_id.action_document_send()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        return order

    def test_after_the_note_an_entry_note_takes_it_back(self):
        order = self.noted()
        partial = self.take_one(order)
        self.assertEqual(
            self.steps(partial),
            {
                "release_stock": "done",
                "entry_nfe": "manual",
                "tell_channel": "manual",
                "book_refund": "todo",
            },
        )
        entry = partial.step_ids.filtered(lambda step: step.step == "entry_nfe")
        self.assertIn("1 × CAD-1", entry.note)
        self.assertIn(order.invoice_ids.name, entry.note)
        # The note stands, so the order's line does; two units leave the house.
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertTrue(order._b2c_dispatch()[order.id].go)
        self.assertEqual(order.order_line.qty_delivered, 2)

    def test_after_dispatch_the_unit_is_awaited_back(self):
        order = self.noted()
        order._b2c_dispatch()
        partial = self.take_one(order)
        steps = self.steps(partial)
        self.assertEqual(steps["expect_return"], "manual")
        self.assertNotIn("release_stock", steps)
        self.assertFalse(order.b2c_changing)

    def test_too_late_to_regret(self):
        order = self.noted()
        order._b2c_dispatch()
        order._b2c_log(
            Axis.PARCEL, ParcelState.DELIVERED, source=SOURCE, uid="d", at=NOW
        )
        self.clock.move_to("2026-12-01 02:59:59")
        order._b2c_ensure_right("consumer")
        self.clock.move_to("2026-12-01 03:00:00")
        with self.assertRaises(UserError) as caught:
            order.with_user(self.operator)._b2c_cancel("consumer", "Arrependeu-se")
        self.assertIn("30", str(caught.exception))
        self.assertEqual(self.steps(self.take_one(order)), {"open_claim": "manual"})
        order.with_user(self.operator)._b2c_cancel("seller", "Cortesia")
        self.assertEqual(order.b2c_order_state, "cancelled")

    def delivered(self):
        """Delivered on the 23rd: the days to regret end with the 30th."""
        order = self.noted()
        order._b2c_dispatch()
        order._b2c_log(
            Axis.PARCEL, ParcelState.DELIVERED, source=SOURCE, uid="d", at=NOW
        )
        return order

    def request(self, order, **values):
        """The cancellation as a person enters it."""
        wizards = self.env["b2c.cancel.request"].with_user(self.operator)
        with Form(wizards.with_context(active_id=order.id)) as form:
            form.reason = "Arrependeu-se"
            form.asker = values.pop("asker", "consumer")
            for name, value in values.items():
                setattr(form, name, value)
        return form.save()

    def plan(self, order):
        order._b2c_run_cancellation()
        return set(order.b2c_cancel_step_ids.mapped("step"))

    def test_regret_in_time_that_is_entered_late(self):
        order = self.delivered()
        self.clock.move_to("2026-12-02 12:00:00")
        with self.assertRaises(UserError):
            self.request(order).action_apply()
        self.request(order, asked_at="2026-11-29 15:00:00").action_apply()
        self.assertEqual(order.b2c_order_state, "cancelled")
        steps = self.plan(order)
        self.assertIn("expect_return", steps)
        self.assertNotIn("open_claim", steps)

    def test_unit_regretted_in_time_that_is_entered_late(self):
        order = self.delivered()
        self.clock.move_to("2026-12-02 12:00:00")
        request = self.request(order, asked_at="2026-11-29 15:00:00")
        request.line_ids.quantity = 1
        request.action_apply()
        self.assertIn("expect_return", self.plan(order))
        self.assertEqual(str(order.b2c_partial_ids.asked_at), "2026-11-29 15:00:00")

    def test_request_that_the_channel_told_of_counts_and_the_first_one(self):
        order = self.delivered()
        for day, uid in (("2026-11-29", "first"), ("2026-12-01", "again")):
            order._b2c_log(
                Axis.ORDER,
                OrderState.CANCEL_REQUESTED,
                source=SOURCE,
                uid=uid,
                at=datetime.fromisoformat(f"{day}T15:00:00+00:00"),
            )
        self.clock.move_to("2026-12-02 12:00:00")
        self.request(order).action_apply()
        self.assertNotIn("open_claim", self.plan(order))

    def test_nobody_has_asked_in_the_future(self):
        order = self.delivered()
        with self.assertRaisesRegex(UserError, "future"):
            self.request(order, asked_at="2026-11-23 12:02:00").action_apply()

    def test_whole_cancellation_covers_what_was_left_of_the_units(self):
        order = self.noted()
        partial = self.take_one(order)
        self.cancel(order)
        order._b2c_run_cancellation()
        self.assertEqual(set(partial.step_ids.mapped("state")), {"done", "dropped"})
        whole = order.b2c_cancel_step_ids.filtered(lambda step: not step.partial_id)
        self.assertIn("cancel_nfe", whole.mapped("step"))
        self.assertFalse(
            self.open_issues().filtered(lambda i: i.res_id in partial.step_ids.ids)
        )

    # ------------------------------------------------------------ its refund

    def refunded(self, order, amount=None):
        """The channel pays one unit back, and says how much when it can."""
        if amount is not None:
            order._b2c_note_refund(Decimal(amount))
        order._b2c_log(
            Axis.PAYMENT, PaymentState.PART_REFUNDED, source=SOURCE, uid="refund"
        )

    def test_rest_goes_on_after_the_refund_of_the_unit(self):
        for amount in (None, "199.90"):
            with self.subTest(amount), self.env.cr.savepoint() as savepoint:
                order = self.three()
                self.take_one(order)
                self.refunded(order, amount)
                order._b2c_advance()
                self.assertNote(order, 399.80, 2)
                order.invoice_ids.fiscal_document_id.action_document_send()
                self.assertTrue(order._b2c_dispatch()[order.id].go)
                self.assertEqual(order.order_line.qty_delivered, 2)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_refund_that_no_unit_explains_holds(self):
        order = self.three()
        self.refunded(order, "199.90")
        order._b2c_advance()
        self.assertFalse(order.invoice_ids)
        self.assertEqual(order.b2c_verdict_ids[:1].reason_code, "payment_part_refunded")
        self.take_one(order)
        order._b2c_advance()
        self.assertNote(order, 399.80, 2)

    def test_refund_of_more_than_the_unit_holds(self):
        order = self.three()
        self.take_one(order)
        self.refunded(order, "249.90")
        order._b2c_advance()
        self.assertFalse(order.invoice_ids)

    def test_rest_that_stands_still_is_taken_up(self):
        order = self.three()
        self.take_one(order)
        self.refunded(order)
        self.clock.tick(timedelta(minutes=11))
        with trap_jobs() as trap:
            self.orders._b2c_cron_advance()
            trap.assert_jobs_count(1, only=order._b2c_advance)

    # ------------------------------------------------------------ limits, screens

    def test_more_than_there_is(self):
        order = self.three()
        key = order.order_line.id
        other = self.take_in(intake("2")).order_line.id
        for units in ({key: 4}, {key: -1}, {key: 0}, {other: 1}, {}):
            with self.assertRaises(UserError):
                order._b2c_cancel_units(
                    units, asker="seller", reason="x", source=SOURCE, uid="u"
                )

    def test_units_that_left_already_are_not_there_any_more(self):
        order = self.noted()
        self.take_one(order)
        key = order.order_line.id
        with self.assertRaises(UserError):
            order._b2c_cancel_units(
                {key: 3}, asker="seller", reason="x", source=SOURCE, uid="u"
            )

    def test_all_units_are_the_order(self):
        order = self.three()
        key = order.order_line.id
        partial = order._b2c_cancel_units(
            {key: 3}, asker="channel", reason="tudo", source=SOURCE, uid="all"
        )
        self.assertFalse(partial)
        self.assertEqual(order.b2c_order_state, "cancelled")

    def test_wizard_takes_units_out_as_the_least_privileged_user(self):
        order = self.three()
        wizards = self.env["b2c.cancel.request"].with_user(self.operator)
        with Form(wizards.with_context(active_id=order.id)) as form:
            form.reason = "Comprou a mais"
            with form.line_ids.edit(0) as item:
                self.assertEqual(item.quantity, 3)
                item.quantity = 1
        form.save().action_apply()
        order.with_user(self.operator)._b2c_run_cancellation()
        self.assertEqual(order.order_line.product_uom_qty, 2)
        event = order.b2c_event_ids.filtered(lambda e: e.state == "units_cancelled")
        self.assertEqual(event.origin, self.operator.name)
        with self.assertRaises(AccessError):
            order.b2c_partial_ids.with_user(self.operator).write({"refund": 0})

    def test_wizard_cancels_the_whole_order(self):
        order = self.three()
        wizards = self.env["b2c.cancel.request"].with_user(self.operator)
        with Form(wizards.with_context(active_id=order.id)) as form:
            form.asker = "seller"
            form.reason = "Sem produto"
        form.save().action_apply()
        order._b2c_run_cancellation()
        self.assertEqual(order.state, "cancel")
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps, {"release_stock": "done", "tell_channel": "manual"})
