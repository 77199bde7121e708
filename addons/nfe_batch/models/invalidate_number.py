from odoo import models
from odoo.exceptions import UserError

from .. import const


class InvalidateNumber(models.Model):
    _inherit = "l10n_br_fiscal.invalidate.number"

    def _invalidate(self, document_id=None):
        """OCA marks numbers as voided without a word to the SEFAZ; ours go there."""
        ours = self.company_id.processador_edoc == const.PROCESSOR
        if ours and self.document_type_id.code == const.MODEL_NFE:
            raise UserError(
                self.env._(
                    "Numbers of the NF-e are voided at the SEFAZ: NF-e / Voiding of "
                    "Numbers. To give up the number of a refused note, set the note "
                    "back to draft and cancel it first."
                )
            )
        return super()._invalidate(document_id)
