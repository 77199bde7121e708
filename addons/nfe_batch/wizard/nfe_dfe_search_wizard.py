from odoo import fields, models


class NfeDfeSearchWizard(models.TransientModel):
    """Asks for the key of a note that names the company."""

    _name = "nfe.dfe.search.wizard"
    _description = "Search of a Received Note"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    document_key = fields.Char("Key", required=True, size=54)

    def action_search_key(self):
        """Queue the question."""
        self.ensure_one()
        return self.env["nfe.dfe.cursor"]._search_by_key(
            self.company_id, self.document_key
        )
