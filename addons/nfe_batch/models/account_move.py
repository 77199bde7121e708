from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Number and queue the notes of all invoices at once, in blocks."""
        numbered = self.fiscal_document_ids._nfe_draw_numbers()
        later = self.with_context(
            nfe_queue_later=True, nfe_preflighted=tuple(numbered.ids)
        )
        posted = super(AccountMove, later)._post(soft=soft).with_env(self.env)
        posted.fiscal_document_id._nfe_queue_send()
        return posted

    def button_cancel(self):
        """An invoice may not go while its NF-e stands at the SEFAZ."""
        standing = self.fiscal_document_id.filtered(
            lambda doc: doc.nfe_is_batch and doc.state_edoc == "autorizada"
        )
        if standing:
            raise UserError(
                self.env._(
                    "The NF-e %(numbers)s is authorised: cancel it at the SEFAZ first.",
                    numbers=", ".join(standing.mapped("document_number")),
                )
            )
        return super().button_cancel()

    def action_nfe_retry(self):
        """Send the NF-e of these invoices again."""
        return self.fiscal_document_id.action_nfe_retry()

    def action_nfe_reissue(self):
        """Issue the sale of the invoice again under a new number."""
        return self.fiscal_document_id.action_nfe_reissue()

    def action_nfe_open_label(self):
        """Open the DANFE label of the invoice."""
        return self.fiscal_document_id.action_nfe_open_label()

    def action_nfe_open_xml(self):
        """Open the XML of the invoice's NF-e."""
        return self.fiscal_document_id.action_nfe_open_xml()
