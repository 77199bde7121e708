"""Units that a channel has sold and that are no sale order of ours yet."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.intake import (
    IntakeConsumer,
    IntakeLine,
    IntakeOrder,
)
from odoo.addons.industry_b2c_sales.timing import utc_now

from ..rules import living

_OPEN = ("awaiting_payment", "on_hold", "ready")


class MarketplaceOrder(models.Model):
    """An order that awaits its payment, or stands in the work queue, holds units too:
    the channel took them off its count, and what we send overwrites that count."""

    _inherit = "marketplace.order"

    sold_units = fields.Json(readonly=True)

    def _prepare_binding(self, account, order):
        vals = super()._prepare_binding(account, order)
        ours = not order.flags & living.NOT_OURS_TO_SHIP
        vals["sold_units"] = ours and [
            {
                "sku": line.sku,
                "item_id": line.item_id,
                "variation_id": line.variation_id,
                "units": str(line.qty - line.qty_cancelled),
            }
            for line in order.lines
            if line.qty > line.qty_cancelled
        ]
        return vals

    @api.model
    def _units_waiting(self, company) -> dict[tuple[int, str], Decimal]:
        """Units by (product id, source), matched as the intake would match them."""
        bindings = self.search(
            [
                ("company_id", "=", company.id),
                ("sale_order_id", "=", False),
                ("state", "in", _OPEN),
            ]
        )
        waiting = defaultdict(Decimal)
        sales = self.env["sale.order"].with_company(company)
        for account, waits in bindings.grouped("account_id").items():
            order = sales._b2c_expand(waits._as_one_order(account))
            products = sales._b2c_find_products(order)
            for line in order.lines:
                if line.key in products:
                    waiting[products[line.key].id, order.source] += line.quantity
        return waiting

    def _as_one_order(self, account) -> IntakeOrder:
        """The units of many orders as the lines of one, to ask for their products."""
        return IntakeOrder(
            source=account._b2c_source(),
            external_id="",
            ordered_at=utc_now(),
            consumer=IntakeConsumer(),
            lines=tuple(
                IntakeLine(
                    key=f"{binding.id}/{number}",
                    sku=unit["sku"],
                    quantity=Decimal(unit["units"]),
                    unit_price=Decimal(0),
                    item_id=unit["item_id"],
                    variation_id=unit["variation_id"],
                )
                for binding in self
                for number, unit in enumerate(binding.sold_units or [])
            ),
            paid_total=Decimal(0),
        )
