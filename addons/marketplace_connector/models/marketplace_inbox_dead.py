"""Notifications that were given up: seen once per account, replayed together."""

from odoo import models

CODE = "channel_inbox_dead"


class MarketplaceInbox(models.Model):
    _inherit = "marketplace.inbox"

    def _settle(self, errors, note=""):
        result = super()._settle(errors, note)
        for account in self.filtered(lambda row: row.state == "dead").account_id:
            account._report_given_up()
        return result

    def action_replay(self):
        result = super().action_replay()
        self.account_id._solve_given_up()
        return result


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    def action_replay_given_up(self):
        """Read again whatever was given up, as if it had just been told."""
        self._given_up().action_replay()

    def action_view_given_up(self):
        action = self.action_view_inbox()
        action["domain"] = self._given_up_domain()
        return action

    def _given_up_domain(self):
        return [("account_id", "in", self.ids), ("state", "=", "dead")]

    def _given_up(self):
        return self.env["marketplace.inbox"].search(self._given_up_domain())

    def _report_given_up(self):
        """One issue per account, however many rows."""
        account = self._in_company_language()
        rows = self.env["marketplace.inbox"]
        account.env["b2c.issue"]._report(
            CODE,
            record=account,
            company=account.company_id,
            message=account.env._(
                "%(account)s: %(count)s notifications were given up. What they are "
                "about may be missing here or out of date.",
                account=account.name,
                count=rows.search_count(account._given_up_domain()),
            ),
            suggestion=account.env._(
                "Read the reasons in Notifications, then replay them."
            ),
            replay="action_replay_given_up",
        )

    def _solve_given_up(self):
        """Replayed: when the same fails again, it is told again."""
        rows = self.env["marketplace.inbox"]
        for account in self:
            if not rows.search_count(account._given_up_domain(), limit=1):
                self.env["b2c.issue"]._solve(CODE, account)
