from odoo import api, fields, models

from .. import const
from ..domain import pdf

PAGES_PER_FILE = 50
PAPERS = {"labels": "_nfe_label", "danfe": "_nfe_danfe"}
SIZES = {"labels": const.LABELS_PER_FILE, "danfe": PAGES_PER_FILE, "zpl": 1000}


class NfePackagePrint(models.Model):
    """Merged papers: labels by the hundred, pages by fifty, in the order asked for."""

    _inherit = "nfe.package"

    @api.model
    def _request_print(self, kind, documents):
        """Merge papers: now when they are few, else by a job.

        :param str kind: ``labels``, ``zpl`` or ``danfe``
        :param documents: of one company, in the order of the pages
        :return: ``nfe.package``
        """
        documents.check_access("read")
        documents.company_id.ensure_one()
        label = dict(self._fields["kind"]._description_selection(self.env))[kind]
        moment = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        package = self._request(
            {
                "name": f"{label} {moment:%Y-%m-%d %H%M%S}",
                "company_id": documents.company_id.id,
                "kind": kind,
                "plan": [["note", document_id] for document_id in documents.ids],
            }
        )
        if len(documents) > const.PRINT_NOW[kind]:
            package._queue()
        else:
            # sudo: the user may not write files of a package by hand.
            package.sudo()._build_now()
        return package

    def _prepare_file(self):
        if self.kind not in SIZES:
            return super()._prepare_file()
        position = self.position + SIZES[self.kind]
        ids = [number for _kind, number in self.plan[self.position : position]]
        documents = self.env["l10n_br_fiscal.document"].browse(ids)
        # A note may have been cancelled since it was asked for.
        documents = documents.filtered(lambda doc: doc.company_id == self.company_id)
        documents = documents._nfe_printable()
        if self.kind == "zpl":
            content = "".join(document._nfe_label_zpl() for document in documents)
            return "zpl", content.encode(), position
        paper = PAPERS[self.kind]
        content = pdf.merge(getattr(document, paper)().raw for document in documents)
        return "pdf", content, position
