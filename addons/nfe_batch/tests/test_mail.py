from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NfeCase

REASON = "Cliente desistiu da compra"
LETTER = "O bairro do destinatário é Vila Nova"


@tagged("post_install", "-at_install")
class TestMail(NfeCase):
    """XML and DANFE by e-mail to those who want them; a mail never stops a note."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "maria@example.com"
        cls.company.email = "fiscal@example.com"

    def _mails(self, document):
        """What waits in Odoo's outgoing queue, in the order it came."""
        return self.env["mail.mail"].search(
            [
                ("model", "=", "l10n_br_fiscal.event"),
                ("res_id", "in", document.event_ids.ids),
            ],
            order="id",
        )

    def _authorise(self, **values):
        document = self._confirm(**values)
        self._run_jobs()
        self.assertAuthorised(document)
        return document

    def _receiver(self, **values):
        partner = self.env["res.partner"].create(
            {"name": "Seguradora", "email": "sinistro@example.com"}
        )
        return self.env["nfe.receiver"].create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "every_note": True,
                **values,
            }
        )

    def test_nobody_by_default(self):
        document = self._authorise()
        self.assertFalse(self._mails(document))
        self.assertFalse(document.file_report_id)

    def test_customer_who_wants_it(self):
        self.partner.write({"nfe_mail": "always", "nfe_email": "nfe@example.com"})
        document = self._authorise()
        mail = self._mails(document)
        self.assertEqual(mail.email_to, "nfe@example.com")
        self.assertIn(document.document_number, mail.subject)
        self.assertIn("Chave de acesso", mail.body_html)
        self.assertEqual(
            mail.attachment_ids, document.nfe_proc_id + document.file_report_id
        )
        # They stay where their rights come from.
        self.assertEqual(document.file_report_id.res_model, document._name)
        self.assertEqual(document.file_report_id.res_id, document.id)

    def test_policy_of_the_company(self):
        document = self._make_document()
        for policy, wanted in (("never", False), ("company", False), ("all", True)):
            self.company.nfe_mail_customer = policy
            self.assertEqual(document._nfe_mails_customer(), wanted, policy)
        with patch.object(
            type(document), "_nfe_prepare_intermediary", return_value=object()
        ):
            self.assertFalse(document._nfe_mails_customer())
        self.partner.nfe_mail = "never"
        self.assertFalse(document._nfe_mails_customer())
        self.company.nfe_mail_customer = "company"
        self.partner.write({"nfe_mail": False, "is_company": True})
        self.assertTrue(document._nfe_mails_customer())

    def test_cancellation_and_letter_follow(self):
        self._receiver()
        document = self._authorise()
        document._nfe_queue_correction(LETTER)
        self._run_jobs()
        with self.enter_registry_test_mode():
            document._nfe_cancel(REASON)
        self._run_jobs()
        note, letter, cancellation = self._mails(document)
        self.assertEqual(
            (note + letter + cancellation).mapped("email_to"),
            ["sinistro@example.com"] * 3,
        )
        self.assertIn(LETTER, letter.body_html)
        record = document.correction_event_ids
        self.assertEqual(
            letter.attachment_ids, record.file_response_id + record.nfe_pdf_id
        )
        self.assertEqual(cancellation.attachment_ids, document.cancel_file_id)

    def test_only_notes_of_the_operation(self):
        other = self.env.ref("l10n_br_fiscal.fo_bonificacao")
        self._receiver(fiscal_operation_ids=other.ids)
        self.assertFalse(self._mails(self._authorise()))

    def test_job_that_runs_twice_sends_once(self):
        self._receiver()
        document = self._authorise()
        document.authorization_event_id._nfe_mail("nfe_batch.mail_template_note")
        self.assertEqual(len(self._mails(document)), 1)
        delivery = self.env["nfe.delivery"].search([("document_id", "=", document.id)])
        self.assertEqual(delivery.email, "sinistro@example.com")

    def test_wrong_template_does_not_stop_the_note(self):
        self._receiver()
        template = self.env.ref("nfe_batch.mail_template_note")
        template.subject = "{{ object.nothing_like_that }}"
        document = self._confirm()
        self._run_jobs(rounds=1)
        self.assertAuthorised(document)
        jobs = self.env["queue.job"].search([("state", "=", "pending")])
        self.assertIn("_nfe_mail", jobs.mapped("method_name"))
        with (
            self.assertRaises(UserError),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            document.authorization_event_id._nfe_mail("nfe_batch.mail_template_note")
