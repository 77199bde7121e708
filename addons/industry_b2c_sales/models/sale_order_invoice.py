from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _prepare_invoice(self):
        """Dated from the start when it is posted at once: a date that posting sets
        makes core compute the whole invoice again."""
        values = super()._prepare_invoice()
        if self.is_b2c and self.env.context.get("b2c_quiet"):
            values["invoice_date"] = fields.Date.context_today(self)
        return values


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_invoice_line(self, **optional_values):
        """A consumer's invoice names the product as the channel sold it.

        Core puts reference and name before a text that differs from them; with the
        listing's title the NF-e (xProd) would name the product twice, and its code
        has a tag of its own (cProd).
        """
        values = super()._prepare_invoice_line(**optional_values)
        if self.order_id.is_b2c and not self.display_type and not self.is_downpayment:
            values["name"] = self.name
        return values
