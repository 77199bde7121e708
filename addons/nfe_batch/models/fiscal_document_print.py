from odoo import models
from odoo.exceptions import UserError
from odoo.tools import split_every

from .. import const
from ..domain import label, pdf, zpl

SHOWN = 10


class FiscalDocumentPrint(models.Model):
    """Papers of many notes in one file, in the order of the recordset (of a wave)."""

    _inherit = "l10n_br_fiscal.document"

    # === FOR OTHER ADDONS === #

    def _nfe_merge_labels(self, size=const.LABELS_PER_FILE):
        """The DANFE labels of self as PDF files, in the order of self.

        Labels that are missing are drawn now. Memory holds one file at a time.

        :param int size: most labels in a file
        :return: iterator of bytes
        :raises UserError: notes that are not authorised, or cancelled; nothing is drawn
        """
        self._nfe_ensure_printable()
        return self._nfe_merge("_nfe_label", size)

    def _nfe_merge_labels_zpl(self):
        """The DANFE labels of self for a thermal printer (203 dpi, 100 × 150 mm).

        :return: str, ZPL II to be sent as UTF-8
        :raises UserError: notes that are not authorised, or cancelled
        """
        self._nfe_ensure_printable()
        return "".join(document._nfe_label_zpl() for document in self)

    def _nfe_ensure_printable(self):
        """:raises UserError: names the notes that no parcel may leave with"""
        refused = self - self._nfe_printable()
        if refused:
            raise UserError(refused._nfe_refused_message())

    # === PAPERS === #

    def _nfe_printable(self):
        """Authorised and not cancelled: the goods may travel with it."""
        return self.filtered(
            lambda doc: doc.nfe_proc_id and doc.state_edoc == "autorizada"
        )

    def _nfe_refused_message(self):
        names = [doc.document_number or doc.display_name for doc in self[:SHOWN]]
        if len(self) > SHOWN:
            names.append("…")
        return self.env._(
            "Not printed, because they are cancelled or not authorised: %(numbers)s.",
            numbers=", ".join(names),
        )

    def _nfe_merge(self, paper, size):
        """:return: iterator of merged PDF files"""
        for ids in split_every(size, self.ids):
            documents = self.browse(ids)
            yield pdf.merge(getattr(document, paper)().raw for document in documents)
            self.env["ir.attachment"].invalidate_model(["raw"])

    def _nfe_label_zpl(self):
        """The DANFE label as ZPL II; cheaper to make than to keep."""
        self.ensure_one()
        config = self._nfe_label_config()
        content = label.read(
            self._nfe_paper_xml().encode(),
            cancelled=config.watermark_cancelled,
            epec_protocol=config.epec_protocol,
        )
        return zpl.label(content)

    # === ACTIONS === #

    def action_nfe_print_labels(self):
        """Print the DANFE labels of the selection, in its order."""
        return self._nfe_print("labels")

    def action_nfe_print_zpl(self):
        """The DANFE labels of the selection for a thermal printer."""
        return self._nfe_print("zpl")

    def action_nfe_print_danfe(self):
        """Print the DANFE pages of the selection."""
        return self._nfe_print("danfe")

    def _nfe_print(self, kind):
        """Merge the papers now, or by a job when there are many.

        Cancelled and unauthorised notes are left out, and told.
        """
        self._nfe_ensure_user()
        documents = self._nfe_printable()
        refused = self - documents
        if not documents:
            raise UserError(refused._nfe_refused_message())
        if len(documents.company_id) > 1:
            raise UserError(self.env._("Print the notes of one company at a time."))
        package = self.env["nfe.package"]._request_print(kind, documents)
        action = package._open_files()
        if not refused:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": refused._nfe_refused_message(),
                "next": action,
            },
        }
