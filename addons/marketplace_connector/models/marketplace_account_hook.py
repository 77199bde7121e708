"""What an account does with a notification: judge it, keep the hint, answer."""

import logging
from dataclasses import replace

from odoo import api, fields, models

from ..domain.contract import Ack, ChannelError, EventAuth, RawRequest
from ..rules import hearing

_logger = logging.getLogger(__name__)


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    public_url = fields.Char(
        "Public Address",
        groups="marketplace_connector.marketplace_connector_group_manager",
        help="Where the channels reach this system, e.g. https://erp.example.com. "
        "Empty: the address of the system parameters. Signatures of notifications are "
        "made over it, so it must be the one that is registered on the channel.",
    )

    @api.depends("public_url")
    def _compute_hook_url(self):
        return super()._compute_hook_url()

    def get_base_url(self):
        """Core's hook: the address of this account, where it has one of its own."""
        # sudo: the address alone is no secret, links are made for every user.
        own = len(self) == 1 and self.sudo().public_url
        return own.rstrip("/") if own else super().get_base_url()

    def _hear(self, raw: RawRequest) -> Ack:
        """Keep the hints of a notification; the answer that the channel wants.

        Nothing is read from the channel and nothing is believed but ids. What is
        forged, or signed and sent again, leaves a line in the list of calls only.

        :param raw: its ``url`` is replaced: behind a proxy it is not the registered one
        """
        self.ensure_one()
        raw = replace(raw, url=self.hook_url)
        adapter = self._adapter()
        verdict, events = self._judge(adapter, raw)
        if verdict == EventAuth.INVALID:
            self._count_refused(raw)
        else:
            self._keep_hints(events, verdict, raw)
        return adapter.ack(verdict)

    def _judge(self, adapter, raw):
        """(verdict, events of ours)"""
        verdict = adapter.check_event(raw)
        if verdict == EventAuth.INVALID:
            return verdict, []
        try:
            events = adapter.parse_events(raw)
        except ChannelError as error:
            # The poll finds what this notification wanted to say.
            _logger.warning("Notification for account %s: %s", self.id, error)
            return verdict, []
        if verdict == EventAuth.VALID and hearing.is_replay(events, raw.received_at):
            return EventAuth.INVALID, []
        ours = [e for e in events if hearing.is_plausible(e, self.external_ref or "")]
        return verdict, ours

    def _keep_hints(self, events, verdict, raw):
        inbox = self.env["marketplace.inbox"]
        text = raw.body.decode("utf-8", "replace").replace("\0", "")
        if inbox._insert(self, events, auth=verdict, body=text):
            inbox._cron_drain()

    def _count_refused(self, raw):
        """Counted where an integrator looks first, without its body: anybody may have
        written that."""
        _logger.warning("Notification for account %s refused", self.id)
        self.env["marketplace.call.log"].create(
            {
                "account_id": self.id,
                "company_id": self.company_id.id,
                "at": raw.received_at.replace(tzinfo=None),
                "method": raw.method,
                "template": "/marketplace/{channel}/{key}",
                "status": 401,
                "error": "RefusedNotification",
            }
        )
