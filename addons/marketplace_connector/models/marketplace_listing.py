"""Which of our products an offer on the channel is."""

from odoo import api, fields, models


class MarketplaceListing(models.Model):
    """(account, item, variation) → product, or the parts of a kit.

    Found first; then the SKU. An offer that could not be matched is recorded without a
    product, so that a person maps it once and all its orders go on. One that vanished
    from the channel is archived, and still explains the orders that it left.
    """

    _name = "marketplace.listing"
    _description = "Marketplace Listing"
    _order = "product_id nulls first, id desc"
    _rec_name = "item_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    item_id = fields.Char(required=True)
    variation_id = fields.Char(required=True, default="")
    sku = fields.Char("SKU", index="btree_not_null")
    title = fields.Char()
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", check_company=True
    )
    active = fields.Boolean(default=True)

    _offer_uniq = models.UniqueIndex(
        "(account_id, item_id, variation_id)", "This offer is in the list already."
    )

    @api.model
    def _find(self, account, lines) -> dict:
        """Products of order lines by listing: ``{line.key: product}``.

        :param lines: ``IntakeLine``s; those without ``item_id`` are never found
        """
        by_offer = self._by_offer(account, lines)
        found = {}
        for line in lines:
            listing = by_offer.get((line.item_id, line.variation_id))
            product = listing and listing._product_of(line)
            if product:
                found[line.key] = product
        return found

    @api.model
    def _by_offer(self, account, lines):
        listings = self.with_context(active_test=False).search(
            [
                ("account_id", "=", account.id),
                ("item_id", "in", [line.item_id for line in lines if line.item_id]),
            ]
        )
        return {(row.item_id, row.variation_id or ""): row for row in listings}

    @api.model
    def _record_unmatched(self, account, orders):
        """Keep offers that neither a listing nor the SKU explains, without a product.

        :param orders: ``IntakeOrder``s of one account
        """
        lines = [line for order in orders for line in order.lines if line.item_id]
        known = self._by_offer(account, lines)
        sales = self.env["sale.order"].with_company(account.company_id)
        missing = {}
        for order in orders:
            found = sales._b2c_find_products(order)
            for line in order.lines:
                offer = (line.item_id, line.variation_id)
                if line.item_id and offer not in known and line.key not in found:
                    missing[offer] = line
        self.create(
            [
                {
                    "account_id": account.id,
                    "item_id": line.item_id,
                    "variation_id": line.variation_id,
                    "sku": line.sku,
                    "title": line.title,
                }
                for line in missing.values()
            ]
        )
