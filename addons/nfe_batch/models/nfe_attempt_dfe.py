from odoo import api, fields, models


class NfeAttemptDfe(models.Model):
    """The questions for documents of interest; they have no documents of ours.

    Their answers are not kept with them: each document is kept on its own.
    """

    _inherit = "nfe.attempt"

    kind = fields.Selection(
        selection_add=[
            ("distribution", "Received documents"),
            ("dfe_search", "Search by key"),
        ],
        ondelete={"distribution": "cascade", "dfe_search": "cascade"},
    )

    @api.model
    def _open_question(self, company, kind):
        """Create the intent of a question that changes nothing at the SEFAZ."""
        return self.create(
            {
                "company_id": company.id,
                "kind": kind,
                "job_uuid": self.env.context.get("job_uuid"),
            }
        )
