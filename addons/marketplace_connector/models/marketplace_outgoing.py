"""What everything that we tell a channel has in common."""

import logging

from odoo import fields, models
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.timing import utc_now

from ..const import CHUNK, queue_of
from ..domain.contract import AuthDead, ChannelError
from ..rules import outcome as rules

_logger = logging.getLogger(__name__)


class MarketplaceOutgoing(models.AbstractModel):
    """A row per thing to tell, with what became of it.

    The row's intent is committed before its call and the result after it, with no lock
    in between: a row that stands in ``sending`` may have arrived, so the next step is
    to ask the channel, never to tell it again.
    """

    _name = "marketplace.outgoing"
    _description = "Told to a Channel"

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(
        readonly=True, default=fields.Datetime.now, required=True
    )
    sent_at = fields.Datetime("Last Attempt", readonly=True)
    answered_at = fields.Datetime(readonly=True)
    error_class = fields.Selection(
        [
            ("operator", "Data of the order"),
            ("config", "Settings of the account"),
            ("bug", "Program error"),
            ("retry", "Passing"),
        ],
        readonly=True,
    )
    error_code = fields.Char(readonly=True)
    error_message = fields.Text("Problem", readonly=True)

    def _queue_as(self, method, name, description):
        """Jobs for these rows, at most 50 of one account each."""
        for account, rows in self.grouped("account_id").items():
            for chunk in split_every(CHUNK, sorted(rows.ids), list):
                delayed = self.browse(chunk).with_delay(
                    channel=queue_of(account),
                    identity_key=f"marketplace-{name}-{account.id}-{chunk}",
                    description=f"{account.name}: {len(chunk)} {description}",
                )
                getattr(delayed, method)()

    def _begin_anew(self):
        """Due now, counting from zero."""
        self.write(
            {"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()}
        )

    def _outcome_of(self, error, account, attempts, *, ask, what):
        """``rules.outcome.Outcome`` of a call that raised.

        :param ask: the call was a read-back: while that fails nothing may be repeated
        :param what: for the log, without personal data
        """
        if isinstance(error, AuthDead):
            account._mark_dead(str(error))
        elif not isinstance(error, ChannelError):
            _logger.error("%s could not be told", what, exc_info=error)
        found = rules.of_error(error, attempts, utc_now())
        if ask and found.state in ("failed", "waiting"):
            found = rules.still_unknown(found)
        return found
