from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..domain.axes import Axis, FiscalState, ParcelState
from .common import NOW, SOURCE, B2cCase, intake


@tagged("post_install", "-at_install")
class TestCancellation(B2cCase):
    """The consumer cancels: what is undone depends on how far the order came."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW + timedelta(minutes=1))
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    def run_cancellation(self, order):
        self.assertEqual(len(self.cancel(order, NOW + timedelta(seconds=30))), 1)
        order._b2c_run_cancellation()
        return {step.step: step.state for step in order.b2c_cancel_step_ids}

    def test_before_confirmation(self):
        order = self.take_in(intake("1"))
        self.assertEqual(self.run_cancellation(order), {"release_stock": "done"})
        self.assertEqual(order.state, "cancel")
        order._b2c_advance()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.invoice_ids)

    def test_with_reserved_stock(self):
        order = self.take_in(intake("1"))
        order._b2c_advance_confirm()
        order._b2c_make_invoices()
        order.locked = True
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual(self.run_cancellation(order), {"release_stock": "done"})
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(order.invoice_ids.state, "cancel")

    def test_posted_invoice_is_left_to_a_person(self):
        order = self.invoiced()
        self.assertEqual(
            self.run_cancellation(order),
            {"release_stock": "done", "cancel_nfe": "manual", "tell_channel": "todo"},
        )
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.picking_ids.state, "cancel")
        issue = order.b2c_issue_ids
        self.assertEqual(issue.code, "cancel_step_manual")
        self.assertIn(order.invoice_ids.name, issue.message)
        self.assertIn("Cancelar NF-e", issue.message)

    def test_person_finishes_a_manual_step_and_the_plan_goes_on(self):
        order = self.invoiced()
        self.run_cancellation(order)
        order.b2c_issue_ids.with_user(self.operator).action_solve()
        step = order.b2c_cancel_step_ids.filtered(lambda s: s.step == "cancel_nfe")
        self.assertEqual(step.state, "done")
        self.assertIn(self.operator.name, step.note)
        order._b2c_run_cancellation()
        self.assertEqual(
            order.b2c_cancel_step_ids.filtered(
                lambda s: s.step == "tell_channel"
            ).state,
            "manual",
        )

    def test_authorized_note_within_the_hours_is_cancelled(self):
        order = self.authorized()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        self.assertIn("cancel_nfe", self.run_cancellation(order))

    def test_authorized_note_after_the_hours_needs_an_entry_note(self):
        order = self.authorized()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        self.clock.tick(timedelta(hours=25))
        steps = self.run_cancellation(order)
        self.assertEqual(steps["entry_nfe"], "manual")
        self.assertNotIn("cancel_nfe", steps)

    def test_hours_are_those_of_the_state(self):
        self.env.ref("base.state_br_sp").b2c_nfe_cancel_hours = 48
        order = self.authorized()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        self.clock.tick(timedelta(hours=25))
        self.assertIn("cancel_nfe", self.run_cancellation(order))
        self.assertEqual(self.env.ref("base.state_br_pr").b2c_nfe_cancel_hours, 168)

    def test_printed_label_is_voided(self):
        order = self.invoiced()
        order._b2c_log(
            Axis.PARCEL, ParcelState.PRINTED, source=SOURCE, uid="label", at=NOW
        )
        self.assertEqual(self.run_cancellation(order)["void_label"], "manual")

    def test_after_dispatch_the_parcel_is_awaited_back(self):
        order = self.authorized()
        order._b2c_dispatch()
        steps = self.run_cancellation(order)
        self.assertEqual(steps["expect_return"], "manual")
        self.assertNotIn("release_stock", steps)
        self.assertEqual(order.state, "sale")

    def test_failing_step_is_reported_and_tried_again(self):
        order = self.invoiced()
        patcher = patch.object(
            self.registry["sale.order"],
            "_b2c_cancel_step_cancel_nfe",
            side_effect=UserError("SEFAZ fora do ar"),
        )
        patcher.start()
        steps = self.run_cancellation(order)
        patcher.stop()
        self.assertEqual(steps["cancel_nfe"], "failed")
        self.assertEqual(steps["release_stock"], "done")
        issue = order.b2c_issue_ids
        self.assertEqual(issue.code, "cancel_step_failed")
        self.assertIn("SEFAZ fora do ar", issue.message)
        with patch.object(
            self.registry["sale.order"],
            "_b2c_cancel_step_cancel_nfe",
            return_value=("done", "Evento 110111"),
        ):
            order._b2c_run_cancellation()
        step = order.b2c_cancel_step_ids.filtered(lambda s: s.step == "cancel_nfe")
        self.assertEqual((step.state, step.attempts), ("done", 2))
        self.assertEqual(issue.state, "solved")

    def test_running_the_plan_twice_adds_nothing(self):
        order = self.invoiced()
        self.run_cancellation(order)
        before = order.b2c_cancel_step_ids
        order._b2c_run_cancellation()
        self.assertEqual(order.b2c_cancel_step_ids, before)
        self.assertEqual(order.b2c_issue_ids.count, 1)

    def test_cancellation_told_before_an_older_ready_stays(self):
        order = self.take_in(intake("1"))
        self.cancel(order, NOW + timedelta(seconds=30))
        order._b2c_log(
            Axis.ORDER,
            "ready",
            source=SOURCE,
            uid="late",
            at=NOW + timedelta(seconds=5),
        )
        self.assertEqual(order.b2c_order_state, "cancelled")
