import psycopg2

from odoo import fields, models
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..const import BY_USER
from ..domain.axes import Axis, OrderState
from ..domain.cancellation import (
    Asker,
    Situation,
    Step,
    Taken,
    plan,
    plan_part,
    revise,
    waits_for,
)
from ..domain.intake import Problem
from ..domain.redact import redact
from .sale_order_control import USER_GROUP

UNDONE = ("cancelled", "superseded")
_SEQUENCE = {step: index * 10 for index, step in enumerate(Step, start=1)}


class SaleOrder(models.Model):
    """Cancelling is a plan: each step is logged, idempotent and tried on its own."""

    _inherit = "sale.order"

    def _b2c_cancel(self, asker: str, reason: str, asked_at=None):
        """A person cancels whole orders, for the consumer or because we cannot deliver.

        :param asker: ``consumer`` or ``seller``
        :param asked_at: when the consumer asked (aware UTC), now when nobody tells
        :raises UserError: no reason given, asked in the future, or the consumer's days
            to regret were over
        """
        reason = self._b2c_ensure_control(USER_GROUP, reason)
        for order in self:
            order._b2c_log(
                Axis.ORDER,
                OrderState.CANCELLED,
                source=BY_USER,
                uid=f"{BY_USER}/cancelled/{asker}",
                at=order._b2c_ensure_right(asker, asked_at),
                raw=Asker(asker).value,
                note=reason,
            )

    def _b2c_queue_cancellation(self, size=1):
        """Enqueue `_b2c_run_cancellation`.

        :param size: orders per job. One, unless nobody waits for them: an order that
            another transaction works on makes the whole job run again.
        """
        for orders in self.grouped("company_id").values():
            for ids in split_every(size, orders.ids):
                key = ",".join(map(str, ids))
                chunk = self.browse(ids).with_delay(identity_key=f"b2c_cancel/{key}")
                chunk._b2c_run_cancellation()

    def _b2c_run_cancellation(self):
        """Job: plan what must be undone now and do what is left of it.

        The situation is read under lock: what was invoiced in the meantime adds its
        steps. A step that fails becomes an issue, and is tried again by the cron.

        :raises RetryableJobError: another transaction works on the same order
        """
        for order in self.exists().filtered("is_b2c")._b2c_quietly():
            order = order.with_company(order.company_id)
            order._b2c_lock()
            if order.b2c_order_state in UNDONE:
                # What was left to do for some units is now done for all of them.
                order._b2c_open_steps().filtered("partial_id")._drop()
                order._b2c_run_plan(order._b2c_situation())
                continue
            for partial in order.b2c_partial_ids:
                order._b2c_run_plan(order._b2c_situation(partial), partial)
            order._b2c_settle_changing()

    def _b2c_run_plan(self, situation: Situation, partial=None):
        """Bring the plan up to date, then do what may be done of it."""
        self.ensure_one()
        self._b2c_plan_steps(situation, partial)
        steps = self._b2c_steps_of(partial)
        for step in steps.sorted("sequence"):
            waiting = waits_for(Step(step.step), situation.asker)
            before = steps.filtered(lambda other, names=waiting: other.step in names)
            if step.state in ("todo", "failed") and not (
                set(before.mapped("state")) - {"done", "dropped"}
            ):
                self._b2c_run_step(step)

    def _b2c_steps_of(self, partial=None):
        """The steps of the whole order, or of a partial cancellation."""
        return self.b2c_cancel_step_ids.filtered(
            lambda step: step.partial_id == partial if partial else not step.partial_id
        )

    def _b2c_open_steps(self):
        return self.b2c_cancel_step_ids.filtered(
            lambda step: step.state not in ("done", "dropped")
        )

    def _b2c_plan_steps(self, situation: Situation, partial=None):
        """Add the steps that the situation asks for, drop those it no longer does."""
        self.ensure_one()
        steps = self._b2c_steps_of(partial)
        taken = [Taken(Step(item.step), item.state, item.attempts) for item in steps]
        # What a partial cancellation has planned was right when it was asked for.
        if partial and taken:
            return
        wanted = plan_part(situation) if partial else plan(situation)
        add, drop = revise(wanted, taken, refused=situation.cancel_refused)
        steps.filtered(lambda item: item.step in drop)._drop()
        again = steps.filtered(lambda item: item.step in add)
        # sudo: steps are written by the plan, no user may do it by hand.
        again.sudo().write({"state": "todo", "attempts": 0, "note": False})
        self.env["b2c.cancel.step"].sudo().create(
            [
                {
                    "order_id": self.id,
                    "partial_id": partial.id if partial else False,
                    "step": step.value,
                    "sequence": _SEQUENCE[step],
                }
                for step in add
                if step.value not in again.mapped("step")
            ]
        )
        self.invalidate_recordset(["b2c_cancel_step_ids"])

    def _b2c_run_step(self, step):
        """Execute one step, log its result, report what a person must do."""
        self.ensure_one()
        subject = step.partial_id.with_env(self.env) or self
        try:
            with self.env.cr.savepoint():
                state, note = getattr(subject, f"_b2c_cancel_step_{step.step}")()
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

    def _b2c_report_step(self, step, state, note):
        issues = self.env["b2c.issue"]
        if state == "todo":
            return
        if state == "done":
            issues._solve(None, step)
            return
        code = f"cancel_step_{state}"
        env = self._b2c_company_text()
        labels = dict(step._fields["step"]._description_selection(env))
        params = {"step": labels[step.step], "error": note or ""}
        message, suggestion = self._b2c_problem_texts(
            Problem(code, params), self.company_id
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

    def _b2c_company_text(self):
        """The environment whose texts are stored: in the company's language."""
        return self.with_context(lang=self.company_id._b2c_lang()).env
