"""One shop of one channel: who it is, how it feels, and its adapter."""

import logging
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import str2bool

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import utc_now

from ..const import NOWHERE
from ..domain.http import HttpOptions
from .marketplace_call_log import CallLogger
from .marketplace_token import TokenSource
from .own_transaction import own_transaction

_logger = logging.getLogger(__name__)


class MarketplaceAccount(models.Model):
    """A seller account on a marketplace.

    ``draft`` (being set up) → *Connect* → ``active`` ⇄ ``paused`` (a person, or three
    configuration errors in a row). ``dead``: the grant is gone, a person has to connect
    again. Only an active account calls its channel; what arrives meanwhile waits in the
    inbox and the outbox and goes on when the account is active again.

    **How a channel addon plugs in**::

        class MarketplaceAccount(models.Model):
            _inherit = "marketplace.account"

            channel = fields.Selection(
                selection_add=[("mychannel", "My Channel")],
                ondelete={"mychannel": "cascade"},
            )

            def _adapter_class(self):
                if self.channel == "mychannel":
                    return MyChannelAdapter
                return super()._adapter_class()

    and, when its constructor takes other keywords, ``_adapter_params``.
    """

    _name = "marketplace.account"
    _description = "Marketplace Account"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    channel = fields.Selection(selection=[], required=True)
    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("active", "Active"),
            ("paused", "Paused"),
            ("dead", "Connection lost"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_reason = fields.Char(readonly=True, copy=False)
    external_ref = fields.Char(
        "Seller ID",
        copy=False,
        help="Number of the seller on the channel; filled in when connecting.",
    )
    base_url = fields.Char(
        "API Address",
        groups="marketplace_connector.marketplace_connector_group_manager",
        help="Only for a simulator or a gateway of your own; empty: the channel's own.",
    )
    client_id = fields.Char("Application ID", groups="base.group_system", copy=False)
    client_secret = fields.Char(
        "Application Secret", groups="base.group_system", copy=False
    )
    hook_key = fields.Char(
        "Notification Key",
        groups="marketplace_connector.marketplace_connector_group_manager",
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
    )
    hook_url = fields.Char(
        "Notification Address",
        compute="_compute_hook_url",
        groups="marketplace_connector.marketplace_connector_group_manager",
        help="Register it in the application on the channel.",
    )
    label_format = fields.Selection(
        [("pdf", "PDF"), ("zpl2", "ZPL (thermal printer)")],
        required=True,
        default="pdf",
    )
    import_from = fields.Datetime(
        "Import Orders Since",
        default=fields.Datetime.now,
        help="Orders that changed before are not looked for.",
    )
    poll_cursor = fields.Json(readonly=True, copy=False)
    missed_cursor = fields.Json(readonly=True, copy=False)
    last_sync = fields.Datetime("Last Import", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime(readonly=True, copy=False)
    inbox_waiting_count = fields.Integer(compute="_compute_health")
    inbox_dead_count = fields.Integer(compute="_compute_health")
    outbox_waiting_count = fields.Integer(compute="_compute_health")
    outbox_problem_count = fields.Integer(compute="_compute_health")
    order_count = fields.Integer(compute="_compute_health")

    _hook_key_uniq = models.UniqueIndex("(hook_key)", "The key is used already.")
    _external_ref_uniq = models.Constraint(
        "UNIQUE(company_id, channel, external_ref)",
        "This seller is connected to the company already.",
    )

    @api.depends("channel", "hook_key")
    def _compute_hook_url(self):
        for account in self:
            path = f"/marketplace/{account.channel}/{account.hook_key}"
            account.hook_url = bool(account.hook_key) and account.get_base_url() + path

    def _compute_health(self):
        counts = {}
        for model in ("marketplace.inbox", "marketplace.outbox", "marketplace.order"):
            for account, state, count in self.env[model]._read_group(
                [("account_id", "in", self.ids)],
                ["account_id", "state"],
                ["__count"],
            ):
                counts[model, account.id, state] = count

        def total(model, account, *states):
            return sum(counts.get((model, account.id, state), 0) for state in states)

        for account in self:
            account.inbox_waiting_count = total(
                "marketplace.inbox", account, "new", "queued", "failed"
            )
            account.inbox_dead_count = total("marketplace.inbox", account, "dead")
            account.outbox_waiting_count = total(
                "marketplace.outbox", account, "waiting", "sending", "failed"
            )
            account.outbox_problem_count = total(
                "marketplace.outbox", account, "rejected", "blocked"
            )
            account.order_count = sum(
                count
                for (model, account_id, _state), count in counts.items()
                if model == "marketplace.order" and account_id == account.id
            )

    # ------------------------------------------------------------ the adapter

    def _adapter_class(self):
        """Hook: the class of ``domain.adapter.ChannelAdapter`` of this channel.

        :rtype: type, called with the keywords of ``_adapter_params``
        """
        self.ensure_one()
        raise UserError(self.env._("No addon handles the channel of %s.", self.name))

    def _adapter_params(self) -> dict:
        """Hook: keywords for the adapter class; the record is in superuser mode.

        * ``base_url`` (str): empty = the channel's own address
        * ``account_ref`` (str): the seller's id on the channel, empty before connecting
        * ``client_id``, ``client_secret`` (str): of the application
        * ``options`` (``domain.http.HttpOptions``): tokens and call log of this account
        """
        self.ensure_one()
        return {
            # An empty address means production: never from a copy of the database.
            "base_url": self.base_url or (NOWHERE if self._is_copy() else ""),
            "account_ref": self.external_ref or "",
            "client_id": self.client_id or "",
            "client_secret": self.client_secret or "",
            "options": HttpOptions(
                tokens=TokenSource(self),
                on_call=CallLogger(self),
            ),
        }

    def _is_copy(self) -> bool:
        """Whether this database was neutralised (``odoo-bin neutralize``)."""
        # The adapter is made in superuser mode: system parameters are not for users.
        parameters = self.env["ir.config_parameter"]
        return str2bool(parameters.get_param("database.is_neutralized"), False)

    def _adapter(self):
        """The adapter bound to this account: make one per job, throw it away.

        :rtype: domain.adapter.ChannelAdapter
        """
        self.ensure_one()
        # sudo: address and secrets of the application are not for the user's eyes.
        account = self.sudo()
        return account._adapter_class()(**account._adapter_params())

    def _invoice_problem(self, code: str, detail: str) -> str:
        """Hook: the channel's error about an NF-e, for a person.

        :param code: of the channel's documentation
        :param detail: the channel's own text, already without personal data
        :return: a sentence in the language of the record's context; empty = unknown
        """
        return ""

    def _b2c_source(self) -> str:
        """How the sale order names this account (``b2c_source``)."""
        self.ensure_one()
        return f"{self.channel}/{self.external_ref}"

    # ------------------------------------------------------------ states

    def action_pause(self):
        self._ensure_state("active")
        self._pause(self.env._("Paused by %(user)s.", user=self.env.user.name))

    def action_resume(self):
        """Go on after a pause: what waited is taken up by the next cron run."""
        self._ensure_state("paused")
        self._activate()

    def _ensure_state(self, *states):
        for account in self:
            if account.state not in states:
                raise UserError(
                    self.env._(
                        "%(account)s is not in a state for this.", account=account.name
                    )
                )

    def _pause(self, reason: str):
        self.write({"state": "paused", "state_reason": reason})

    def _activate(self):
        """Active again: issues closed, whatever waited is taken up at once."""
        self.write({"state": "active", "state_reason": False, "last_error": False})
        for account in self:
            for code in ("channel_token_dead", "channel_config_error"):
                self.env["b2c.issue"]._solve(code, account)
        self.env["marketplace.outbox"]._retry_config(self)
        self._wake()

    @api.model
    def _wake(self):
        """Run the crons that move inbox and outbox, not at the next tick but now."""
        for xmlid in ("marketplace_inbox_cron_drain", "marketplace_outbox_cron_pick"):
            cron = self.env.ref(f"marketplace_connector.{xmlid}", False)
            if cron:
                # sudo: whoever presses a button may not read crons.
                cron.sudo()._trigger()

    def _mark_dead(self, reason: str):
        """The channel took the grant back: stop, tell a person, lose nothing.

        In a transaction of its own: the caller is about to fail and roll back.
        """
        self.ensure_one()
        reason = redact(reason)
        with own_transaction(self) as account:
            account = account._in_company_language()
            if account.state == "dead" or not account.try_lock_for_update(
                allow_referencing=True
            ):
                return
            account.write({"state": "dead", "state_reason": reason[:200]})
            account._set_error(reason)
            account.env["b2c.issue"]._report(
                "channel_token_dead",
                record=account,
                company=account.company_id,
                message=account.env._(
                    "%(account)s: the channel does not accept our access any more. "
                    "Orders and notes wait until the account is connected again.",
                    account=account.name,
                ),
                suggestion=account.env._(
                    "Open the account and press Connect, as administrator of the shop."
                ),
            )
        _logger.warning("Marketplace account %s is dead: %s", self.id, reason[:200])

    def _in_company_language(self):
        """The record in the language of its company: jobs and crons carry none."""
        lang = self.company_id.partner_id.lang or "pt_BR"
        return self.with_context(lang=lang)

    def _set_error(self, message: str):
        self.write(
            {
                "last_error": message[:500],
                "last_error_at": utc_now().replace(tzinfo=None),
            }
        )

    # ------------------------------------------------------------ screens

    def action_view_inbox(self):
        return self._action_view("marketplace_connector.marketplace_inbox_action")

    def action_view_outbox(self):
        return self._action_view(
            "marketplace_connector.marketplace_fiscal_delivery_action"
        )

    def action_view_orders(self):
        return self._action_view("marketplace_connector.marketplace_order_action")

    def action_view_call_log(self):
        return self._action_view("marketplace_connector.marketplace_call_log_action")

    def _action_view(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {}
        return action
