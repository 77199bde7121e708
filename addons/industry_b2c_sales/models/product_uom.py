from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain.gtin import Size, fits


class ProductUom(models.Model):
    """A size of a product: its bar code, and what it weighs and measures.

    Odoo 19 has no packagings: a carton is a unit of measure, this is its bar code for
    one product. Weight and dimensions belong here and not to the unit, as the cartons
    of twelve of two products differ.
    """

    _inherit = "product.uom"

    b2c_size = fields.Selection(related="uom_id.b2c_size")
    b2c_pieces = fields.Float(
        string="Contains", compute="_compute_b2c_pieces", digits="Product Unit"
    )
    b2c_weight = fields.Float(
        string="Gross Weight (kg)",
        digits="Stock Weight",
        compute="_compute_b2c_weight",
        store=True,
        readonly=False,
        help="Pieces and empty packaging, unless weighed.",
    )
    dimensional_uom_id = fields.Many2one(related="product_id.dimensional_uom_id")
    b2c_length = fields.Float(string="Length")
    b2c_width = fields.Float(string="Width")
    b2c_height = fields.Float(string="Height")
    b2c_volume = fields.Float(
        string="Volume (m³)", digits="Volume", compute="_compute_b2c_volume"
    )

    _b2c_measures_positive = models.Constraint(
        "CHECK(b2c_weight >= 0 AND COALESCE(b2c_length, 0) >= 0 "
        "AND COALESCE(b2c_width, 0) >= 0 AND COALESCE(b2c_height, 0) >= 0)",
        "Weight and dimensions cannot be negative.",
    )

    @api.depends("uom_id.factor", "product_id.uom_id.factor")
    def _compute_b2c_pieces(self):
        for size in self:
            size.b2c_pieces = size.uom_id._compute_quantity(
                1, size.product_id.uom_id, round=False
            )

    @api.depends(
        "uom_id.factor",
        "uom_id.package_type_id.base_weight",
        "product_id.weight",
        "product_id.uom_id.factor",
    )
    def _compute_b2c_weight(self):
        for size in self:
            tare = size.uom_id.package_type_id.base_weight
            size.b2c_weight = size.product_id.weight * size.b2c_pieces + tare

    @api.depends("b2c_length", "b2c_width", "b2c_height", "dimensional_uom_id")
    def _compute_b2c_volume(self):
        templates = self.env["product.template"]
        for size in self:
            size.b2c_volume = templates._calc_volume(
                size.b2c_length,
                size.b2c_height,
                size.b2c_width,
                size.dimensional_uom_id,
            )

    @api.constrains("barcode", "uom_id")
    def _check_b2c_barcode(self):
        """Only units that say what size they are: others may have any bar code."""
        for size in self:
            if size.b2c_size and not fits(size.barcode, Size(size.b2c_size)):
                raise ValidationError(
                    self.env._(
                        "%(barcode)s is no bar code for %(size)s of %(product)s: the "
                        "length or the check digit is wrong.",
                        barcode=size.barcode,
                        size=size.uom_id.name,
                        product=size.product_id.display_name,
                    )
                )
