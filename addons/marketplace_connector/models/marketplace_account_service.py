"""Questions, messages, claims and returns: what an account asks its channel for."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.industry_b2c_sales.timing import utc_now

from ..domain.contract import (
    AuthDead,
    ChannelError,
    Cursor,
    Feature,
    MessageKind,
    RateLimited,
)
from . import cursor_json
from .marketplace_message import FEATURES
from .own_transaction import in_own_transaction

FIRST_LOOK = timedelta(days=7)
"""An account that was never asked is asked for what came within this."""


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    service_cursors = fields.Json(readonly=True, copy=False)
    unanswered_count = fields.Integer(compute="_compute_service_counts")
    claim_count = fields.Integer("Open Claims", compute="_compute_service_counts")

    def _compute_service_counts(self):
        # sudo: only customer service reads messages, how many wait is no secret.
        messages = self.env["marketplace.message"].sudo()
        waiting = messages._read_group(
            [("account_id", "in", self.ids), ("answered", "=", False)],
            ["account_id"],
            ["__count"],
        )
        claims = self.env["marketplace.claim"]._read_group(
            [("account_id", "in", self.ids), ("is_open", "=", True)],
            ["account_id"],
            ["__count"],
        )
        unanswered = {account.id: count for account, count in waiting}
        open_claims = {account.id: count for account, count in claims}
        for account in self:
            account.unanswered_count = unanswered.get(account.id, 0)
            account.claim_count = open_claims.get(account.id, 0)

    # ------------------------------------------------------------ features, words

    def _ensure_feature(self, feature: Feature):
        """:raises UserError: our access to this channel cannot do it"""
        self.ensure_one()
        if not self._has_feature(feature):
            raise UserError(
                self.env._(
                    "%(account)s cannot do this from here: use the channel's own "
                    "screen.",
                    account=self.name,
                )
            )

    def _action_name(self, code: str) -> str:
        """Hook: what an action that the channel offers does, for a person.

        :param code: of the channel's documentation
        :return: words in the language of the record's context
        """
        return code.replace("_", " ").capitalize()

    def _deadline_text(self, moment) -> str:
        """A deadline (naive UTC) in the company's language and local time."""
        zone = self.company_id.partner_id.tz or "America/Sao_Paulo"
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    # ------------------------------------------------------------ poll

    @api.model
    def _cron_service(self):
        """Ask for what notifications did not bring, and watch the deadlines."""
        self.search([("state", "=", "active")])._queue("_poll_service")
        self.env["marketplace.message"]._cron_deadlines()
        self.env["marketplace.request"]._cron_pick()

    def _poll_service(self):
        """Job: what came or changed since the cursors, of all that the channel offers.

        Each page is committed with its cursor. What fails does not stop the others.
        """
        self.ensure_one()
        if self.state != "active":
            return "not active"
        adapter = self._adapter()
        cursors = dict(self.service_cursors or {})
        notes = []
        for name, (model, walk) in self._service_walks(adapter).items():
            try:
                found = 0
                for page in walk(self._service_cursor(cursors.get(name))):
                    in_own_transaction(
                        self,
                        lambda account, key=name, to=model, got=page: (
                            account._keep_service_page(key, to, got)
                        ),
                    )
                    found += len(page.items)
                notes.append(f"{name}: {found}")
            except ChannelError as error:
                notes.append(f"{name}: {self._job_problem(error)}")
                if isinstance(error, (AuthDead, RateLimited)):
                    # The others would fail as well.
                    break
        return ", ".join(notes)

    def _service_walks(self, adapter) -> dict:
        """What to walk through: (model, function of a cursor) by name."""
        features = adapter.caps.features
        walks = {}
        if Feature.CLAIMS in features:
            walks["claims"] = "marketplace.claim", adapter.claims
        if Feature.RETURNS in features:
            walks["returns"] = "marketplace.return", adapter.returns
        for kind, feature in FEATURES.items():
            if feature in features:
                walks[kind.value] = (
                    "marketplace.message",
                    lambda cursor, kind=kind: adapter.messages(kind, cursor),
                )
        return walks

    def _service_cursor(self, stored) -> Cursor:
        if stored:
            return cursor_json.load(stored, since=self.create_date)
        return Cursor(low=utc_now() - FIRST_LOOK)

    def _keep_service_page(self, name, model, page):
        self.env[model]._keep(self, page.items)
        if page.next:
            stored = self.service_cursors or {}
            self.service_cursors = stored | {name: cursor_json.dump(page.next)}

    # ------------------------------------------------------------ events

    def _read_service(self, model, feature, read, ids) -> dict:
        """Read what events hint at and keep it; ``{id: error}`` of what failed.

        :param read: function of the adapter and the ids: records or (id, error)
        """
        adapter = self._adapter()
        if feature not in adapter.caps.features:
            return {}
        told, errors = [], {}
        for result in read(adapter, ids):
            if isinstance(result, tuple):
                errors[result[0]] = result[1]
            else:
                told.append(result)
        self.env[model]._keep(self, told)
        return errors

    def action_view_messages(self):
        return self._action_view("marketplace_connector.marketplace_message_action")

    def action_view_claims(self):
        return self._action_view("marketplace_connector.marketplace_claim_action")


class MarketplaceInbox(models.Model):
    _inherit = "marketplace.inbox"

    @api.model
    def _process_question(self, account, ids) -> dict:
        return self._read_messages(account, MessageKind.QUESTION, ids)

    @api.model
    def _process_message(self, account, ids) -> dict:
        return self._read_messages(account, MessageKind.ORDER, ids)

    @api.model
    def _read_messages(self, account, kind, ids) -> dict:
        return account._read_service(
            "marketplace.message",
            FEATURES[kind],
            lambda adapter, wanted: adapter.read_messages(kind, wanted),
            ids,
        )

    @api.model
    def _process_claim(self, account, ids) -> dict:
        return account._read_service(
            "marketplace.claim",
            Feature.CLAIMS,
            lambda adapter, wanted: adapter.read_claims(wanted),
            ids,
        )

    @api.model
    def _process_return(self, account, ids) -> dict:
        return account._read_service(
            "marketplace.return",
            Feature.RETURNS,
            lambda adapter, wanted: adapter.read_returns(wanted),
            ids,
        )
