from odoo import api, models


class ResCompany(models.Model):
    """Mend of ``l10n_br_fiscal`` (19.0.2.10): reading a company must not write it.

    Its ``_compute_fiscal_address`` serves legal nature and main CNAE, and assigns the
    tax framework too: a stored field with a compute method of its own, hence a write
    on the company at each first read. The form of a sale order reads the main CNAE
    for a domain, so nobody without the right to change companies could open it.
    """

    _inherit = "res.company"

    @api.depends("partner_id.legal_nature_id", "partner_id.cnae_main_id")
    def _compute_fiscal_address(self):
        """Mirror what is computed here and nothing else; replaces the original."""
        for company in self:
            company.legal_nature_id = company.partner_id.legal_nature_id
            company.cnae_main_id = company.partner_id.cnae_main_id
