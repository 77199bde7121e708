from odoo import models
from odoo.fields import Domain

from .nfe_voiding import LIVE_STATES


class DocumentSerie(models.Model):
    _inherit = "l10n_br_fiscal.document.serie"

    def _is_invalid_number(self, document_number):
        """Numbers that are voided, or on their way to be, are not drawn again."""
        return super()._is_invalid_number(document_number) or self._nfe_is_void(
            int(document_number)
        )

    def _nfe_is_void(self, number):
        # sudo: whoever confirms a document need not read the voidings.
        voidings = self.env["nfe.voiding"].sudo().with_context(active_test=False)
        held = voidings._overlap_domain(self, number, number)
        return bool(
            voidings.search_count(held & Domain("state", "in", LIVE_STATES), limit=1)
        )
