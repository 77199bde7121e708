from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestSecurity(NfeCase):
    """Who may see and do what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Outra Empresa"})
        cls.stranger = new_test_user(
            cls.env,
            "nfe_stranger",
            groups="nfe_batch.nfe_batch_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        cls.clerk = new_test_user(
            cls.env,
            "nfe_clerk",
            groups="base.group_user,l10n_br_fiscal.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_other_company_is_denied(self):
        document = self._confirm()
        self._run_jobs()
        attempt = document.nfe_attempt_ids
        with self.assertRaises(AccessError):
            self._as_stranger(attempt).read(["status_code"])
        with self.assertRaises(AccessError):
            self._as_stranger(document).action_nfe_retry()
        self.assertFalse(self._as_stranger(attempt).search([]))

    def _as_stranger(self, records):
        companies = self.stranger.company_ids.ids
        return records.with_user(self.stranger).with_context(
            allowed_company_ids=companies
        )

    def test_user_reads_attempts_but_not_what_was_exchanged(self):
        document = self._confirm()
        self._run_jobs()
        attempt = document.nfe_attempt_ids.with_user(self.user)
        self.assertEqual(attempt.status_code, "100")
        with self.assertRaises(AccessError):
            attempt.read(["request"])
        with self.assertRaises(AccessError):
            attempt.write({"status_code": "101"})

    def test_without_the_group_no_retry(self):
        document = self._confirm()
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_nfe_retry()

    def test_trusted_authorities_are_for_the_system(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.user).read(["nfe_ca_bundle"])
