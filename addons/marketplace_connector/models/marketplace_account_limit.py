"""How fast an account may call: the hooks of the channel's addon, the limiter."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from odoo import models

from ..const import ZONE
from ..domain.limits import NOTIFIED
from .marketplace_bucket import Limiter

NOTIFIED_RATE = (2.0, 2000.0)
"""An afternoon of a busy shop passes; a forger gets no more than this out of us."""


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    def _rate_limits(self) -> dict[str, tuple[float, float]]:
        """Hook: {operation: (calls per second, calls at once)} of the channel.

        An operation is ``domain.http.Call.bucket``; ``*`` all others together. Take
        what the channel documents, and extend what ``super()`` returns. An operation
        without a limit is called as fast as we like until the channel refuses.
        """
        self.ensure_one()
        return {NOTIFIED: NOTIFIED_RATE}

    def _limit_zone(self):
        """Hook: the time zone in which the channel's day begins (daily quota).

        :rtype: datetime.tzinfo
        """
        self.ensure_one()
        return ZoneInfo(ZONE)

    def _activate(self):
        result = super()._activate()
        for account in self:
            # sudo: whoever connects an account need not be able to change limits.
            limits = account.env["marketplace.rate.limit"].sudo()
            limits._add_defaults(account.channel, account._rate_limits())
        return result

    def _adapter_params(self):
        params = super()._adapter_params()
        limiter = Limiter(self)
        params["options"] = replace(
            params["options"], limiter=limiter, on_limit=limiter.close
        )
        return params
