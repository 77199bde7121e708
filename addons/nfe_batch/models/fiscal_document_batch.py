from odoo import fields, models

NAMES = 10
"""A message names no more notes than this."""


class FiscalDocumentBatch(models.Model):
    """The load that a note travels with."""

    _inherit = "l10n_br_fiscal.document"

    nfe_batch_id = fields.Many2one(
        "nfe.batch",
        "NF-e Batch",
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )

    def _nfe_names(self):
        """Some notes in a message: series and number, or the customer before that."""
        names = [
            f"{doc.document_serie}/{doc.document_number}"
            if doc.document_number
            else doc.partner_id.name or str(doc.id)
            for doc in self[:NAMES]
        ]
        more = ["…"] if len(self) > NAMES else []
        return ", ".join(names + more)

    def action_nfe_batch_add(self):
        """Open the wizard that puts these notes into a batch."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put into a Batch"),
            "res_model": "nfe.batch.add",
            "view_mode": "form",
            "target": "new",
            "context": {"default_document_ids": [fields.Command.set(self.ids)]},
        }
