from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    b2c_reserve_seconds = fields.Integer(
        related="company_id.b2c_reserve_seconds", readonly=False
    )
    b2c_wave_seconds = fields.Integer(
        related="company_id.b2c_wave_seconds", readonly=False
    )
    b2c_pick_seconds = fields.Integer(
        related="company_id.b2c_pick_seconds", readonly=False
    )
    b2c_pack_seconds = fields.Integer(
        related="company_id.b2c_pack_seconds", readonly=False
    )
    b2c_nfe_seconds = fields.Integer(
        related="company_id.b2c_nfe_seconds", readonly=False
    )
    b2c_xml_seconds = fields.Integer(
        related="company_id.b2c_xml_seconds", readonly=False
    )
    b2c_label_seconds = fields.Integer(
        related="company_id.b2c_label_seconds", readonly=False
    )
    b2c_dispatch_seconds = fields.Integer(
        related="company_id.b2c_dispatch_seconds", readonly=False
    )
    b2c_freight_payment_seconds = fields.Integer(
        related="company_id.b2c_freight_payment_seconds", readonly=False
    )
    b2c_refund_seconds = fields.Integer(
        related="company_id.b2c_refund_seconds", readonly=False
    )
    b2c_settlement_seconds = fields.Integer(
        related="company_id.b2c_settlement_seconds", readonly=False
    )
    b2c_override_minutes = fields.Integer(
        related="company_id.b2c_override_minutes", readonly=False
    )
    b2c_hold_unmeasured = fields.Boolean(
        related="company_id.b2c_hold_unmeasured", readonly=False
    )
    b2c_gs1_prefix = fields.Char(related="company_id.b2c_gs1_prefix", readonly=False)
