from odoo import api, fields, models

from .. import const


class NfeAttemptVoiding(models.Model):
    """The attempts of a voiding; they have no documents."""

    _inherit = "nfe.attempt"

    kind = fields.Selection(
        selection_add=[("void", "Voiding of numbers")], ondelete={"void": "cascade"}
    )
    voiding_id = fields.Many2one(
        "nfe.voiding", index="btree_not_null", ondelete="set null"
    )

    @api.model
    def _open_voiding(self, voiding):
        """Create the intent of a call for one voiding."""
        return self.create(
            {
                "company_id": voiding.company_id.id,
                "kind": "void",
                "voiding_id": voiding.id,
                "job_uuid": self.env.context.get("job_uuid"),
            }
        )

    def _bury(self):
        """A voiding whose process died is unknown: the same bytes go again."""
        documents = super()._bury()
        dead = self.filtered(lambda row: row.outcome == "interrupted")
        for voiding in dead.voiding_id.filtered(lambda row: row.state == "sending"):
            voiding.state = "unknown"
            voiding._nfe_delay("_nfe_void", const.SEND_CHANNEL)
        return documents
