from odoo import api, fields, models

# Places of vUnTrib in the NF-e (Portal NF-e, field I14a).
_PRICE_DIGITS = (21, 10)


class FiscalDocumentLineMixin(models.AbstractModel):
    """What is sold by the carton or pallet is taxed by the unit (uTrib).

    The SEFAZ wants the tax unit to be the one of the consumer's GTIN (cEANTrib holds no
    GTIN-14: NT 2021.003). Only units of measure that say they are a carton or pallet
    are treated so; every other line stays as the fiscal layer has it.
    """

    _inherit = "l10n_br_fiscal.document.line.mixin"

    # The price of a twelfth of a carton must come back to the price of the carton.
    fiscal_price = fields.Float(digits=_PRICE_DIGITS)

    def _b2c_closed_size(self) -> bool:
        """Is the line sold in cartons or pallets whose product has no tax unit?"""
        self.ensure_one()
        product = self.product_id
        return (
            self.uom_id.b2c_size in ("carton", "pallet")
            and not product.uot_id
            and self.uom_id != product.uom_id
            and self.uom_id._has_common_reference(product.uom_id)
        )

    def _b2c_unit_factor(self) -> float:
        """Units in one of what the line sells."""
        self.ensure_one()
        return self.uom_id.factor / self.product_id.uom_id.factor

    @api.depends("product_id", "uom_id")
    def _compute_uot_id(self):
        closed = self.filtered(lambda line: line._b2c_closed_size())
        for line in closed:
            line.uot_id = line.product_id.uom_id
        return super(FiscalDocumentLineMixin, self - closed)._compute_uot_id()

    @api.depends("price_unit", "uom_id")
    def _compute_fiscal_price(self):
        closed = self.filtered(lambda line: line._b2c_closed_size())
        for line in closed:
            line.fiscal_price = line.price_unit / line._b2c_unit_factor()
        return super(FiscalDocumentLineMixin, self - closed)._compute_fiscal_price()

    @api.depends("quantity", "uom_id")
    def _compute_fiscal_quantity(self):
        closed = self.filtered(lambda line: line._b2c_closed_size())
        for line in closed:
            line.fiscal_quantity = line.quantity * line._b2c_unit_factor()
        return super(FiscalDocumentLineMixin, self - closed)._compute_fiscal_quantity()
