"""A consumer's order amounts to what its lines' taxes say, computed once.

`l10n_br_sale` lets core compute all taxes of a line and of an order, then throws the
result away for the fiscal layer's amounts: a quarter of the time of an intake.
"""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_amounts(self):
        fiscal = self.filtered(lambda order: order.is_b2c and order.fiscal_operation_id)
        for order in fiscal:
            lines = order.order_line
            order.amount_untaxed = sum(lines.mapped("fiscal_amount_untaxed"))
            order.amount_tax = sum(lines.mapped("fiscal_amount_tax"))
            order.amount_total = sum(lines.mapped("fiscal_amount_total"))
        return super(SaleOrder, self - fiscal)._compute_amounts()

    def _distribute_amount_to_lines(self, amount_field_name, line_field_name):
        """Not again over lines that were made with their shares: writing them computes
        all of their taxes anew."""
        spread = self.filtered(
            lambda order: order._b2c_is_spread(amount_field_name, line_field_name)
        )
        # The order's own sums are protected while its amount is written.
        for name in self._get_amount_fields():
            field = self._fields.get(name)
            if field and field.store and field.compute == "_compute_fiscal_amount":
                self.env.add_to_compute(field, spread)
        return super(SaleOrder, self - spread)._distribute_amount_to_lines(
            amount_field_name, line_field_name
        )

    def _b2c_is_spread(self, amount_field_name, line_field_name) -> bool:
        if not self.env.context.get("b2c_taking_in"):
            return False
        shares = sum(self.order_line.mapped(line_field_name))
        return not self.currency_id.compare_amounts(shares, self[amount_field_name])


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_amount(self):
        fiscal = self.filtered(
            lambda line: line.order_id.is_b2c and line.fiscal_operation_id
        )
        for line in fiscal:
            line.price_subtotal = line.fiscal_amount_untaxed
            line.price_tax = line.fiscal_amount_tax
            line.price_total = line.fiscal_amount_total
        return super(SaleOrderLine, self - fiscal)._compute_amount()
