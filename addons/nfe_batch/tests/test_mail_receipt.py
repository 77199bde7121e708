from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import MockSmtplibCase

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestMailReceipt(NfeCase, MockSmtplibCase):
    """Who has the XML, since when, and what the mail server said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "fiscal@example.com"
        cls.env["nfe.receiver"].create(
            {
                "company_id": cls.company.id,
                "partner_id": cls.env["res.partner"]
                .create({"name": "Seguradora", "email": "sinistro@example.com"})
                .id,
                "role": "insurer",
                "every_note": True,
                "sla_hours": 2,
            }
        )

    def _planned(self):
        document = self._confirm()
        self._run_jobs(rounds=1)
        self.assertAuthorised(document)
        return self.env["nfe.delivery"].search([("document_id", "=", document.id)])

    def _queued(self):
        row = self._planned()
        self._run_jobs()
        return row

    def _refuse(self, row):
        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            self.mock_smtplib_connection(),
        ):
            self.connect_mocked.side_effect = ConnectionRefusedError("no server")
            row.mail_id.send()

    def test_planned_before_its_job_runs(self):
        row = self._planned()
        self.assertEqual((row.state, row.role), ("waiting", "insurer"))
        promised = (row.due_at - fields.Datetime.now()).total_seconds()
        self.assertAlmostEqual(promised, 7200, delta=120)

    def test_mail_server_took_it(self):
        row = self._queued()
        self.assertEqual(row.state, "queued")
        self.assertIn("@", row.receipt)
        with self.mock_smtplib_connection():
            row.mail_id.send()
        self.assertEqual(row.state, "sent")
        self.assertTrue(row.sent_at)

    def test_mail_server_is_down_and_the_cron_tries_again(self):
        row = self._queued()
        self._refuse(row)
        self.assertEqual(row.state, "failed")
        self.assertTrue(row.problem)
        row.next_try = fields.Datetime.now()
        row._nfe_cron_deliveries()
        self.assertEqual((row.state, row.mail_id.state), ("queued", "outgoing"))
        with self.mock_smtplib_connection():
            row.mail_id.send()
        self.assertEqual(row.state, "sent")

    def test_person_sends_again_what_is_gone(self):
        row = self._queued()
        self._refuse(row)
        row.mail_id.unlink()
        row.with_user(self.user).action_send_again()
        self._run_jobs()
        self.assertEqual((row.state, row.tries), ("queued", 2))
