from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

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
            {
                "release_stock": "done",
                "cancel_nfe": "manual",
                "tell_channel": "todo",
                "book_refund": "todo",
            },
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
        self.assertIn(self.operator.name, step.answer)
        self.assertEqual(step.done_by_id, self.operator)
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

    # ------------------------------------------------------------ tasks of a person

    def test_person_writes_down_what_was_done(self):
        order = self.invoiced()
        self.run_cancellation(order)
        step = order.b2c_cancel_step_ids.filtered(lambda s: s.step == "cancel_nfe")
        step = step.with_user(self.operator)
        with self.assertRaises(AccessError):
            step.write({"state": "done"})
        action = step.action_finish()
        wizards = self.env["b2c.cancel.step.finish"].with_user(self.operator)
        with Form(wizards.with_context(**action["context"])) as form:
            form.answer = "Protocolo 135260000000001, CPF 529.982.247-25"
        form.save().action_apply()
        self.assertEqual(step.state, "done")
        self.assertIn("135260000000001", step.answer)
        self.assertNotIn("529.982", step.answer)
        self.assertEqual(step.done_by_id, self.operator)
        self.assertEqual(order.b2c_issue_ids.state, "solved")
        order._b2c_run_cancellation()
        steps = {item.step: item.state for item in order.b2c_cancel_step_ids}
        self.assertEqual(steps["tell_channel"], "manual")
        with self.assertRaises(UserError):
            step._finish("de novo")

    def test_seller_of_the_b2b_finishes_nothing(self):
        order = self.invoiced()
        self.run_cancellation(order)
        seller = new_test_user(
            self.env,
            login="b2b_seller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
        )
        steps = order.b2c_cancel_step_ids.filtered(lambda s: s.state == "manual")
        with self.assertRaises(AccessError):
            steps.with_user(seller)._finish("eu")

    def test_hours_that_pass_while_a_person_is_asked_add_no_entry_note(self):
        order = self.authorized()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        self.assertEqual(self.run_cancellation(order)["cancel_nfe"], "manual")
        step = order.b2c_cancel_step_ids.filtered(lambda s: s.step == "cancel_nfe")
        self.assertIn("24/11/2026", step.note)
        self.clock.tick(timedelta(hours=25))
        order._b2c_run_cancellation()
        self.assertNotIn("entry_nfe", order.b2c_cancel_step_ids.mapped("step"))

    def test_refused_cancellation_becomes_an_entry_note(self):
        order = self.authorized()
        order._b2c_log(Axis.FISCAL, FiscalState.AUTHORIZED, source="sefaz", uid="ok")
        orders = self.registry["sale.order"]
        asked = patch.object(
            orders, "_b2c_cancel_step_cancel_nfe", lambda order: ("todo", "a caminho")
        )
        with asked:
            self.assertEqual(self.run_cancellation(order)["cancel_nfe"], "todo")
        with patch.object(orders, "_b2c_nfe_cancel_refused", lambda order: True):
            order._b2c_run_cancellation()
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps["cancel_nfe"], "dropped")
        self.assertEqual(steps["entry_nfe"], "manual")

    def test_goods_in_the_pickers_hands_are_put_back(self):
        order = self.invoiced()
        order.picking_ids.move_ids.move_line_ids.picked = True
        self.assertEqual(self.run_cancellation(order)["put_back"], "manual")

    def test_put_back_that_failed_is_tried_again(self):
        """The stock is released by then, but the goods still lie in the cart."""
        order = self.invoiced()
        order.picking_ids.move_ids.move_line_ids.picked = True
        orders = self.registry["sale.order"]
        down = patch.object(
            orders, "_b2c_cancel_step_put_back", side_effect=UserError("sem rede")
        )
        with down:
            self.assertEqual(self.run_cancellation(order)["put_back"], "failed")
        order._b2c_run_cancellation()
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps["put_back"], "manual")
        self.assertTrue(
            self.open_issues(res_model="b2c.cancel.step").filtered(
                lambda issue: issue.code == "cancel_step_manual"
            )
        )

    def test_cron_queues_what_is_left_in_chunks(self):
        self._stock(self.chair, 60)
        orders = self.take_in(*(intake(str(number)) for number in range(51)))
        self.env["b2c.cancel.step"].create(
            [{"order_id": order.id, "step": "put_back"} for order in orders]
        )
        with trap_jobs() as trap:
            self.orders._b2c_cron_advance()
            jobs = [
                job
                for job in trap.enqueued_jobs
                if job.method_name == "_b2c_run_cancellation"
            ]
        self.assertEqual(sorted(len(job.recordset) for job in jobs), [1, 50])
        with trap_jobs() as trap:
            orders[:2]._b2c_queue_cancellation()
            trap.assert_jobs_count(2)

    def test_parcel_that_came_back_is_not_awaited(self):
        order = self.authorized()
        order._b2c_dispatch()
        self.assertEqual(self.run_cancellation(order)["expect_return"], "manual")
        order._b2c_log(Axis.PARCEL, ParcelState.RETURNED, source=SOURCE, uid="back")
        order._b2c_run_cancellation()
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps["expect_return"], "dropped")
        self.assertFalse(
            self.open_issues(res_model="b2c.cancel.step").filtered(
                lambda issue: "Aguardar" in issue.message
            )
        )

    def test_parcel_that_the_channel_saw_leave_is_not_released(self):
        """Nobody validated the delivery here, but the carrier has the parcel."""
        order = self.authorized()
        order._b2c_log(Axis.PARCEL, ParcelState.IN_TRANSIT, source=SOURCE, uid="t")
        steps = self.run_cancellation(order)
        self.assertNotIn("release_stock", steps)
        self.assertEqual(steps["intercept_parcel"], "manual")

    def test_own_shop_pays_the_money_back(self):
        order = self.take_in(intake("1", intermediary_vat=""))
        steps = self.run_cancellation(order)
        self.assertEqual(steps, {"release_stock": "done", "book_refund": "manual"})

    def test_other_company_sees_no_plan(self):
        order = self.invoiced()
        self.run_cancellation(order)
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = new_test_user(
            self.env,
            login="b2c_stranger",
            groups="industry_b2c_sales.industry_b2c_sales_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        steps = order.b2c_cancel_step_ids.with_user(stranger)
        steps = steps.with_context(allowed_company_ids=other.ids)
        self.assertFalse(steps.search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            steps._finish("não é meu")
