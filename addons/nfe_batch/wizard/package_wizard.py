from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import package as naming


class NfePackageWizard(models.TransientModel):
    """Asks for the XML of a period."""

    _name = "nfe.package.wizard"
    _description = "Download the XML of a Period"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_first = fields.Date(
        "From", required=True, default=lambda self: self._last_month()[0]
    )
    date_last = fields.Date(
        "To", required=True, default=lambda self: self._last_month()[1]
    )
    with_notes = fields.Boolean("NF-e", default=True)
    with_cancellations = fields.Boolean("Cancellations", default=True)
    with_events = fields.Boolean("Correction letters and other events", default=True)
    with_voidings = fields.Boolean("Voided numbers", default=True)
    mask_cpf = fields.Boolean("CPF masked in the index", default=True)

    @api.model
    def _last_month(self):
        return naming.month_before(fields.Date.context_today(self))

    def action_download(self):
        """Queue the package and show it."""
        self.ensure_one()
        self.env["l10n_br_fiscal.document"]._nfe_ensure_user()
        if self.date_first > self.date_last:
            raise UserError(self.env._("The period ends before it begins."))
        package = self.env["nfe.package"]._request_xml(
            {
                "company_id": self.company_id.id,
                "date_first": self.date_first,
                "date_last": self.date_last,
                "with_notes": self.with_notes,
                "with_cancellations": self.with_cancellations,
                "with_events": self.with_events,
                "with_voidings": self.with_voidings,
                "mask_cpf": self.mask_cpf,
            }
        )
        return package._open_files()
