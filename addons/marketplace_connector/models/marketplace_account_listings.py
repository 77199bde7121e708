"""Reading an account's listings, page by page."""

from datetime import datetime, timedelta

from odoo import api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.contract import ChannelError, Cursor, Feature
from .own_transaction import own_transaction

GIVE_UP = timedelta(hours=20)
"""A walk that began so long ago shows two days at once: it starts over."""


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    def _import_listings(self):
        """Job: read all listings; what vanished from the channel is archived.

        Each page is committed with its cursor, so a killed import goes on where it was.
        Only a walk that came to its end tells what vanished.
        """
        self.ensure_one()
        if not self._take_push_turn("listings"):
            raise RetryableJobError("another job is reading", ignore_retry=True)
        if self.state != "active":
            return "parked: the account is not active"
        adapter = self._adapter()
        if Feature.LISTINGS not in adapter.caps.features:
            return "the channel does not tell its listings"
        with own_transaction(self) as account:
            cursor = account._begin_walk()
        try:
            for page in adapter.listings(cursor):
                with own_transaction(self) as account:
                    account._keep_listings(page)
        except ChannelError as error:
            if not error.retryable:
                # Of no more use: the channel may have forgotten its cursor.
                with own_transaction(self) as account:
                    account.listing_cursor = False
            return self._job_problem(error)
        with own_transaction(self) as account:
            return account._walked()

    def _begin_walk(self) -> Cursor:
        """Where to go on: in the middle of an interrupted walk, else at its start."""
        now = fields.Datetime.now()
        began, stored = self.listing_walk_at, self.listing_cursor
        if not began or not stored or now - began > GIVE_UP:
            self.write({"listing_walk_at": now, "listing_cursor": False})
            return Cursor()
        return Cursor(
            value=stored["value"],
            low=stored["low"] and datetime.fromisoformat(stored["low"]),
            high=stored["high"] and datetime.fromisoformat(stored["high"]),
        )

    def _keep_listings(self, page):
        self.env["marketplace.listing"]._upsert(self, page.items)
        if page.next:
            self.listing_cursor = {
                "value": page.next.value,
                "low": page.next.low and page.next.low.isoformat(),
                "high": page.next.high and page.next.high.isoformat(),
            }

    def _walked(self) -> str:
        """All pages are here: archive what was not among them, match, then send what
        differs from the channel."""
        listings = self.env["marketplace.listing"].search(
            [("account_id", "=", self.id), ("seen_at", "!=", False)]
        )
        gone = listings.filtered(lambda one: one.seen_at < self.listing_walk_at)
        if gone == listings:
            # An answer without any listing is rather a fault than the end of a shop.
            gone = gone.browse()
        gone.write({"active": False, "vanished_at": fields.Datetime.now()})
        living = self.env["marketplace.listing"].search([("account_id", "=", self.id)])
        living._match()
        living._suggest()
        self.write(
            {
                "listing_walk_at": False,
                "listing_cursor": False,
                "listings_read_at": fields.Datetime.now(),
            }
        )
        self._queue_pushes(full=True)
        return f"{len(listings) - len(gone)} listings, {len(gone)} vanished"


class MarketplaceListing(models.Model):
    _inherit = "marketplace.listing"

    @api.model
    def _upsert(self, account, offers):
        """Write what the channel tells; products are never made of it.

        :param offers: ``Listing``s. Of several locations of one variation the known
            one counts, else the first.
        """
        known = {
            (row.item_id, row.variation_id or ""): row
            for row in self.with_context(active_test=False).search(
                [
                    ("account_id", "=", account.id),
                    ("item_id", "in", [offer.key.item_id for offer in offers]),
                ]
            )
        }
        news = {}
        for offer in offers:
            place = offer.key.item_id, offer.key.variation_id
            here = known.get(place, self.browse()).location or ""
            if place not in news or offer.key.location == here:
                news[place] = offer
        created = self.create(
            [
                {
                    "account_id": account.id,
                    "item_id": item,
                    "variation_id": variation,
                    **self._prepare_listing(offer),
                }
                for (item, variation), offer in news.items()
                if (item, variation) not in known
            ]
        )
        again = {place: known[place] for place in news if place in known}
        for place, row in again.items():
            row._follow(news[place])
        rows = created.union(*again.values())
        rows.seen_at = fields.Datetime.now()
        rows._match()

    def _follow(self, offer):
        """Write what differs: most listings are the same every night."""
        self.ensure_one()
        vals = self._prepare_listing(offer)
        if self.vanished_at:
            vals |= {"active": True, "vanished_at": False}
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _prepare_listing(self, offer):
        """Values of a ``Listing``. A value that is being sent is read back by whoever
        sends it: a page may be older."""
        vals = {
            "sku": offer.sku or False,
            "title": offer.title or False,
            "state": offer.state,
            "state_raw": offer.state_raw or False,
            "gtin": offer.gtin or False,
            "location": offer.key.location or False,
            "stock_pool": offer.pool or False,
            "url": offer.url or False,
        }
        for kind, value in (("stock", offer.quantity), ("price", offer.price)):
            if value is None or self[f"{kind}_state"] == "sending":
                continue
            vals[f"{kind}_channel"] = float(value) if kind == "price" else value
            if self[f"{kind}_state"] in (False, "unknown"):
                vals[f"{kind}_state"] = "sent"
        return vals
