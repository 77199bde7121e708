from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestPapers(NfeCase):
    """The label is drawn after the authorisation, the full DANFE when asked for."""

    def test_label(self):
        document = self._confirm()
        self.assertIn("_nfe_make_papers", self._run_jobs())
        label = document.nfe_label_id
        self.assertTrue(label.raw.startswith(b"%PDF"))
        self.assertEqual(label.mimetype, "application/pdf")
        self.assertIn(document.document_key, label.name)
        action = document.action_nfe_open_label()
        self.assertIn(str(label.id), action["url"])

    def test_danfe_on_request(self):
        document = self._confirm()
        self._run_jobs()
        self.assertFalse(document.file_report_id)
        document.view_pdf()
        self.assertTrue(document.file_report_id.raw.startswith(b"%PDF"))

    def test_no_label_before_the_authorisation(self):
        document = self._confirm()
        with self.assertRaisesRegex(UserError, "não está autorizada"):
            document.action_nfe_open_label()
