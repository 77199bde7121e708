from odoo import fields, models


class ResCountryState(models.Model):
    _inherit = "res.country.state"

    b2c_nfe_cancel_hours = fields.Integer(
        string="NF-e Cancellation Hours",
        default=24,
        help="How long the SEFAZ of this state takes the cancellation of an NF-e.",
    )
