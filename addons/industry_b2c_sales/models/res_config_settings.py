from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    b2c_wave_seconds = fields.Integer(
        related="company_id.b2c_wave_seconds", readonly=False
    )
    b2c_pack_seconds = fields.Integer(
        related="company_id.b2c_pack_seconds", readonly=False
    )
    b2c_send_seconds = fields.Integer(
        related="company_id.b2c_send_seconds", readonly=False
    )
    b2c_dispatch_seconds = fields.Integer(
        related="company_id.b2c_dispatch_seconds", readonly=False
    )
    b2c_gs1_prefix = fields.Char(related="company_id.b2c_gs1_prefix", readonly=False)
