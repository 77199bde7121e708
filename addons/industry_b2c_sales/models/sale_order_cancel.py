import psycopg2

from odoo import fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.axes import Axis, FiscalState
from ..domain.cancellation import Note, Situation, Stage, Step, plan
from ..domain.intake import Problem, redact
from .sale_order_intake import QUIET
from .sale_order_log import utc_now

_LABELLED = ("label_ready", "printed")


class SaleOrder(models.Model):
    """Cancelling is a plan: each step is logged, idempotent and tried on its own."""

    _inherit = "sale.order"

    def _b2c_queue_cancellation(self):
        for order in self:
            order.with_delay(
                identity_key=f"b2c_cancel/{order.id}"
            )._b2c_run_cancellation()

    def _b2c_run_cancellation(self):
        """Job: plan what must be undone now and do what is left of it.

        The situation is read under lock: what was invoiced in the meantime adds its
        steps. A step that fails becomes an issue, and is tried again by the cron.
        """
        for order in self.exists().filtered("is_b2c").with_context(**QUIET):
            order = order.with_company(order.company_id)
            order._b2c_lock()
            if order.b2c_order_state not in ("cancelled", "superseded"):
                continue
            order._b2c_plan_steps()
            for step in order.b2c_cancel_step_ids.sorted("sequence"):
                if step.state in ("todo", "failed"):
                    order._b2c_run_step(step)

    def _b2c_situation(self) -> Situation:
        """How far the order came, for `domain.cancellation.plan`."""
        self.ensure_one()
        # sudo: users need not read states of the country.
        uf = self.company_id.sudo().state_id
        return Situation(
            stage=self._b2c_stage(),
            note=self._b2c_note(),
            now=utc_now(),
            authorized_at=self._b2c_authorized_at(),
            cancel_hours=uf.b2c_nfe_cancel_hours or 24,
            labelled=self.b2c_parcel_state in _LABELLED,
        )

    def _b2c_stage(self) -> Stage:
        out = self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        if any(picking.state == "done" for picking in out):
            return Stage.DISPATCHED
        return Stage.CONFIRMED if self.state == "sale" else Stage.OPEN

    def _b2c_note(self) -> Note:
        """What became of the NF-e, by our log first, then by the document."""
        if self.b2c_fiscal_state == FiscalState.CANCELLED.value:
            return Note.CANCELLED
        invoices = self._b2c_posted_invoices()
        if not invoices:
            return Note.NONE
        states = set(invoices.fiscal_document_id.mapped("state_edoc"))
        if "autorizada" in states:
            return Note.AUTHORIZED
        return Note.CANCELLED if states <= {"cancelada"} else Note.POSTED

    def _b2c_authorized_at(self):
        """When the SEFAZ authorised the note, as our log knows it (aware UTC)."""
        facts = self._b2c_facts()[self.id].get(Axis.FISCAL, [])
        times = [fact.at for fact in facts if fact.state == FiscalState.AUTHORIZED]
        return max(times, default=None)

    def _b2c_plan_steps(self):
        """Add the steps that the situation asks for and that are not there yet."""
        self.ensure_one()
        known = set(self.b2c_cancel_step_ids.mapped("step"))
        order_of = {step: index for index, step in enumerate(Step)}
        # sudo: steps are written by the plan, no user may do it by hand.
        self.env["b2c.cancel.step"].sudo().create(
            [
                {
                    "order_id": self.id,
                    "step": step.value,
                    "sequence": order_of[step] * 10,
                }
                for step in plan(self._b2c_situation())
                if step.value not in known
            ]
        )
        self.invalidate_recordset(["b2c_cancel_step_ids"])

    def _b2c_run_step(self, step):
        """Execute one step, log its result, report what a person must do."""
        self.ensure_one()
        if step.step == Step.TELL_CHANNEL.value and not self._b2c_settled(step):
            return
        try:
            with self.env.cr.savepoint():
                state, note = getattr(self, f"_b2c_cancel_step_{step.step}")()
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except Exception as error:
            state, note = "failed", redact(str(error)) or type(error).__name__
        # sudo: see _b2c_plan_steps.
        step.sudo().write(
            {
                "state": state,
                "note": note,
                "attempts": step.attempts + 1,
                "done_at": fields.Datetime.now() if state == "done" else False,
            }
        )
        self._b2c_report_step(step, state, note)

    def _b2c_settled(self, step) -> bool:
        """Are all steps before this one done, by us or by a person?"""
        before = self.b2c_cancel_step_ids.filtered(
            lambda other: other.sequence < step.sequence
        )
        return all(other.state == "done" for other in before)

    def _b2c_report_step(self, step, state, note):
        issues = self.env["b2c.issue"]
        if state == "todo":
            return
        if state == "done":
            issues._solve(None, step)
            return
        code = f"cancel_step_{state}"
        label = dict(
            step.with_context(lang=self.company_id._b2c_lang())
            ._fields["step"]
            ._description_selection(
                step.with_context(lang=self.company_id._b2c_lang()).env
            )
        )[step.step]
        message, suggestion = self._b2c_problem_texts(
            Problem(code, {"step": label, "error": note or ""}), self.company_id
        )
        issues._report(
            code,
            message=message,
            suggestion=suggestion,
            record=step,
            order=self,
            company=self.company_id,
            replay="_b2c_retry",
        )

    # ------------------------------------------------------------ steps

    def _b2c_company_text(self):
        """The environment whose texts are stored: in the company's language."""
        return self.with_context(lang=self.company_id._b2c_lang()).env

    def _b2c_cancel_step_release_stock(self):
        """Cancel order, deliveries and draft invoices; the stock is free again.

        :returns: ``(state, note)``, state ``done``, ``manual`` (a person must do it),
            ``failed``, or ``todo`` (asked for; the plan runs again with the answer)
        """
        self.ensure_one()
        if self.state != "cancel":
            if self.locked:
                self.action_unlock()
            self._action_cancel()
        return "done", False

    def _b2c_cancel_step_void_label(self):
        """Nobody voids labels here: a person takes the printed one out."""
        env = self._b2c_company_text()
        return "manual", env._("Destroy the label of %(order)s.", order=self.name)

    def _b2c_cancel_step_cancel_nfe(self):
        """Nobody talks to the SEFAZ here: a person cancels the note."""
        if self._b2c_note() in (Note.NONE, Note.CANCELLED):
            return "done", False
        return "manual", self._b2c_company_text()._(
            "Cancel the NF-e of invoice %(invoice)s.", invoice=self._b2c_invoice_names()
        )

    def _b2c_cancel_step_entry_nfe(self):
        """Too late for the SEFAZ's cancellation: the note is undone by another one."""
        return "manual", self._b2c_company_text()._(
            "Issue an entry NF-e (devolução) for invoice %(invoice)s.",
            invoice=self._b2c_invoice_names(),
        )

    def _b2c_cancel_step_expect_return(self):
        """The goods are on their way: they must come back before anything is booked."""
        return "manual", self._b2c_company_text()._(
            "The parcel of %(order)s has left: stop it on its way or await it back.",
            order=self.name,
        )

    def _b2c_cancel_step_tell_channel(self):
        """Nobody talks to the channel here: a person tells it about the note."""
        if not self.b2c_source or not self._b2c_posted_invoices():
            return "done", False
        return "manual", self._b2c_company_text()._(
            "Tell %(channel)s that the NF-e of order %(order)s is cancelled.",
            channel=self.b2c_source,
            order=self.b2c_external_id,
        )

    def _b2c_invoice_names(self) -> str:
        return ", ".join(self._b2c_posted_invoices().mapped("name"))
