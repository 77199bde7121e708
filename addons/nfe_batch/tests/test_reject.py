from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestReject(NfeCase):
    """A business rule refuses the note: message on the record, same number later."""

    def test_rejection_names_the_reason(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        self.assertEqual(document.state_edoc, "rejeitada")
        self.assertEqual(document.nfe_transmission, "done")
        self.assertEqual(document.nfe_problem_code, "sefaz_778")
        self.assertIn("A SEFAZ rejeitou a NF-e: 778", document.nfe_problem)
        self.assertEqual(document.status_code, "778")

    def test_corrected_and_sent_under_the_same_number(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        number = document.document_number
        self.partner.street_name = "Rua Nova"
        document.action_nfe_retry()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.document_number, number)
        self.assertIn(b"Rua Nova", document.nfe_proc_id.raw)

    def test_retry_of_a_note_that_is_still_wrong(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        self.partner.zip = "123"
        document.action_nfe_retry()
        self.assertEqual(document.nfe_problem_code, "preflight")
        self.assertIn("CEP", document.nfe_problem)
        self.assertFalse(self._run_jobs())

    def test_back_to_draft_and_confirmed_again(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        number, key = document.document_number, document.document_key
        document.action_document_back2draft()
        self.assertEqual(document.nfe_transmission, "none")
        self.assertFalse(document.nfe_problem_code)
        document.action_document_confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(
            (document.document_number, document.document_key), (number, key)
        )

    def test_number_taken_by_another_key(self):
        document = self._confirm()
        self.sefaz.fault(
            "NFeAutorizacao4",
            "cstat",
            cstat=539,
            message=f"chNFe:{document.document_key}",
        )
        self._run_jobs()
        self.assertEqual(document.nfe_problem_code, "duplicate_other_key")
        with self.assertRaisesRegex(Exception, "já está ocupado na SEFAZ"):
            document.action_nfe_retry()


@tagged("post_install", "-at_install")
class TestMonth(NfeCase):
    """The key holds the month of issue."""

    def test_never_sent_gets_a_key_of_the_new_month(self):
        document = self._make_document()
        document.document_date = fields.Datetime.now() - timedelta(days=35)
        document.action_document_confirm()
        self._drop_jobs()
        number, key = document.document_number, document.document_key
        document.action_document_back2draft()
        document.action_document_confirm()
        self.assertEqual(document.document_number, number)
        self.assertNotEqual(document.document_key[2:6], key[2:6])
        self._run_jobs()
        self.assertAuthorised(document)
