"""What anybody who knows the address may cause: so many readings, not more."""

from collections import defaultdict
from math import ceil

from odoo import api, models

from ..const import QUEUE
from ..domain.contract import EventAuth, RateLimited
from ..domain.limits import NOTIFIED
from .marketplace_bucket import Limiter

SOON = 300
"""Seconds until the clock's own drain: what opens before needs one of its own."""


class MarketplaceInbox(models.Model):
    _inherit = "marketplace.inbox"

    @api.model
    def _claim(self):
        """As claimed, less the hints of unsigned notifications beyond the limit.

        These wait as they were: the poll asks the channel itself and has no limit here.
        """
        rows = super()._claim()
        trusted = {_key(row) for row in rows if row["auth"] != EventAuth.UNSIGNED}
        unsigned = defaultdict(set)
        for key in {_key(row) for row in rows} - trusted:
            unsigned[key[0]].add(key[1:])
        later = {
            (account_id, *hint)
            for account_id, hints in unsigned.items()
            for hint in self._beyond_limit(account_id, hints)
        }
        put_back = [row["id"] for row in rows if _key(row) in later]
        self.browse(put_back).write({"state": "new"})
        return [row for row in rows if _key(row) not in later]

    @api.model
    def _beyond_limit(self, account_id, hints):
        account = self.env["marketplace.account"].browse(account_id)
        granted = Limiter(account).take(NOTIFIED, len(hints))
        return sorted(hints)[granted:]

    def _settle(self, errors, note=""):
        result = super()._settle(errors, note)
        waits = [
            error.retry_after
            for error in errors.values()
            if isinstance(error, RateLimited) and error.retry_after is not None
        ]
        if waits and max(waits) < SOON:
            self.with_delay(
                channel=QUEUE,
                eta=ceil(max(waits)) + 1,
                identity_key="marketplace-inbox-drain-limited",
            )._drain()
        return result


def _key(row):
    return row["account_id"], row["kind"], row["external_id"]
