from datetime import UTC, datetime, timedelta

from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.domain.axes import Axis, OrderState
from odoo.addons.industry_b2c_sales.domain.guard import LiveStatus
from odoo.addons.industry_b2c_sales.tests.common import SOURCE

from .common import OrderNfeCase


@tagged("post_install", "-at_install")
class TestNfeOfOrder(OrderNfeCase):
    """A consumer's order meets the real pipeline and a SEFAZ on 127.0.0.1."""

    def _consumer_cancels(self, order, state=OrderState.CANCELLED):
        order._b2c_log(
            *(Axis.ORDER, state),
            source=SOURCE,
            uid="cancel-1",
            at=datetime.now(UTC),
        )

    def test_authorised_note_moves_the_fiscal_axis(self):
        order = self.invoiced()
        self._run_jobs()
        self.assertEqual(self._note(order).state_edoc, "autorizada")
        self.assertEqual(order.b2c_fiscal_state, "authorized")
        self.assertEqual(order.b2c_nfe_id, self._note(order))
        self.assertIn("Autorizada", order.with_context(lang="pt_BR").b2c_nfe_text)
        self.assertFalse(self.open_issues())

    def test_cancelled_before_it_left(self):
        order = self.invoiced()
        self._consumer_cancels(order)
        self._run_jobs()
        self.assertFalse(self.sefaz.notes(), "nothing may reach the SEFAZ")
        step = order.b2c_cancel_step_ids.filtered(lambda s: s.step == "cancel_nfe")
        self.assertEqual(step.state, "manual")
        self.assertIn(self._note(order).document_number, step.note)
        self.assertIn("Inutilize", step.note)

    def test_channel_does_not_answer(self):
        order = self.invoiced()
        self.patch(
            self.registry["sale.order"],
            "_b2c_live_status",
            lambda orders: {
                number: LiveStatus(source="test", error="timeout")
                for number in orders.ids
            },
        )
        self._run_jobs(rounds=1)
        note = self._note(order)
        self.assertEqual(note.state_edoc, "a_enviar")
        self.assertEqual(note.nfe_transmission, "ready")
        self.assertFalse(self.sefaz.notes())
        self.assertEqual(self.open_issues().order_id, order)
        self.assertTrue(note.nfe_problem)

    def test_cancelled_while_the_sefaz_has_the_note(self):
        """Whether it is authorised is not known yet: the plan waits for that."""
        order = self.invoiced()
        self.sefaz.fault("NFeAutorizacao4", "drop_after")
        self._run_jobs(rounds=1)
        self.assertEqual(self._note(order).nfe_transmission, "unknown")
        self._consumer_cancels(order)
        self._run_jobs()
        self.assertUndone(order)
        self.assertEqual(len(self.sefaz.notes()), 1, "it was not sent once more")

    def test_split_by_the_channel_after_authorisation(self):
        """The order lives on in others: its own note is undone like a cancelled one."""
        order = self.invoiced()
        self._run_jobs()
        self._consumer_cancels(order, OrderState.SUPERSEDED)
        self._run_jobs()
        self.assertUndone(order)

    def test_cancelled_after_authorisation(self):
        order = self.invoiced()
        self._run_jobs()
        self._consumer_cancels(order)
        self._run_jobs()
        self.assertUndone(order)

    def assertUndone(self, order):
        """Its note is cancelled at the SEFAZ, its goods are free, nothing is left."""
        note = self._note(order)
        self.assertEqual(note.state_edoc, "cancelada")
        self.assertEqual(self.sefaz.note(note.document_key)["status"], "cancelled")
        self.assertEqual(order.b2c_fiscal_state, "cancelled")
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps["cancel_nfe"], "done")
        self.assertEqual(steps["release_stock"], "done")
        self.assertEqual(steps["book_refund"], "done", "the invoice went with the note")
        self.assertFalse(self.open_issues(code="cancel_step_todo"))

    def test_refused_cancellation_becomes_an_entry_note(self):
        """The SEFAZ's clock decides: the event came too late for it (501)."""
        order = self.invoiced()
        self._run_jobs()
        self.sefaz.clock.advance(timedelta(hours=25))
        self.addCleanup(self.sefaz.clock.advance, timedelta(hours=-25))
        self._consumer_cancels(order)
        self._run_jobs()
        self.assertEqual(self._note(order).nfe_problem_code, "sefaz_501")
        # The cron takes the plan up again.
        order._b2c_run_cancellation()
        steps = {step.step: step.state for step in order.b2c_cancel_step_ids}
        self.assertEqual(steps["cancel_nfe"], "dropped")
        self.assertEqual(steps["entry_nfe"], "manual")

    def test_sefaz_down_is_an_item_of_the_work_queue(self):
        order = self.invoiced()
        self.sefaz.pause(108)
        self._run_jobs(rounds=1)
        issue = self.open_issues()
        self.assertEqual(issue.code, "sefaz_unavailable")
        self.assertEqual(issue.order_id, order)
        self.assertIn("SEFAZ", issue.message)
        self.assertEqual(order.state, "sale")
        self.sefaz.pause(None)
        issue.action_replay()
        self._run_jobs()
        self.assertEqual(order.b2c_fiscal_state, "authorized")
        self.assertEqual(issue.state, "solved")
