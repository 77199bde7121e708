"""How many of each listing an account offers, and at which price."""

from collections import defaultdict
from decimal import Decimal

from odoo import models

from odoo.addons.industry_b2c_sales.domain.allocation import (
    Need,
    policies_for,
    reservable,
)
from odoo.addons.industry_b2c_sales.domain.decimals import dec
from odoo.addons.industry_b2c_sales.domain.opening import openable
from odoo.addons.industry_b2c_sales.domain.pricing import cents

from ..rules.offering import Portion, kits_of

_WAITING = ("confirmed", "waiting", "partially_available")


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    # ------------------------------------------------------------ stock

    def _stock_targets(self, listings) -> dict[int, int]:
        """Whole units to offer, by id of the listings that hold something."""
        self.ensure_one()
        parts = {one.id: one._parts() for one in listings}
        ids = {part.product for held in parts.values() for part in held}
        available = self._reservable(self.env["product.product"].browse(sorted(ids)))
        portion = Portion(dec(self.safety_stock), dec(self.stock_share))
        return {
            listing_id: kits_of(
                [(portion.of(available[part.product]), part.units) for part in held]
            )
            for listing_id, held in parts.items()
            if held
        }

    def _reservable(self, products) -> dict[int, Decimal]:
        """How many pieces one more order of this account could have, by product id.

        Within the reservation policies of the channel, and without what any channel has
        sold already: the channel's own count is overwritten by what we send.
        """
        place, company = self._offer_place(), self.company_id
        quants = self.env["stock.quant"]
        closed = quants._b2c_closed_places(company)
        stocks = quants._b2c_stocks(place, products, closed)
        tasks = self.env["b2c.open.task"]
        places = tasks._closed_places(company, products, place) if closed else {}
        policies = self.env["b2c.stock.policy"]._b2c_of(company)
        held, waiting = self._held(products), self._waiting(products)
        source, found = self._b2c_source(), {}
        for product in products:
            category = product.categ_id.parent_path or ""
            binding = policies_for(policies, source, product.id, category)
            need = Need(0, (product.id, place.id), source, Decimal(0), binding)
            found[product.id] = reservable(
                need,
                stocks[product.id],
                held[product.id],
                waiting=waiting[product.id],
                openable=openable(
                    places.get(product.id, ()),
                    need.opens,
                    max(policy.b2b_minimum for policy in binding),
                ),
            )
        return found

    def _offer_place(self):
        """The location that orders of this account take their goods from."""
        warehouse = self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        return warehouse.lot_stock_id

    def _held(self, products):
        """What consumer orders have reserved, by product id and source."""
        held = defaultdict(dict)
        if products:
            for product_id, source, quantity in self.env["stock.move"]._b2c_reserved(
                self.company_id, products, self._offer_place()
            ):
                held[product_id][source] = dec(quantity)
        return held

    def _waiting(self, products):
        """What consumers bought and nobody has reserved yet, by product id and source:
        in deliveries, in drafts, and in orders that are no sale order yet."""
        waiting = defaultdict(lambda: defaultdict(Decimal))
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "in", _WAITING),
                ("location_id", "child_of", self._offer_place().id),
                ("sale_line_id.order_id.is_b2c", "=", True),
            ]
        )
        for move in moves:
            source = move.sale_line_id.order_id.b2c_source or ""
            waiting[move.product_id.id][source] += dec(move._b2c_missing())
        lines = self.env["sale.order.line"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company_id.id),
                ("order_id.is_b2c", "=", True),
                ("order_id.state", "in", ("draft", "sent")),
                ("order_id.b2c_order_state", "not in", ("cancelled", "superseded")),
            ]
        )
        for line in lines:
            units = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            )
            waiting[line.product_id.id][line.order_id.b2c_source or ""] += dec(units)
        bindings = self.env["marketplace.order"]._units_waiting(self.company_id)
        for (product_id, source), units in bindings.items():
            waiting[product_id][source] += units
        return waiting

    # ------------------------------------------------------------ price

    def _price_targets(self, listings) -> dict[int, Decimal]:
        """Price per unit in BRL, by id of the listings that hold something; a kit costs
        what its parts cost."""
        self.ensure_one()
        parts = {one.id: one._parts() for one in listings}
        ids = {part.product for held in parts.values() for part in held}
        products = self.env["product.product"].browse(sorted(ids))
        prices = self.pricelist_id._get_products_price(products, 1.0)
        return {
            listing_id: cents(
                sum(dec(prices[part.product]) * part.units for part in held)
            )
            for listing_id, held in parts.items()
            if held
        }
