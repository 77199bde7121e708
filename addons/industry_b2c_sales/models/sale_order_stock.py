from odoo import models

from ..domain.intake import Problem

# The worst comes first: one move that is not in stock keeps the order anyway.
_CODES = {
    "short": "stock_missing",
    "b2b": "stock_kept_for_b2b",
    "open": "stock_to_open",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_stock_problem(self) -> Problem:
        """Why a confirmed order is not reserved: the worst reason of its moves."""
        self.ensure_one()
        waits = set(self.picking_ids.move_ids.mapped("b2c_wait"))
        code = next((code for wait, code in _CODES.items() if wait in waits), None)
        return Problem(code or "stock_missing", {"order": self.name})
