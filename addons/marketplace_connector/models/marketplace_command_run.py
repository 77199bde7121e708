"""Telling a channel: intent, call, result; and what follows from the answer."""

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import utc_now, whole_seconds

from ..domain.contract import AlreadyDone
from ..rules import outcome as rules
from ..rules.command import Command, Kind, has_landed, tell
from .marketplace_command import OPEN
from .own_transaction import in_own_transaction

LOST_AFTER = timedelta(minutes=5)
"""A row that stands in ``sending`` for so long lost its worker: read back."""
DONE = rules.Outcome("done")
CANCELLATIONS = (Kind.CANCEL, Kind.INVOICE_CANCELLED)
"""Steps of a plan that reports by itself what a person must do."""


class Intent(NamedTuple):
    """A call that is about to be made; ``ask``: only whether it has arrived."""

    ask: bool
    command: Command
    attempts: int


class MarketplaceCommand(models.Model):
    _inherit = "marketplace.command"

    def _run(self):
        """Job: tell at most 50 things to one channel; a refusal stops nobody."""
        account = self.account_id
        account.ensure_one()
        if account.state != "active":
            return "parked: the account is not active"
        adapter = account._adapter()
        told = 0
        for row in self:
            intent = in_own_transaction(row, lambda mine: mine._intend())
            if not intent:
                continue
            outcome = row._call(adapter, account, intent)
            told += outcome == DONE
            if not in_own_transaction(row, lambda mine, got=outcome: mine._keep(got)):
                break
        return f"{told} told"

    # ------------------------------------------------------------ 1: intent

    def _intend(self) -> Intent | None:
        """Lock, look whether it is still wanted, write the intent."""
        if self.account_id.state != "active" or not self.try_lock_for_update(
            allow_referencing=True
        ):
            return None
        self.invalidate_recordset(flush=False)
        now = fields.Datetime.now()
        if self.state not in OPEN or self.next_try > now:
            return None
        if not self._is_wanted():
            self._drop()
            return None
        ask = self.state == "sending"
        self.write(
            {
                "state": "sending",
                "attempts": self.attempts + 1,
                "sent_at": now,
                "next_try": now + LOST_AFTER,
            }
        )
        return Intent(ask, self._command(), self.attempts)

    def _is_wanted(self) -> bool:
        """Has the channel not come to it by itself meanwhile?"""
        binding = self.order_id
        if self.kind == Kind.CANCEL:
            return binding.state not in ("cancelled", "superseded")
        if self.kind == Kind.ANSWER_CANCEL:
            return binding.state == "cancel_requested"
        if self.kind in (Kind.OWN_TRACKING, Kind.OWN_DELIVERED):
            return self.parcel_id.state not in ("delivered", "cancelled")
        return True

    # ------------------------------------------------------------ 2: call

    def _call(self, adapter, account, intent):
        """Tell, or ask whether it was told; never raises."""
        try:
            if not intent.ask:
                tell(adapter, intent.command)
            elif not has_landed(adapter, intent.command):
                # It did not arrive: the next run tells it again.
                return rules.Outcome("failed", "retry", "not_held", next_try=utc_now())
        except AlreadyDone:
            return DONE
        except Exception as error:
            what = f"{intent.command.kind} {intent.command.order_id}"
            return self._outcome_of(
                error, account, intent.attempts, ask=intent.ask, what=what
            )
        return DONE

    # ------------------------------------------------------------ 3: result

    def _keep(self, outcome) -> bool:
        """Write the outcome and what follows from it; may the account go on?"""
        now = fields.Datetime.now()
        self.write(
            {
                "state": outcome.state,
                "error_class": outcome.error_class or False,
                "error_code": outcome.code or False,
                "error_message": outcome.error_class
                and self._describe(outcome.code, redact(outcome.detail)),
                "next_try": whole_seconds(outcome.next_try) or now,
                "answered_at": now,
            }
        )
        if outcome.state == "done":
            self._finish()
        elif outcome.state == "rejected":
            self._refused()
        elif outcome.state == "failed" and outcome.code == "not_held":
            self._queue()
        return self.account_id.state == "active"

    def _finish(self):
        """The channel knows: read the order again, and go on with what waited."""
        self.write({"state": "done", "error_class": False, "error_message": False})
        for row in self:
            self.env["b2c.issue"]._solve(None, row)
            row._after_done()
        # A step that had become a person's task is looked at again.
        steps = self._plans().b2c_cancel_step_ids.filtered(
            lambda step: step.step == "tell_channel" and step.state == "manual"
        )
        steps.state = "todo"
        self._resume_plans()
        self.order_id.action_reread()

    def _after_done(self):
        if self.kind == Kind.INVOICE_CANCELLED:
            self.parcel_id._forget_note(self.args["key"])

    def _drop(self):
        self.state = "dropped"
        self.env["b2c.issue"]._solve(None, self)
        self._resume_plans()

    def _refused(self):
        if self.kind in CANCELLATIONS and self._plans():
            self._resume_plans()
            return
        self._report("channel_command_rejected", self.error_message)

    def _ask_person(self):
        """The channel offers no way to tell it by a program."""
        self.state = "manual"
        if self.kind in CANCELLATIONS and self._plans():
            return
        self._report("channel_command_manual", self._task())

    def _plans(self):
        """The cancelled sales orders whose plan waits for this."""
        return self.order_id.sale_order_id.filtered("b2c_cancel_step_ids")

    def _resume_plans(self):
        self._plans()._b2c_queue_cancellation()

    def _report(self, code, message):
        texts = self.account_id._in_company_language().env
        self.env["b2c.issue"]._report(
            code,
            record=self,
            order=self.sale_order_id,
            company=self.company_id,
            message=message,
            suggestion=texts._("Do it on the channel's own screen, then press Solved."),
            replay="action_send_again" if self.state == "rejected" else None,
        )

    # ------------------------------------------------------------ words

    def _describe(self, code, detail) -> str:
        env = self.account_id._in_company_language().env
        labels = dict(self._fields["kind"]._description_selection(env))
        return env._(
            "%(order)s: %(what)s. The channel answered: %(code)s %(detail)s",
            order=self.order_id.external_id,
            what=labels[self.kind],
            code=code,
            detail=detail,
        )[:1000]

    def _task(self) -> str:
        """What a person must do, in the company's language."""
        env = self.account_id._in_company_language().env
        params = {
            "order": self.order_id.external_id,
            "parcel": self.parcel_id.external_id or "",
        }
        args = self.args or {}
        if self.kind == Kind.INVOICE_CANCELLED:
            return env._(
                "Tell the channel that NF-e %(key)s of order %(order)s is cancelled, "
                "and hand over the new one.",
                key=args["key"],
                **params,
            )
        if self.kind == Kind.OWN_TRACKING:
            return env._(
                "Tell the channel the tracking code %(code)s (%(carrier)s) of parcel "
                "%(parcel)s, order %(order)s.",
                code=args["code"],
                carrier=args["carrier"],
                **params,
            )
        if self.kind == Kind.OWN_DELIVERED:
            return env._(
                "Tell the channel that parcel %(parcel)s of order %(order)s was "
                "delivered.",
                **params,
            )
        return env._("Cancel order %(order)s on the channel's own screen.", **params)
