from odoo import api, fields, models
from odoo.exceptions import UserError


class NfeBatchAdd(models.TransientModel):
    """Puts selected notes into an open batch, or into a new one."""

    _name = "nfe.batch.add"
    _description = "Put Notes into a Batch"

    document_ids = fields.Many2many(
        "l10n_br_fiscal.document", string="Notes", required=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    batch_id = fields.Many2one(
        "nfe.batch",
        "Open Batch",
        domain="[('state', '=', 'open'), ('company_id', '=', company_id)]",
    )
    name = fields.Char("New Batch")
    deadline = fields.Datetime("Pick-up")

    @api.depends("document_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.document_ids.company_id[:1]

    def action_add(self):
        """Put the notes into the batch and show it.

        :raises UserError: the batch is not said, or a note cannot be in it
        """
        self.ensure_one()
        if self.batch_id:
            batch = self.batch_id
            batch._add(self.document_ids)
        elif self.name and self.deadline:
            batch = self.env["nfe.batch"]._nfe_batch_of(
                self.document_ids, name=self.name, deadline=self.deadline
            )
        else:
            raise UserError(
                self.env._("Choose an open batch, or name a new one and its pick-up.")
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "nfe.batch",
            "res_id": batch.id,
            "view_mode": "form",
        }
