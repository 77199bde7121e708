"""What an account offers: its settings, its buttons and its clocks."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import queue_of

UNMATCHED = [("product_id", "=", False), ("component_ids", "=", False)]
PROBLEM = [
    "|",
    ("stock_state", "in", ["failed", "refused"]),
    ("price_state", "in", ["failed", "refused", "held"]),
]


class MarketplaceAccount(models.Model):
    """An account offers part of the stock that it shares with all others, at the prices
    of one pricelist. Nothing is sent before a person has switched it on."""

    _inherit = "marketplace.account"

    push_stock = fields.Boolean("Send Stock", copy=False)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        help="Whose stock is offered; empty: the company's first warehouse.",
    )
    stock_share = fields.Float(
        "Share of the Stock (%)",
        default=100.0,
        help="Part of what consumer orders may reserve that is offered here.",
    )
    safety_stock = fields.Float(
        digits="Product Unit",
        help="Pieces of each product that are not offered here.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        "Send Prices of",
        check_company=True,
        copy=False,
        help="Prices with all taxes, as the consumer pays them. Empty: prices are kept "
        "on the channel.",
    )
    price_limit = fields.Float(
        "Ask When a Price Changes by More Than (%)", default=20.0
    )
    listing_cursor = fields.Json(readonly=True, copy=False)
    listing_walk_at = fields.Datetime(readonly=True, copy=False)
    listings_read_at = fields.Datetime("Listings Read", readonly=True, copy=False)
    listing_count = fields.Integer(compute="_compute_listing_counts")
    listing_unmatched_count = fields.Integer(compute="_compute_listing_counts")
    listing_problem_count = fields.Integer(compute="_compute_listing_counts")

    _stock_share_percent = models.Constraint(
        "CHECK(stock_share >= 0 AND stock_share <= 100)",
        "The share is a percentage: 0 to 100.",
    )
    _offer_limits_positive = models.Constraint(
        "CHECK(safety_stock >= 0 AND price_limit >= 0)",
        "Safety stock and price limit cannot be negative.",
    )

    def _compute_listing_counts(self):
        for name, domain in (
            ("listing_count", []),
            ("listing_unmatched_count", UNMATCHED),
            ("listing_problem_count", PROBLEM),
        ):
            groups = self.env["marketplace.listing"]._read_group(
                [("account_id", "in", self.ids), *domain], ["account_id"], ["__count"]
            )
            counted = {account.id: count for account, count in groups}
            for account in self:
                account[name] = counted.get(account.id, 0)

    def _offer_problem(self, code: str, detail: str) -> str:
        """Hook: the channel's error about the stock or price of an offer, for a person.

        As ``_invoice_problem``.
        """
        return ""

    # ------------------------------------------------------------ states

    def _activate(self):
        """What changed while the account stood still is sent now."""
        result = super()._activate()
        self._queue_pushes()
        return result

    def _queue_pushes(self, full=False):
        """Jobs for what the active ones among these accounts send.

        :param full: also try again what was refused
        """
        active = self.filtered(lambda account: account.state == "active")
        active.filtered("push_stock")._queue_push("stock", full)
        active.filtered("pricelist_id")._queue_push("price", full)

    def _queue_push(self, kind, full=False):
        """One job per account, however much has changed until it begins."""
        for account in self:
            account.with_delay(
                channel=queue_of(account),
                identity_key=f"marketplace-push-{kind}-{full}-{account.id}",
                description=f"{account.name}: {kind}",
            )._push(kind, full)

    # ------------------------------------------------------------ clocks

    @api.model
    def _cron_offers(self):
        """What no event tells: policies, prices and settings that changed, lines that
        failed, an import that was interrupted."""
        accounts = self.search([("state", "=", "active")])
        accounts._queue_pushes()
        accounts.filtered("listing_walk_at")._queue("_import_listings")

    @api.model
    def _cron_listings(self):
        """Each night: read all listings; then what differs is sent, see `_walked`."""
        self.search([("state", "=", "active")])._queue("_import_listings")

    # ------------------------------------------------------------ people

    def action_import_listings(self):
        self._ensure_state("active")
        self.check_access("read")
        # sudo: the job works with the machinery's rights, not the user's.
        self.sudo()._queue("_import_listings")
        return self._told(self.env._("The listings are being read in the background."))

    def action_push_offers(self):
        """Send what differs now, and what was refused once more.

        :raises UserError: the account sends nothing
        """
        self._ensure_state("active")
        self.check_access("read")
        if not any(account.push_stock or account.pricelist_id for account in self):
            raise UserError(
                self.env._("Switch on sending stock, or choose a pricelist, first.")
            )
        # sudo: the job works with the machinery's rights, not the user's.
        self.sudo()._queue_pushes(full=True)
        return self._told(self.env._("Stock and prices are being sent."))

    def _told(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }

    def action_view_listings(self):
        return self._action_view("marketplace_connector.marketplace_listing_action")
