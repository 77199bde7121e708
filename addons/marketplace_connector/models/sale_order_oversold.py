"""Two channels sold the last unit: one of them must be told."""

from dataclasses import replace

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_stock_problem(self):
        """What a channel sold and nobody has in stock is ``out_of_stock``: unlike an
        order of our own it was promised by a count that was too high."""
        problem = super()._b2c_stock_problem()
        # sudo: whoever reserves may not read bindings.
        if problem.code == "stock_missing" and self.sudo().marketplace_order_ids:
            return replace(problem, code="out_of_stock")
        return problem
