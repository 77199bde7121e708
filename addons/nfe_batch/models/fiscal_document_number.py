from odoo import models

from odoo.addons.l10n_br_fiscal.constants.fiscal import DOCUMENT_STATE_DRAFT


class FiscalDocumentNumber(models.Model):
    """Numbers in blocks: all that is confirmed in one go locks its series once."""

    _inherit = "l10n_br_fiscal.document"

    def action_document_confirm(self):
        checked = self._nfe_draw_numbers()
        if checked:
            self = self.with_context(nfe_preflighted=tuple(checked.ids))
        return super().action_document_confirm()

    def _nfe_draw_numbers(self):
        """Give the drafts of self that have no number theirs, after a look at all.

        :return: the documents that were looked at and have their number now
        :raises NfePreflightError: the SEFAZ would refuse one; no number is used
        :raises NfeSeriesBusyError: another transaction draws from a series
        """
        drafts = self.filtered(
            lambda doc: (
                doc.nfe_is_batch
                and doc.state_edoc == DOCUMENT_STATE_DRAFT
                and doc.document_serie_id
                and not doc.document_number
            )
        )
        drafts._nfe_preflight()
        # In the order of their ids: two of two series never wait for each other.
        by_serie = drafts.grouped("document_serie_id")
        for serie in drafts.document_serie_id.sorted("id"):
            documents = by_serie[serie]
            numbers = serie._nfe_next_numbers(len(documents))
            for document, number in zip(documents, numbers, strict=True):
                document.write(
                    {"document_serie": serie.code, "document_number": number}
                )
        return drafts
