from odoo import api, fields, models

from ..const import SIZE_SELECTION


class UomUom(models.Model):
    _inherit = "uom.uom"

    b2c_size = fields.Selection(
        SIZE_SELECTION,
        string="Size",
        compute="_compute_b2c_size",
        store=True,
        readonly=False,
        help="What this unit is in the warehouse; its bar codes are checked "
        "accordingly (unit: GTIN-13, carton: DUN-14, pallet: DUN-14 or SSCC).",
    )

    @api.depends("package_type_id.b2c_size")
    def _compute_b2c_size(self):
        for uom in self:
            uom.b2c_size = uom.package_type_id.b2c_size or uom.b2c_size
