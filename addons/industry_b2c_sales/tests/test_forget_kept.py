from base64 import b64encode
from dataclasses import replace

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import CPFS, intake, line
from .test_consumer_privacy import PrivacyCase
from .test_import import CONSUMER, row, text


@tagged("post_install", "-at_install")
class TestForgetKept(PrivacyCase):
    """Nothing of a forgotten consumer stays in the work queue or in files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls.env["b2c.import.layout"].create(
            {"name": "Loja", "source": "loja/1"}
        )

    def forget(self):
        self.as_(self.officer).action_b2c_forget()
        self.env.flush_all()

    def other(self, external_id, **changes):
        consumer = replace(intake("1").consumer, vat=CPFS[1])
        return intake(external_id, consumer=consumer, **changes)

    def upload(self, *rows):
        files = self.env["b2c.import"].with_user(self.seller)
        return files.create(
            {"layout_id": self.layout.id, "file": b64encode(text(*rows))}
        )

    def kept(self, table):
        """Does the database still hold the number anywhere in this table?"""
        digits = f"regexp_replace({table}::text, '[.-]', '', 'g')"
        query = f"SELECT 1 FROM {table} WHERE {digits} LIKE %s"
        self.env.cr.execute(query, [f"%{CPFS[0]}%"])
        return bool(self.env.cr.rowcount)

    def test_open_issue_is_closed_and_says_why(self):
        mine, others = self.issues.browse(
            [
                result.issue_id
                for result in self.orders._b2c_intake(
                    [
                        intake("1", (line("NONE"),)),
                        self.other("2", lines=(line("NONE"),)),
                    ]
                )
            ]
        )
        self.assertTrue(self.kept("b2c_issue"))
        self.forget()
        self.assertFalse(self.kept("b2c_issue"))
        self.assertEqual(mine.state, "solved")
        self.assertIn("esquec", mine.suggestion)
        self.assertEqual(others.state, "open")
        self.assertTrue(others.sudo().payload)

    def test_issue_of_another_company_stays(self):
        issue = self.issues.browse(
            self.orders._b2c_intake([intake("1", (line("NONE"),))])[0].issue_id
        )
        issue.sudo().company_id = self._make_company("Outra", "46312887000154")
        self.forget()
        self.assertEqual(issue.state, "open")

    def test_rows_that_wait_are_not_taken_in(self):
        upload = self.upload(
            row("1"), row("2", consumer=CONSUMER.replace("529.982.247-25", CPFS[1]))
        )
        upload.action_check()
        self.assertTrue(self.kept("b2c_import_row"))
        self.forget()
        self.assertFalse(self.kept("b2c_import_row"))
        self.assertFalse(upload.file)
        with trap_jobs() as trap:
            upload.action_import()
            trap.perform_enqueued_jobs()
        self.assertEqual(upload.row_ids.mapped("outcome"), ["skipped", "created"])
        with self.assertRaises(UserError):
            upload.action_check()

    def test_file_that_brought_an_order_goes(self):
        upload = self.upload(row("1"))
        other = CONSUMER.replace("529.982.247-25", CPFS[1])
        untouched = self.upload(row("2", consumer=other))
        with trap_jobs() as trap:
            (upload | untouched).action_import()
            for job in trap.enqueued_jobs[:]:
                if job.method_name == "_take_in":
                    job.perform()
        order = upload.row_ids.order_id
        self.assertEqual(order.partner_id, self.consumer)
        order._action_cancel()
        self.forget()
        self.assertFalse(upload.file)
        self.assertTrue(untouched.file)
