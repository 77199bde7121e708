from odoo import models


class SaleOrderLine(models.Model):
    """Mend of ``l10n_br_sale`` (19.0.1.1): reading an order must not write its lines.

    ``l10n_br_fiscal`` assigns the gross price together with amounts that are not
    stored; on an order's line it is stored and belongs to another compute method.
    Whoever opened an order thus wrote its lines, and met the jobs that work on them.
    """

    _inherit = "sale.order.line"

    def _compute_fiscal_amounts(self):
        """Assign the gross price as a computed value, which equals the stored one."""
        with self.env.protecting([self._fields["price_gross"]], self):
            return super()._compute_fiscal_amounts()
