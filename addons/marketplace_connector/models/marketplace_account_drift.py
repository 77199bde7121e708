"""When an account's orders are reconciled, and how many differ."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.timing import aware, utc_now

from ..rules import drift_clock


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    difference_count = fields.Integer(
        "Orders That Differ", compute="_compute_difference_count", compute_sudo=True
    )

    def _compute_difference_count(self):
        groups = self.env["marketplace.difference"]._read_group(
            [("account_id", "in", self.ids), ("state", "=", "open")],
            ["account_id"],
            ["__count"],
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.difference_count = counts.get(account.id, 0)

    # ------------------------------------------------------------ when

    @api.model
    def _cron_reconcile(self):
        """Hourly: go on with what stands, start a run per account every night."""
        for account in self.search([("state", "=", "active")]):
            last = account._last_reconciliation()
            if last.state in ("listing", "reading", "comparing", "healing"):
                last._queue()
                continue
            begun = aware(last.started_at or account.create_date)
            if drift_clock.is_due(begun, account._local_now()):
                account._reconcile(drift_clock.window(account._local_now()))

    def _last_reconciliation(self):
        self.ensure_one()
        return self.env["marketplace.reconciliation"].search(
            [("account_id", "=", self.id)], order="started_at desc", limit=1
        )

    def _local_now(self):
        zone = self.company_id.partner_id.tz or "America/Sao_Paulo"
        return utc_now().astimezone(ZoneInfo(zone))

    def action_reconcile(self):
        """Compare now instead of tonight."""
        self._ensure_state("active")
        # sudo: users see runs, only the machinery writes them.
        for account in self.sudo():
            last = account._last_reconciliation()
            if last.state in ("listing", "reading", "comparing", "healing"):
                last._queue()
            else:
                account._reconcile(drift_clock.window(account._local_now()))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The comparison was started in the background."),
            },
        }

    def _reconcile(self, window: timedelta):
        """Start a run over what changed within ``window``."""
        self.ensure_one()
        now = fields.Datetime.now()
        start = self.import_from or self.create_date
        runs = self.env["marketplace.reconciliation"]
        # What was stopped and nobody let go on is seen anew by this one.
        for old in runs.search(
            [("account_id", "=", self.id), ("state", "=", "stopped")]
        ):
            old._end()
        run = runs.create(
            {
                "account_id": self.id,
                "started_at": now,
                "until": now,
                "since": max(now - window, start).replace(microsecond=0),
            }
        )
        run._queue()
        return run

    def action_view_differences(self):
        action = self._action_view(
            "marketplace_connector.marketplace_difference_action"
        )
        return action | {"context": {"search_default_open": 1}}
