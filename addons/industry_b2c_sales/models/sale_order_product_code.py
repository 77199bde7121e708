from odoo import models

from .b2c_product_code import line_code


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_find_products(self, order):
        """What no internal reference knows may be a code of the channel."""
        found = super()._b2c_find_products(order)
        missing = {
            line.key: line_code(line) for line in order.lines if line.key not in found
        }
        codes = [code for code in missing.values() if code]
        if not codes:
            return found
        products = self.env["b2c.product.code"]._find(order.source, codes)
        return found | {
            key: products[code] for key, code in missing.items() if code in products
        }
