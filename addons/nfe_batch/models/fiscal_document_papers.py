from brazilfiscalreport.danfe import Danfe, DanfeConfig, DanfeEtiquetaConfig

from odoo import models
from odoo.exceptions import UserError

from ..domain.danfe_label import DanfeLabel


class FiscalDocumentPapers(models.Model):
    """DANFE: the label for the parcel at once, the page only when asked for.

    A label costs a fifth of the page's CPU, and a parcel needs nothing else
    (DANFE Simplificado - Etiqueta, NT 2020.004; Ajuste SINIEF 07/05, cl. 9, § 5º-A).
    Both are drawn once and printed again from the attachment, until the situation of
    the note changes: the paper of a cancelled note bears a watermark.
    """

    _inherit = "l10n_br_fiscal.document"

    def _nfe_make_papers(self):
        """Job: draw the labels of authorised documents that have none."""
        for document in self.filtered("nfe_proc_id"):
            document._nfe_label()

    # === HOOKS === #

    def _nfe_label_config(self):
        """Hook: how the label is drawn (``DanfeEtiquetaConfig``, in millimetres)."""
        self.ensure_one()
        return DanfeEtiquetaConfig(
            paper_width=100,
            paper_height=150,
            watermark_cancelled=self._nfe_is_cancelled(),
        )

    def _nfe_danfe_config(self):
        """Hook: how the page is drawn. The layout follows dhEmi (NT 2026.010)."""
        self.ensure_one()
        return DanfeConfig(
            logo=self.company_id._nfe_logo(),
            watermark_cancelled=self._nfe_is_cancelled(),
        )

    # === PAPERS === #

    def _nfe_is_cancelled(self):
        return self.state_edoc == "cancelada"

    def _nfe_paper_xml(self):
        """The authorised XML, as a text: what every paper is drawn from."""
        return self.nfe_proc_id.raw.decode()

    def _nfe_label(self):
        """The DANFE label in PDF, drawn when there is none of today's situation.

        :return: ``ir.attachment``
        """
        return self._nfe_paper(
            "nfe_label_id",
            "-etiqueta",
            lambda: DanfeLabel(self._nfe_paper_xml(), self._nfe_label_config()),
        )

    def _nfe_danfe(self):
        """The DANFE in A4, drawn when there is none of today's situation.

        :return: ``ir.attachment``
        """
        return self._nfe_paper(
            "file_report_id",
            "",
            lambda: Danfe(self._nfe_paper_xml(), self._nfe_danfe_config()),
        )

    def _nfe_paper(self, field, suffix, draw):
        """The name of a paper tells the situation that it was drawn in."""
        self.ensure_one()
        situation = "-cancelada" if self._nfe_is_cancelled() else ""
        name = f"DANFE-{self.document_key}{suffix}{situation}.pdf"
        paper = self[field]
        if paper.name == name:
            return paper
        if paper:
            # A valid paper of a cancelled note must not lie about any more.
            paper.write({"name": name, "raw": bytes(draw().output())})
        else:
            self[field] = self._nfe_attach_pdf(name, draw())
        return self[field]

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

    # === OCA'S HOOKS === #

    def make_pdf(self):
        """OCA's hook of "View PDF": the DANFE in A4, drawn on the first click."""
        batch = self.filtered("nfe_is_batch")
        for document in batch.filtered("nfe_proc_id"):
            document._nfe_danfe()
        return super(FiscalDocumentPapers, self - batch).make_pdf()

    def view_pdf(self):
        """OCA's button; one that was drawn before is looked at again, for it may be
        of a note that was cancelled since."""
        self.ensure_one()
        if not self.nfe_is_batch:
            return super().view_pdf()
        self._nfe_ensure_authorised()
        return self._target_new_tab(self._nfe_danfe())

    # === BUTTONS === #

    def _nfe_ensure_authorised(self):
        """:raises UserError: there is nothing to print yet"""
        if not self.nfe_proc_id:
            raise UserError(self.env._("The NF-e is not authorised."))

    def action_nfe_open_label(self):
        """Open the DANFE label; draws it when the job did not yet."""
        self.ensure_one()
        self._nfe_ensure_authorised()
        return self._target_new_tab(self._nfe_label())

    def action_nfe_open_xml(self):
        """Open the authorised XML (nfeProc), or the signed one before that."""
        self.ensure_one()
        attachment = self.nfe_proc_id or self.nfe_signed_id
        if not attachment:
            raise UserError(self.env._("The NF-e is not signed yet."))
        return self._target_new_tab(attachment)
