from odoo import api, fields, models

from ..domain.contingency import Sending
from ..domain.endpoints import NORMAL


class NfeAttemptContingency(models.Model):
    """Where a call went: home or an office of contingency."""

    _inherit = "nfe.attempt"

    kind = fields.Selection(
        selection_add=[("epec", "EPEC"), ("status", "Status of the service")],
        ondelete={"epec": "cascade", "status": "cascade"},
    )
    emission_type = fields.Char("tpEmis", help="Form of emission of the notes.")

    @api.model
    def _open(self, documents, kind):
        attempt = super()._open(documents, kind)
        attempt.emission_type = documents[:1]._nfe_emission_type()
        return attempt

    @api.model
    def _open_status(self, company):
        """Create the intent of the question whether home is up."""
        values = {"company_id": company.id, "kind": "status", "emission_type": NORMAL}
        return self.create(values)

    def _as_sending(self):
        """The row as ``domain.contingency`` reads it."""
        return Sending(
            outcome=self.outcome or "", code=int(self.status_code or 0), kind=self.kind
        )
