from odoo import fields, models


class ResCompanyTechnician(models.Model):
    """The code of the technician who answers for this program (CSRT, NT 2018.005)."""

    _inherit = "res.company"

    nfe_csrt_id = fields.Char(
        "CSRT Number",
        size=2,
        copy=False,
        groups="base.group_system",
        help="Two digits; only for states that gave the technician a code.",
    )
    nfe_csrt = fields.Char(
        "CSRT",
        copy=False,
        groups="base.group_system",
        help="The secret code itself: each NF-e tells its hash with the access key.",
    )
