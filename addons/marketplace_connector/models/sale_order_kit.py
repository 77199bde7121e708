"""Kits of a channel in a sale order: one line per part."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.decimals import dec

from ..rules import kit


class SaleOrder(models.Model):
    """The channel sells a kit, we reserve, invoice and ship its parts. What is kept of
    an order that could not be taken in is the kit, as its parts may be corrected."""

    _inherit = "sale.order"

    @api.model
    def _b2c_expand(self, order):
        order = super()._b2c_expand(order)
        account = self._marketplace_account_of(order.source)
        if not account:
            return order
        # sudo: whoever takes an order in may not read the listings of channels.
        offers = self.env["marketplace.listing"].sudo()._by_offer(account, order.lines)
        kits = {
            offer: listing._parts()
            for offer, listing in offers.items()
            if listing.component_ids
        }
        return kit.expand(order, kits) if kits else order

    def _b2c_line_vals(self, order, products):
        lines, totals = super()._b2c_line_vals(order, products)
        for vals, line in zip(lines, order.lines, strict=True):
            if line.kit_of:
                vals |= {
                    "marketplace_kit_key": line.kit_of,
                    "marketplace_kit_units": float(line.per_kit),
                }
        return lines, totals

    def _b2c_follow_units(self, left, *, source, at):
        """Units of a kit are so many units of each of its parts."""
        parts = self.order_line.filtered("marketplace_kit_key")
        kits = parts.grouped("marketplace_kit_key")
        units = {key: count for key, count in left.items() if key not in kits}
        for key in left.keys() & kits.keys():
            for part in kits[key]:
                units[part.b2c_line_key] = left[key] * dec(part.marketplace_kit_units)
        return super()._b2c_follow_units(units, source=source, at=at)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    marketplace_kit_key = fields.Char(
        "Part of Kit",
        copy=False,
        readonly=True,
        help="How the channel calls the line of which this one is a part.",
    )
    marketplace_kit_units = fields.Float(
        "Units per Kit", digits="Product Unit", copy=False, readonly=True
    )
