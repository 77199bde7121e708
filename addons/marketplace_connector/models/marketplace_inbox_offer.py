"""What a channel tells of its listings: compared, after the orders behind it."""

import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..const import CHUNK, queue_of
from ..domain.contract import ChannelError, Feature
from .own_transaction import in_own_transaction

SETTLED = timedelta(minutes=2)
"""A sale is told as a change of stock, too. Compared before its order is here, we would
put back at the channel what it has just sold."""


class MarketplaceInbox(models.Model):
    _inherit = "marketplace.inbox"

    @api.model
    def _process_item(self, account, ids) -> dict:
        """A listing changed at the channel (price, stock, paused, refused)."""
        account._queue_comparison(ids)
        return {}

    @api.model
    def _process_stock(self, account, ids) -> dict:
        """The quantity of a listing, or of a stock that several share, changed."""
        account._queue_comparison(ids, echo=True)
        return {}


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    def _queue_comparison(self, refs, echo=False):
        """Jobs that read these listings soon; ids that nobody knows cost no call.

        :param refs: items, or stocks that several listings share
        :param echo: what we have just sent ourselves is told like this, too
        """
        self.ensure_one()
        known = self.env["marketplace.listing"].with_context(active_test=False)
        listings = known.search(
            [
                ("account_id", "=", self.id),
                "|",
                ("item_id", "in", refs),
                ("stock_pool", "in", refs),
            ]
        )
        if echo:
            recent = fields.Datetime.now() - SETTLED
            listings = listings.filtered(
                lambda one: not one.stock_pushed_at or one.stock_pushed_at < recent
            )
        items = sorted(set(listings.mapped("item_id")))
        for chunk in split_every(CHUNK, items, list):
            digest = hashlib.sha256("\n".join(chunk).encode()).hexdigest()
            self.with_delay(
                channel=queue_of(self),
                eta=SETTLED,
                identity_key=f"marketplace-listings-{self.id}-{digest}",
                description=f"{self.name}: compare {len(chunk)} listings",
            )._compare_listings(chunk)

    def _compare_listings(self, items):
        """Job: read these items; what then differs from ours is sent.

        What fails here is read with all others at night.
        """
        self.ensure_one()
        if self.state != "active":
            return "parked: the account is not active"
        adapter = self._adapter()
        if Feature.LISTINGS not in adapter.caps.features:
            return "the channel does not tell its listings"
        try:
            answers = list(adapter.read_listings(items))
        except ChannelError as error:
            return self._job_problem(error)
        found = [one for one in answers if not isinstance(one, tuple)]
        in_own_transaction(self, lambda mine: mine._keep_comparison(found))
        return f"{len(found)} listings"

    def _keep_comparison(self, found):
        self.env["marketplace.listing"]._upsert(self, found)
        self._queue_pushes()
