from odoo import fields, models


class FiscalDocumentLine(models.Model):
    _inherit = "l10n_br_fiscal.document.line"

    # Every new partner looks for its lines: without the index that reads them all.
    partner_id = fields.Many2one(index=True)
