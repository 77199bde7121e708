from odoo import fields, models


class AccountMoveSearch(models.Model):
    _inherit = "account.move"

    # Notes are searched for by their order; several orders may stand in it.
    invoice_origin = fields.Char(index="trigram")
