from datetime import datetime, timedelta, timezone

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models.res_company_address import ADDRESS
from .common import CNPJ, PASSWORD, NfeCase, authority


@tagged("post_install", "-at_install")
class TestConfigCheck(NfeCase):
    """What is missing is told before the first note, the certificate in time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "nfe_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
            lang="pt_BR",
        )

    def _check(self):
        checks = self.env["nfe.config.check"].with_user(self.manager)
        checks = checks.with_context(allowed_company_ids=self.company.ids)
        return checks.search(checks.action_check()["domain"])

    def _told(self, words):
        return self._check().filtered(lambda row: words in row.message)

    def _ends_in(self, days):
        now = datetime.now(timezone.utc)
        pfx = authority().client_pfx(
            CNPJ,
            "INDUSTRIA EXEMPLO LTDA",
            PASSWORD,
            now - timedelta(days=300),
            now + timedelta(days=days),
        )
        self.company.certificate_id = self._make_certificate(self.company, pfx)

    def test_a_company_that_is_ready(self):
        self.assertFalse(self._check().filtered(lambda row: row.severity == "error"))
        self.assertTrue(self._told("Homologação"))

    def test_form_of_a_brazilian_company_opens(self):
        view = self.company.get_view(view_type="form")
        address = etree.fromstring(view["arch"]).xpath(ADDRESS)
        self.assertTrue(address)
        known = set(self.company._fields)
        self.assertLessEqual({node.get("name") for node in address}, known)

    def test_what_is_missing_and_where(self):
        self.company.certificate_id = False
        self.company.partner_id.zip = "123"
        for words in ("certificado e-CNPJ", "CEP"):
            row = self._told(words)
            self.assertEqual(row.severity, "error")
            self.assertEqual(row.action_fix()["res_id"], self.company.id)

    def test_simulator_in_production(self):
        self.company.nfe_environment = "1"
        self.assertEqual(self._told("Produção").severity, "error")

    def test_cron_that_is_off(self):
        self.env.ref("nfe_batch.ir_cron_nfe_retry").active = False
        self.assertEqual(self._told("desligada").severity, "warning")

    def test_only_for_managers(self):
        with self.assertRaises(AccessError):
            self.env["nfe.config.check"].with_user(self.user).action_check()

    def test_alarm_is_told_once_per_threshold(self):
        activities = self.env["mail.activity"].search
        own = [("user_id", "=", self.manager.id)]
        for days, told in ((40, 0), (29, 1), (29, 1), (6, 2), (0.5, 3)):
            certificate = self.company.certificate_id
            self._ends_in(days)
            # The same certificate, as time goes by.
            if self.company.nfe_certificate_told:
                _id, _sep, threshold = self.company.nfe_certificate_told.partition(":")
                self.company.nfe_certificate_told = (
                    f"{self.company.certificate_id.id}:{threshold}"
                )
            certificate.active = False
            self.env["res.company"]._nfe_cron_certificates()
            self.assertEqual(len(activities(own)), told, days)
        self.assertIn("certificado", activities(own)[0].summary)

    def test_a_new_certificate_is_a_new_story(self):
        self._ends_in(5)
        self.env["res.company"]._nfe_cron_certificates()
        self._ends_in(20)
        self.env["res.company"]._nfe_cron_certificates()
        own = [("user_id", "=", self.manager.id)]
        self.assertEqual(len(self.env["mail.activity"].search(own)), 2)
