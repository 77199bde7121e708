from odoo import models
from odoo.exceptions import UserError

from ..domain.burnt import fate_of


class FiscalDocumentVoided(models.Model):
    """A number that is voided, or on its way to be, does not come back to life."""

    _inherit = "l10n_br_fiscal.document"

    def _nfe_fate(self):
        """What became of the number of the document (``domain.burnt.Fate``)."""
        self.ensure_one()
        return fate_of(
            state=self.state_edoc or "",
            protocol=self.authorization_protocol or "",
            transmission=self.nfe_transmission or "",
            status_code=self.status_code or "",
        )

    def _before_document_back2draft(self):
        if self.nfe_is_batch and self._nfe_number_is_void():
            raise UserError(
                self.env._(
                    "The number %(number)s is voided at the SEFAZ, or is being voided. "
                    "Make a new NF-e.",
                    number=self.document_number,
                )
            )
        return super()._before_document_back2draft()

    def _nfe_number_is_void(self):
        number = self.document_number or ""
        serie = self.document_serie_id
        return number.isdigit() and serie._is_invalid_number(number)
