"""Telling the owner of an account in time that its grant comes to an end."""

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from odoo.addons.industry_b2c_sales.timing import aware, utc_now

from ..const import ZONE
from ..rules import expiry

ACTIVITY = "marketplace_connector.mail_activity_type_grant"


class MarketplaceAccount(models.Model):
    """The grant (Shopee: 7 to 365 days, chosen by the seller; Amazon: a year) and the
    refresh token end some day. 14, 7 and 1 day before, ``user_id`` gets an activity."""

    _name = "marketplace.account"
    _inherit = ["marketplace.account", "mail.activity.mixin"]

    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        help="Is told when the channel's consent is about to end.",
    )
    grant_ends_at = fields.Datetime(
        "Access Ends",
        compute="_compute_grant_ends_at",
        compute_sudo=True,
        help="When the consent or the refresh token ends, whichever is first.",
    )
    expiry_alarm = fields.Char(copy=False, help="Which end was told, and how near.")

    def _compute_grant_ends_at(self):
        ends = {
            account: min((end for end in (refresh, grant) if end), default=False)
            for account, refresh, grant in self.env["marketplace.token"]._read_group(
                [("account_id", "in", self.ids)],
                ["account_id"],
                ["refresh_expires_at:min", "grant_expires_at:min"],
            )
        }
        for account in self:
            account.grant_ends_at = ends.get(account._origin, False)

    @api.model
    def _cron_expiry(self):
        """Once a day; a paused account's refresh token runs down as well."""
        for account in self.search([("state", "in", ["active", "paused"])]):
            days = expiry.alarm(aware(account.grant_ends_at), utc_now())
            account._alarm(days)

    def _alarm(self, days):
        """One activity per end and nearness; the nearer one takes the other's place."""
        self.ensure_one()
        told = days and f"{self.grant_ends_at}/{days}"
        if not told or told == self.expiry_alarm:
            return
        self.expiry_alarm = told
        account = self._in_company_language()
        account.activity_unlink([ACTIVITY])
        owner = account.user_id or account.create_uid
        zone = owner.tz or ZONE
        ends_at = aware(account.grant_ends_at)
        account.activity_schedule(
            ACTIVITY,
            date_deadline=ends_at.astimezone(ZoneInfo(zone)).date(),
            user_id=owner.id,
            note=account.env._(
                "The access of %(account)s to the channel ends on %(end)s. Press "
                "Connect Again before: the owner of the shop has to consent anew.",
                account=account.name,
                end=format_datetime(account.env, account.grant_ends_at, tz=zone),
            ),
        )

    def _exchange_code(self, code="", **params):
        """A new consent: what was told of the old one is settled."""
        result = super()._exchange_code(code, **params)
        self.expiry_alarm = False
        self.activity_unlink([ACTIVITY])
        return result
