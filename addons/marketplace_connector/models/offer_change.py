"""What changes the offers: stock and sales. Told once they are committed."""

import logging

from odoo import api, models

from .own_transaction import own_transaction

_logger = logging.getLogger(__name__)
_KEY = "marketplace_connector.offers"


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["marketplace.account"]._note_change(quants.product_id.ids)
        return quants

    def write(self, vals):
        if not vals.keys().isdisjoint({"quantity", "reserved_quantity", "location_id"}):
            self.env["marketplace.account"]._note_change(self.product_id.ids)
        return super().write(vals)


class MarketplaceOrder(models.Model):
    _inherit = "marketplace.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["marketplace.account"]._note_change(None)
        return orders

    def write(self, vals):
        if not vals.keys().isdisjoint({"state", "sold_units", "sale_order_id"}):
            self.env["marketplace.account"]._note_change(None)
        return super().write(vals)


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    @api.model
    def _note_change(self, product_ids):
        """Have the offers of these products sent when this transaction is committed.

        After the commit, not in it: a job that began before would not see the change,
        and one that waits already would be thought to.

        :param product_ids: None = of all products
        """
        hooks = self.env.cr.postcommit
        if _KEY not in hooks.data:
            hooks.data[_KEY] = set()
            hooks.add(lambda: self._after_change(hooks.data.pop(_KEY)))
        hooks.data[_KEY].update([None] if product_ids is None else product_ids)

    @api.model
    def _after_change(self, product_ids):
        try:
            with own_transaction(self.browse()) as accounts:
                accounts._offering(product_ids)._queue_push("stock")
        except Exception:
            # What was done is committed; the clock finds the difference.
            _logger.exception("Changed stock could not be noted")

    @api.model
    def _offering(self, product_ids):
        """The accounts that send the stock of these products."""
        domain = [("state", "=", "active"), ("push_stock", "=", True)]
        if None not in product_ids:
            ids = sorted(product_ids)
            listings = self.env["marketplace.listing"].search(
                [
                    "|",
                    ("product_id", "in", ids),
                    ("component_ids.product_id", "in", ids),
                ]
            )
            domain.append(("id", "in", listings.account_id.ids))
        return self.search(domain)
