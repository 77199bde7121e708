from odoo import fields, models

from ..const import SIZE_SELECTION


class StockLocation(models.Model):
    _inherit = "stock.location"

    b2c_size = fields.Selection(
        SIZE_SELECTION,
        string="Handled By",
        help="How goods lie here and below. Single units of consumer orders are not "
        "taken from closed cartons and pallets; a task opens one for the unit pick "
        "face.",
    )
