from brazilfiscalreport.danfe import Danfe, DanfeConfig, DanfeEtiquetaConfig

from odoo import models
from odoo.exceptions import UserError

from ..domain.danfe_label import DanfeLabel


class FiscalDocumentPapers(models.Model):
    """DANFE: the label for the parcel at once, the page only when asked for.

    A label costs a fifth of the page's CPU, and a parcel needs nothing else
    (DANFE Simplificado - Etiqueta, NT 2020.004; Ajuste SINIEF 07/05, cl. 9, § 5º-A).
    """

    _inherit = "l10n_br_fiscal.document"

    def _nfe_make_papers(self):
        """Job: draw the labels of authorised documents that have none."""
        for document in self.filtered(lambda doc: doc.nfe_proc_id):
            if document.nfe_label_id:
                continue
            label = DanfeLabel(
                xml=document.nfe_proc_id.raw.decode(),
                config=DanfeEtiquetaConfig(paper_width=100, paper_height=150),
            )
            document.nfe_label_id = document._nfe_attach_pdf(
                f"DANFE-{document.document_key}-etiqueta.pdf", label
            )

    def make_pdf(self):
        """OCA's hook of "View PDF": the DANFE in A4, drawn on the first click."""
        batch = self.filtered("nfe_is_batch")
        for document in batch:
            if document.nfe_proc_id:
                danfe = Danfe(
                    xml=document.nfe_proc_id.raw.decode(),
                    config=DanfeConfig(
                        watermark_cancelled=document.state_edoc == "cancelada"
                    ),
                )
                document.file_report_id = document._nfe_attach_pdf(
                    f"DANFE-{document.document_key}.pdf", danfe
                )
        return super(FiscalDocumentPapers, self - batch).make_pdf()

    def _nfe_attach_pdf(self, name, report):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "res_model": self._name,
                "res_id": self.id,
                "raw": bytes(report.output()),
                "mimetype": "application/pdf",
            }
        )

    # === BUTTONS === #

    def action_nfe_open_label(self):
        """Open the DANFE label; draws it when the job did not yet."""
        self.ensure_one()
        if not self.nfe_proc_id:
            raise UserError(self.env._("The NF-e is not authorised."))
        self._nfe_make_papers()
        return self._target_new_tab(self.nfe_label_id)

    def action_nfe_open_xml(self):
        """Open the authorised XML (nfeProc), or the signed one before that."""
        self.ensure_one()
        attachment = self.nfe_proc_id or self.nfe_signed_id
        if not attachment:
            raise UserError(self.env._("The NF-e is not signed yet."))
        return self._target_new_tab(attachment)
