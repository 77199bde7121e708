"""Finding the product of an offer: certain by itself, likely by a person."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.matching import Catalogue, Offer, Sellable, match, plain_gtin

_LENGTHS = (8, 12, 13, 14)


class MarketplaceListing(models.Model):
    _inherit = "marketplace.listing"

    suggestion_ids = fields.One2many(
        "marketplace.listing.suggestion", "listing_id", "All Suggestions"
    )
    suggested_product_id = fields.Many2one(
        "product.product", "Suggestion", compute="_compute_suggested"
    )
    suggested_score = fields.Integer("Likeness (%)", compute="_compute_suggested")

    @api.depends("suggestion_ids.product_id", "suggestion_ids.score")
    def _compute_suggested(self):
        for listing in self:
            best = listing.suggestion_ids[:1]
            listing.suggested_product_id = best.product_id
            listing.suggested_score = best.score

    def write(self, vals):
        result = super().write(vals)
        if vals.get("product_id") or vals.get("component_ids"):
            self._drop_suggestions()
        return result

    def _drop_suggestions(self):
        self.filtered(
            lambda listing: listing.product_id or listing.component_ids
        ).suggestion_ids.unlink()

    def _offer(self) -> Offer:
        self.ensure_one()
        return Offer(self.sku or "", self.gtin or "", self.title or "")

    # ------------------------------------------------------------ match

    def _unmatched(self):
        return self.filtered(
            lambda listing: not listing.product_id and not listing.component_ids
        )

    def _match(self):
        """Give unmatched offers their product, where SKU or GTIN leave no doubt."""
        for account, listings in self._unmatched().grouped("account_id").items():
            by_sku = listings._products_by_sku(account)
            by_gtin = listings._products_by_gtin(account)
            for listing in listings:
                found = match(listing._offer(), by_sku, by_gtin)
                if found:
                    listing.product_id = found.product

    def _products_by_sku(self, account) -> dict[str, list[int]]:
        """By internal reference, else by what a person said that the code means."""
        skus = [sku.strip() for sku in self.mapped("sku") if sku and sku.strip()]
        found = defaultdict(list)
        for product in self._sellable(account, [("default_code", "in", skus)]):
            found[product.default_code].append(product.id)
        codes = self.env["b2c.product.code"].with_company(account.company_id)
        for code, product in codes._find(account._b2c_source(), skus).items():
            found.setdefault(code, [product.id])
        return found

    def _products_by_gtin(self, account) -> dict[str, list[int]]:
        """By bar code, however many zeros stand in front of it."""
        wanted = {plain_gtin(gtin) for gtin in self.mapped("gtin") if gtin} - {""}
        spellings = [
            number[-length:]
            for number in wanted
            for length in _LENGTHS
            if not number[:-length].strip("0")
        ]
        found = defaultdict(list)
        for product in self._sellable(account, [("barcode", "in", spellings)]):
            found[plain_gtin(product.barcode)].append(product.id)
        return found

    @api.model
    def _sellable(self, account, domain):
        return self.env["product.product"].search(
            [
                ("company_id", "in", [False, account.company_id.id]),
                ("sale_ok", "=", True),
                *domain,
            ]
        )

    # ------------------------------------------------------------ suggest

    def _suggest(self):
        """Note for each unmatched offer the products that are most like it."""
        for account, listings in self._unmatched().grouped("account_id").items():
            catalogue = Catalogue(
                Sellable(
                    product.id,
                    product.default_code or "",
                    product.barcode or "",
                    product.display_name,
                )
                for product in self._sellable(account, []).with_context(
                    display_default_code=False
                )
            )
            listings.suggestion_ids.unlink()
            self.env["marketplace.listing.suggestion"].create(
                [
                    {
                        "listing_id": listing.id,
                        "product_id": found.product,
                        "score": found.score,
                        "reason": found.by.value,
                    }
                    for listing in listings
                    for found in catalogue.suggest(listing._offer())
                ]
            )

    # ------------------------------------------------------------ people

    def action_suggest(self):
        """Look for products again: some may be new, or have their codes now."""
        self.check_access("write")
        self._match()
        self._suggest()

    def action_accept_suggestion(self):
        """Take the first suggestion of each of these offers.

        :raises UserError: none of them has one
        """
        likely = self._unmatched().filtered("suggestion_ids")
        if not likely:
            raise UserError(self.env._("There is no suggestion to accept here."))
        for listing in likely:
            listing.product_id = listing.suggested_product_id


class MarketplaceListingSuggestion(models.Model):
    """A product that an offer may be; gone once the offer has its product."""

    _name = "marketplace.listing.suggestion"
    _description = "Suggested Product of a Listing"
    _order = "score desc, id"
    _rec_name = "product_id"

    listing_id = fields.Many2one(
        "marketplace.listing", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="listing_id.company_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade"
    )
    score = fields.Integer("Likeness (%)")
    reason = fields.Selection(
        [("sku", "Like code"), ("gtin", "Same bar code"), ("name", "Like name")],
        required=True,
    )

    def action_accept(self):
        self.ensure_one()
        self.listing_id.product_id = self.product_id
