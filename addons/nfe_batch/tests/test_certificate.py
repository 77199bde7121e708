from datetime import datetime, timedelta, timezone

from odoo.tests import tagged

from .common import CNPJ, PASSWORD, NfeCase, authority


@tagged("post_install", "-at_install")
class TestCertificate(NfeCase):
    """Without a valid certificate nothing is lost: the note waits and is sent later."""

    def _expire(self):
        now = datetime.now(timezone.utc)
        pfx = authority().client_pfx(
            CNPJ,
            "INDUSTRIA EXEMPLO LTDA",
            PASSWORD,
            now - timedelta(days=400),
            now - timedelta(days=35),
        )
        valid = self.company.certificate_id
        self.company.certificate_id = self._make_certificate(self.company, pfx)
        return valid

    def test_missing(self):
        self.company.certificate_id = False
        document = self._confirm()
        self.assertEqual(document.state_edoc, "a_enviar")
        self.assertEqual(document.document_number, "1")
        self.assertEqual(document.nfe_transmission, "ready")
        self.assertEqual(document.nfe_problem_code, "certificate_missing")
        self.assertIn("não tem certificado", document.nfe_problem)
        self.assertFalse(document.nfe_signed_id)

    def test_expired_then_renewed(self):
        valid = self._expire()
        document = self._confirm()
        self.assertEqual(document.nfe_problem_code, "certificate_expired")
        self.assertIn("não é válido", document.nfe_problem)
        self._run_jobs()
        self.assertFalse(self.sefaz.log())
        self.company.certificate_id = valid
        document.action_nfe_retry()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertEqual(document.document_number, "1")

    def test_cron_takes_the_new_certificate(self):
        valid = self._expire()
        documents = self._confirm(2)
        self._drop_jobs()
        fiscal = self.env["l10n_br_fiscal.document"]
        fiscal._nfe_cron_retry()
        self.assertFalse(self._run_jobs(), "no job while the certificate is expired")
        self.company.certificate_id = valid
        fiscal._nfe_cron_retry()
        self._run_jobs(rounds=1)
        self.sefaz.clock.advance(timedelta(seconds=5))
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)

    def test_expired_between_signing_and_sending(self):
        document = self._confirm()
        valid = self._expire()
        self._run_jobs()
        self.assertEqual(document.nfe_problem_code, "certificate_expired")
        self.assertEqual(document.nfe_transmission, "ready")
        self.company.certificate_id = valid
        document.action_nfe_retry()
        self._run_jobs()
        self.assertAuthorised(document)

    def test_wrong_password(self):
        self.company.certificate_id.pkcs12_password = "other"
        document = self._confirm()
        self.assertEqual(document.nfe_problem_code, "certificate_invalid")

    def test_xmlsig_signer(self):
        self.company.nfe_signer = "xmlsig"
        document = self._confirm()
        self._run_jobs()
        self.assertAuthorised(document)
