"""Sending an NF-e to a channel: guard, intent, call, result."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.domain.axes import Axis, FiscalState
from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..const import CONFIG_ERRORS_TO_PAUSE, held
from ..domain.contract import InvoiceFile, InvoiceTarget
from ..rules import outcome as rules
from .own_transaction import in_own_transaction

GUARD = "xml"
LOST_AFTER = timedelta(minutes=5)
"""A row that stands in ``sending`` for so long lost its worker: read back."""
TOGETHER = 10
"""Rows that the guard is asked for at once: it must not be old at the last of them."""


class Intent(NamedTuple):
    """A call that is about to be made; ``ask``: only what the channel holds."""

    ask: bool
    target: InvoiceTarget
    file: InvoiceFile
    attempts: int


class MarketplaceOutbox(models.Model):
    _inherit = "marketplace.outbox"

    def _send(self):
        """Job: send at most 50 NF-e of one account; a bad one stops nobody.

        Guard and intents of ten are committed before their calls, no lock is held
        during a call, its result is committed at once. Killed in between, rows stand in
        ``sending`` and the cron reads back what the channel holds.
        """
        account = self.account_id
        account.ensure_one()
        if account.state != "active":
            return "parked: the account is not active"
        states = {}
        adapter = account._adapter()
        # One batched question for the whole chunk; its verdicts are what the guard
        # remembers when it is asked about ten of them.
        in_own_transaction(
            self, lambda mine: mine._unsent().sale_order_ids._b2c_guard(GUARD)
        )
        for rows in split_every(TOGETHER, self.ids, self.browse):
            intents = in_own_transaction(rows, lambda mine: mine._intend(adapter.caps))
            states |= rows._send_each(adapter, account, intents)
        # All at once. When this job is killed before, the cron finds that they are due.
        # By the outcomes: this transaction is older than what the others have written.
        accepted = self.filtered(lambda row: states.get(row.id) == "accepted")
        accepted.parcel_id._same_target()._queue_labels()
        return f"{len(states)} sent"

    def _send_each(self, adapter, account, intents) -> dict[int, str]:
        """Call and result of each row with an intent; the new state by row.

        When a result stops the account, the others wait for it, as if not asked yet.
        """
        states = {}
        for row in self.filtered(lambda row: row.id in intents):
            outcome = row._call(adapter, account, *intents.pop(row.id))
            states[row.id] = outcome.state
            if not in_own_transaction(row, lambda mine, got=outcome: mine._keep(got)):
                unsent = self.browse(key for key, one in intents.items() if not one.ask)
                in_own_transaction(unsent, lambda mine: mine._take_back())
                break
        return states

    # ------------------------------------------------------------ 1: guard and intent

    def _intend(self, caps) -> dict[int, Intent]:
        """Lock, ask the guard, write the intents.

        :return: by row; what may not go now is missing
        """
        if self.account_id.state != "active":
            # Paused or dead since the job began: the rows wait for the account.
            return {}
        rows = self.try_lock_for_update(allow_referencing=True)
        rows.invalidate_recordset(flush=False)
        due = rows._due()
        unsent = due._unsent()
        asking = due - unsent
        going = asking | unsent._may_go(caps)
        return {
            row.id: intent
            for row in due & going
            if (intent := row._intend_one(caps, ask=row in asking))
        }

    def _due(self):
        now = fields.Datetime.now()
        return self.filtered(
            lambda row: (
                row.state in ("waiting", "failed", "sending") and row.next_try <= now
            )
        )

    def _unsent(self):
        """The due ones that the guard is asked about; the others are read back."""
        return self._due().filtered(lambda row: row.state != "sending")

    def _intend_one(self, caps, *, ask) -> Intent | None:
        file = self._invoice_file()
        if len(file.xml) > caps.invoice_max_bytes:
            self._keep(rules.Outcome("rejected", "operator", "too_large"))
            return None
        now = fields.Datetime.now()
        self.write(
            {
                "state": "sending",
                "attempts": self.attempts + 1,
                "sent_at": now,
                "next_try": now + LOST_AFTER,
            }
        )
        return Intent(ask, self.parcel_id._invoice_target(), file, self.attempts)

    def _take_back(self):
        """Intents whose call was never made."""
        for row in self:
            row.write(
                {
                    "state": "waiting",
                    "attempts": row.attempts - 1,
                    "next_try": fields.Datetime.now(),
                }
            )

    def _may_go(self, caps):
        """The rows whose NF-e is authorised and old enough, and whose orders may go on;
        the others get their reason."""
        ripe = self.filtered(lambda row: row._is_ripe(caps))
        verdicts = ripe.sale_order_ids._b2c_guard(GUARD)
        return ripe.filtered(lambda row: row._may_leave(verdicts))

    def _is_ripe(self, caps) -> bool:
        if self.document_id.state_edoc != "autorizada":
            self._block("nfe_cancelled")
            return False
        authorized_at = aware(self.document_id.authorization_date)
        if authorized_at and authorized_at + caps.invoice_min_age > utc_now():
            self.next_try = whole_seconds(authorized_at + caps.invoice_min_age)
            return False
        return True

    def _may_leave(self, verdicts) -> bool:
        for order in self.sale_order_ids:
            verdict = verdicts[order.id]
            if verdict.go:
                continue
            code = verdict.reason_code
            stop = verdict.decision == "stop"
            self.write(
                {
                    "state": "blocked" if stop else "waiting",
                    "error_code": code,
                    "error_class": "retry",
                    "error_message": self._describe("guard", code),
                    "next_try": fields.Datetime.now() + held(code),
                }
            )
            return False
        return True

    def _invoice_file(self) -> InvoiceFile:
        document = self.document_id
        return InvoiceFile(
            key=document.document_key,
            xml=document.nfe_proc_id.raw or b"",
            authorized_at=aware(document.authorization_date) or utc_now(),
            total=Decimal(str(document.fiscal_amount_total)).quantize(Decimal("0.01")),
            series=document.document_serie or "",
            number=document.document_number or "",
        )

    # ------------------------------------------------------------ 2: call

    def _call(self, adapter, account, ask, target, file, attempts):
        """Send, or ask what the channel holds; never raises."""
        try:
            if ask:
                result = adapter.invoice_status(target)
            else:
                result = adapter.send_invoice(target, file)
        except Exception as error:
            what = f"NF-e {file.key}"
            return self._outcome_of(error, account, attempts, ask=ask, what=what)
        return rules.of_result(result, file.key, utc_now(), attempts)

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
                "receipt": outcome.receipt or self.receipt,
            }
        )
        if outcome.state == "accepted":
            self._after_accept()
        elif outcome.state == "rejected":
            self._after_reject()
        elif outcome.read_back and not outcome.error_class:
            self._log_fiscal(FiscalState.PROCESSING)
        return self.account_id.state == "active"

    def _after_accept(self):
        self.parcel_id._same_target().write(
            {
                "invoice_state": "accepted",
                "invoice_key": self.document_key,
                "label_next_try": fields.Datetime.now(),
            }
        )
        if self.document_id.state_edoc == "cancelada":
            # Cancelled while the answer was on its way.
            self._tell_cancelled()
        self._log_fiscal(FiscalState.ACCEPTED)
        self.env["b2c.issue"]._solve(None, self)

    def _after_reject(self):
        self.parcel_id._same_target().invoice_state = "rejected"
        self._log_fiscal(FiscalState.REJECTED)
        texts = self.account_id._in_company_language().env
        self.env["b2c.issue"]._report(
            "channel_xml_rejected",
            record=self,
            order=self.sale_order_ids[:1],
            company=self.company_id,
            message=self.error_message,
            suggestion={
                "config": texts._("Correct the settings of account and company."),
                "bug": texts._("Report the message to support."),
            }.get(
                self.error_class,
                texts._("Correct the order or its NF-e, then send again."),
            ),
            replay="action_send_again",
        )
        if self.error_class == "config":
            self._pause_on_config_errors()
        else:
            # A buyer's cancellation may be the reason, and nobody told us of it.
            self.sale_order_ids.marketplace_order_ids.action_reread()

    def _pause_on_config_errors(self):
        """Three in a row: the next five hundred would fail as well."""
        self.flush_model()
        last = self.search(
            [("account_id", "=", self.account_id.id), ("answered_at", "!=", False)],
            order="answered_at desc, id desc",
            limit=CONFIG_ERRORS_TO_PAUSE,
        )
        classes = [row.error_class or "" for row in last]
        account = self.account_id._in_company_language()
        if account.state != "active" or not rules.stops_account(
            classes, CONFIG_ERRORS_TO_PAUSE
        ):
            return
        account._pause(
            account.env._(
                "Paused: %(count)s NF-e in a row refused for the settings.",
                count=CONFIG_ERRORS_TO_PAUSE,
            )
        )
        self.env["b2c.issue"]._report(
            "channel_config_error",
            record=account,
            company=account.company_id,
            message=account.env._(
                "%(account)s is paused: %(problem)s",
                account=account.name,
                problem=self.error_message,
            ),
            suggestion=account.env._(
                "Correct the settings, then press Resume on the account."
            ),
        )

    def _log_fiscal(self, state):
        self.sale_order_ids._b2c_log(
            Axis.FISCAL,
            state,
            source=self.account_id._b2c_source(),
            uid=f"outbox:{self.id}:{self.attempts}:{state}",
        )

    # ------------------------------------------------------------ words

    def _describe(self, code, detail) -> str:
        """What happened, for a person, in the company's language.

        The channel's own codes are explained by its addon
        (``marketplace.account._invoice_problem``).
        """
        account = self.account_id._in_company_language()
        env = account.env
        known = {
            "other_note_held": env._(
                "The channel already holds another NF-e for this parcel: %(detail)s",
                detail=detail,
            ),
            "guard": env._(
                "Held back: %(reason)s.",
                reason=env["b2c.guard.verdict"]._reason_text(detail),
            ),
            "nfe_cancelled": env._("The NF-e is not authorised (any more)."),
            "order_cancelled": env._("The order was cancelled."),
            "too_large": env._("The XML is larger than the channel takes."),
            "token_dead": env._("The account has lost its connection to the channel."),
            "not_yet": env._("The channel does not take the NF-e yet."),
        }
        text = known.get(code) or account._invoice_problem(code, detail)
        if text:
            return text
        return account._answer_text(code, detail)[:1000]
