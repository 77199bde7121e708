"""What we say and do at a channel about questions, claims and returns."""

import logging
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..const import CHUNK, SERVICE_GROUP, queue_of
from ..domain.contract import AlreadyDone, AuthDead, ChannelError, MessageKind
from ..rules import outcome as rules
from ..rules import said
from .own_transaction import in_own_transaction

_logger = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=5)


class Intent(NamedTuple):
    """A call that is about to be made, as plain values.

    ``ask``: an earlier attempt may have worked, only look. ``since``: when that was.
    """

    ask: bool
    operation: str
    kind: str
    thread: str
    subject: str
    action: str
    args: dict
    text: str
    attempts: int
    since: object


class MarketplaceRequest(models.Model):
    """One answer or action, done at the channel exactly once.

    ``waiting`` → ``sending`` (intent committed; when nobody knows whether it arrived,
    only the thread or the claim is read back) → ``accepted``; ``failed`` goes on by
    itself; ``rejected`` needs a person.
    """

    _name = "marketplace.request"
    _description = "Answer to a Channel"
    _order = "id desc"
    _rec_name = "operation"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    operation = fields.Selection(
        [
            ("reply", "Answer"),
            ("claim_action", "Action on a claim"),
            ("return_action", "Action on a return"),
        ],
        required=True,
        readonly=True,
    )
    message_id = fields.Many2one(
        "marketplace.message", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    claim_id = fields.Many2one(
        "marketplace.claim", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    return_id = fields.Many2one(
        "marketplace.return", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    action = fields.Char(readonly=True)
    args = fields.Json(
        readonly=True, help="Arguments of the action beside its text, by their name."
    )
    text = fields.Text(readonly=True, groups=SERVICE_GROUP)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Sending"),
            ("accepted", "Done"),
            ("failed", "Will be tried again"),
            ("rejected", "Refused"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(
        readonly=True, default=fields.Datetime.now, required=True
    )
    sent_at = fields.Datetime("Last Attempt", readonly=True)
    receipt = fields.Char(readonly=True)
    error_code = fields.Char(readonly=True)
    error_message = fields.Text("Problem", readonly=True)

    _due_idx = models.Index(
        "(next_try) WHERE state IN ('waiting', 'sending', 'failed')"
    )

    # ------------------------------------------------------------ queue

    def _queue(self):
        for request in self:
            request.with_delay(
                channel=queue_of(request.account_id),
                identity_key=f"marketplace-request-{request.id}-{request.attempts}",
                description=f"{request.account_id.name}: {request.operation}",
            )._send()

    @api.model
    def _cron_pick(self):
        self.search(
            [
                ("account_id.state", "=", "active"),
                ("state", "in", ("waiting", "sending", "failed")),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="next_try",
            limit=20 * CHUNK,
        )._queue()

    def action_send_again(self):
        """After a correction at the channel: once more, counting from zero."""
        self.check_access("read")
        # sudo: users see requests, only the machinery writes them.
        again = self.sudo().filtered(lambda one: one.state in ("rejected", "failed"))
        again.write(
            {"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()}
        )
        again._queue()

    # ------------------------------------------------------------ job

    def _send(self):
        """Job: intent, call, result; each in a transaction of its own."""
        self.ensure_one()
        account = self.account_id
        if account.state != "active":
            return "parked: the account is not active"
        intent = in_own_transaction(self, lambda mine: mine._intend())
        if not intent:
            return "nothing to do"
        outcome = self._call(account, intent)
        return in_own_transaction(self, lambda mine: mine._settle(outcome))

    def _intend(self) -> Intent | None:
        """Lock, decide between doing and looking, write the intent."""
        if not self.try_lock_for_update(allow_referencing=True):
            return None
        self.invalidate_recordset(flush=False)
        now = fields.Datetime.now()
        if self.state not in ("waiting", "failed", "sending") or self.next_try > now:
            return None
        ask, since = self.state == "sending", aware(self.sent_at)
        self.write(
            {
                "state": "sending",
                "attempts": self.attempts + 1,
                "next_try": now + LOST_AFTER,
                **({} if ask else {"sent_at": now}),
            }
        )
        subject = self.message_id or self.claim_id or self.return_id
        return Intent(
            ask=ask,
            operation=self.operation,
            kind=self.message_id.kind or "",
            thread=self.message_id.thread or "",
            subject=subject.external_id,
            action=self.action or "",
            args=self.args or {},
            text=self.text or "",
            attempts=self.attempts,
            since=since,
        )

    def _call(self, account, intent):
        """Do it, or look whether it was done; never raises."""
        try:
            adapter = account._adapter()
            if not intent.ask:
                return rules.Outcome("accepted", receipt=self._do(adapter, intent))
            if said.is_done(adapter, intent):
                return rules.Outcome("accepted")
            return rules.Outcome(
                "failed", "retry", "not_held", next_try=utc_now() + rules.POLL_AGAIN
            )
        except AlreadyDone:
            return rules.Outcome("accepted")
        except Exception as error:
            if isinstance(error, AuthDead):
                account._mark_dead(str(error))
            elif not isinstance(error, ChannelError):
                _logger.exception("Request %s could not be sent", self.id)
            found = rules.of_error(error, intent.attempts, utc_now())
            if intent.ask and found.state in ("failed", "waiting"):
                found = rules.still_unknown(found)
            return found

    def _do(self, adapter, intent) -> str:
        if intent.operation == "reply":
            return adapter.reply(MessageKind(intent.kind), intent.thread, intent.text)
        args = intent.args | ({"message": intent.text} if intent.text else {})
        getattr(adapter, intent.operation)(intent.subject, intent.action, args)
        return ""

    def _settle(self, outcome):
        self.write(
            {
                "state": outcome.state,
                "error_code": outcome.code or False,
                "error_message": redact(outcome.detail)[:1000] or outcome.code,
                "next_try": whole_seconds(outcome.next_try) or fields.Datetime.now(),
                "receipt": outcome.receipt or self.receipt,
            }
        )
        if outcome.state == "accepted":
            self._after_done()
        elif outcome.state == "rejected":
            self._report()
        return outcome.state

    def _after_done(self):
        self.env["b2c.issue"]._solve(None, self)
        if self.message_id:
            self.message_id._answered_before(fields.Datetime.now())
        subject = self.claim_id or self.return_id
        if subject:
            # What the channel makes of it, and offers next, is read from there.
            kind = "claim" if self.claim_id else "return"
            self.env["marketplace.inbox"]._insert(
                self.account_id,
                [
                    self.account_id._hint(
                        subject.external_id, f"request:{self.id}:{self.attempts}", kind
                    )
                ],
                auth="own",
            )
            self.env["marketplace.account"]._wake()

    def _report(self):
        account = self.account_id._in_company_language()
        subject = self.message_id or self.claim_id or self.return_id
        self.env["b2c.issue"]._report(
            "channel_request_refused",
            record=self,
            order=subject.sale_order_id,
            company=self.company_id,
            message=account.env._(
                "%(account)s refused our answer: %(problem)s",
                account=account.name,
                problem=self.error_message or self.error_code,
            ),
            suggestion=account.env._(
                "Open it and answer in other words, or on the channel's own screen."
            ),
        )
