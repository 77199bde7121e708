"""What anybody who knows the address may cause: so many readings, not more."""

from collections import defaultdict

from odoo import api, models

from ..domain.contract import EventAuth
from ..domain.limits import NOTIFIED
from .marketplace_bucket import Limiter


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


def _key(row):
    return row["account_id"], row["kind"], row["external_id"]
