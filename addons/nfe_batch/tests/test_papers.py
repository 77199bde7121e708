import base64
from io import BytesIO
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .. import const
from ..models import fiscal_document_papers
from .common import NfeCase

REASON = "Cliente desistiu da compra"


def keys_of(content):
    """Access keys in the order of the pages."""
    pages = PdfReader(BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


@tagged("post_install", "-at_install")
class TestPapers(NfeCase):
    """The label is drawn after the authorisation, the full DANFE when asked for."""

    lot_from = 10

    def _cancel(self, document):
        with self.enter_registry_test_mode():
            document._nfe_cancel(REASON)
        self.assertEqual(document.state_edoc, "cancelada")

    def _count_drawings(self, name):
        """Counts how often a paper is drawn, and draws it all the same."""
        original = getattr(fiscal_document_papers, name)
        return patch.object(fiscal_document_papers, name, side_effect=original)

    def assertKeys(self, content, documents):
        texts = keys_of(content)
        self.assertEqual(len(texts), len(documents))
        for text, document in zip(texts, documents, strict=True):
            self.assertIn(document.document_key, text)

    # === ONE NOTE === #

    def test_label(self):
        document = self._confirm()
        self.assertIn("_nfe_make_papers", self._run_jobs())
        label = document.nfe_label_id
        self.assertTrue(label.raw.startswith(b"%PDF"))
        self.assertEqual(label.mimetype, "application/pdf")
        self.assertIn(document.document_key, label.name)
        action = document.action_nfe_open_label()
        self.assertIn(str(label.id), action["url"])

    def test_danfe_is_drawn_once_and_on_request(self):
        document = self._confirm()
        self._run_jobs()
        self.assertFalse(document.file_report_id)
        with self._count_drawings("Danfe") as drawn:
            action = document.view_pdf()
            self.assertIn(str(document.file_report_id.id), action["url"])
            document.make_pdf()
            self.assertEqual(document.view_pdf(), action)
        self.assertEqual(drawn.call_count, 1)
        self.assertKeys(document.file_report_id.raw, document)

    def test_papers_of_a_cancelled_note_are_drawn_anew(self):
        document = self._confirm()
        self._run_jobs()
        document.view_pdf()
        report, label = document.file_report_id, document.nfe_label_id
        self._cancel(document)
        document.view_pdf()
        document.action_nfe_open_label()
        # The valid ones are gone: nobody prints them by mistake.
        self.assertEqual(document.file_report_id, report)
        self.assertEqual(document.nfe_label_id, label)
        for paper in (report, label):
            self.assertIn("cancelada", paper.name)
            text = PdfReader(BytesIO(paper.raw)).pages[0].extract_text()
            self.assertIn("CANCELADA", text)

    def test_logo_of_the_company(self):
        picture = BytesIO()
        Image.new("RGBA", (1200, 800), (200, 0, 0, 128)).save(picture, "PNG")
        self.company.logo = base64.b64encode(picture.getvalue())
        document = self._confirm()
        self._run_jobs()
        document.view_pdf()
        page = PdfReader(BytesIO(document.file_report_id.raw)).pages[0]
        self.assertTrue(page.images)

    def test_vector_logo_does_not_stop_the_danfe(self):
        self.company.logo = base64.b64encode(b"<svg xmlns='x'/>")
        self.assertIsNone(self.company._nfe_logo())

    def test_no_paper_before_the_authorisation(self):
        document = self._confirm()
        for button in ("action_nfe_open_label", "view_pdf", "action_nfe_print_labels"):
            with self.assertRaisesRegex(UserError, "autorizada"):
                getattr(document, button)()

    def test_papers_belong_to_the_note(self):
        """Who may not see the note may not see its papers."""
        document = self._confirm()
        self._run_jobs()
        document.view_pdf()
        other = self.env["res.company"].create({"name": "Outra Empresa"})
        stranger = new_test_user(
            self.env,
            "nfe_stranger",
            groups="nfe_batch.nfe_batch_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for paper in document.file_report_id + document.nfe_label_id:
            self.assertFalse(paper.public)
            with self.assertRaises(AccessError):
                paper.with_user(stranger).with_context(
                    allowed_company_ids=other.ids
                ).read(["raw"])

    # === MANY NOTES === #

    def test_labels_in_the_order_of_the_wave(self):
        documents = self._confirm(3)
        self._run_jobs()
        wave = documents[2] + documents[0] + documents[1]
        # One whose job did not come yet is drawn now.
        wave[1].nfe_label_id = False
        first, second = wave._nfe_merge_labels(size=2)
        self.assertKeys(first, wave[:2])
        self.assertKeys(second, wave[2:])
        self.assertTrue(wave[1].nfe_label_id)

    def test_selection_leaves_cancelled_notes_out(self):
        documents = self._confirm(3)
        self._run_jobs()
        self._cancel(documents[1])
        with self.assertRaisesRegex(UserError, documents[1].document_number):
            documents._nfe_merge_labels()
        action = documents.with_user(self.user).action_nfe_print_labels()
        self.assertIn(documents[1].document_number, action["params"]["message"])
        package = self._last_package()
        self.assertEqual(package.state, "done")
        self.assertKeys(package.file_ids.raw, documents[0] + documents[2])
        self.assertIn(str(package.file_ids.id), action["params"]["next"]["url"])

    def test_zpl_of_a_selection(self):
        documents = self._confirm(2)
        self._run_jobs()
        text = documents._nfe_merge_labels_zpl()
        self.assertEqual(text.count("^XA"), 2)
        at = [text.index(f">;{doc.document_key}") for doc in documents]
        self.assertEqual(at, sorted(at))
        documents.with_user(self.user).action_nfe_print_zpl()
        self.assertEqual(self._last_package().file_ids.raw.decode(), text)

    def test_many_pages_are_merged_by_a_job(self):
        documents = self._confirm(3)
        self._run_jobs()
        with patch.dict(const.PRINT_NOW, danfe=2):
            action = documents.with_user(self.user).action_nfe_print_danfe()
        package = self._last_package()
        self.assertEqual(package.state, "building")
        self.assertEqual(action["res_id"], package.id)
        self.assertIn("_nfe_build", self._run_jobs())
        self.assertEqual(package.state, "done")
        self.assertKeys(package.file_ids.raw, documents)
        told = self.env["mail.message"].search(
            [("model", "=", "nfe.package"), ("res_id", "=", package.id)]
        )
        self.assertIn(self.user.partner_id, told.partner_ids)

    def _last_package(self):
        return self.env["nfe.package"].search([], limit=1).with_user(self.user)
