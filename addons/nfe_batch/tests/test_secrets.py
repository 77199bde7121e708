import base64

from cryptography.hazmat.primitives import serialization

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..hooks import drop_plain_keys
from .common import NfeCase, company_pfx

PLAIN = b"-" * 5 + b"BEGIN PRIVATE KEY"


@tagged("post_install", "-at_install")
class TestSecrets(NfeCase):
    """The company's key: on no disk in the clear, in no user's hands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "nfe_manager",
            groups="nfe_batch.nfe_batch_group_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def test_no_unencrypted_copy_of_the_key(self):
        certificate = self.company.certificate_id
        self.assertTrue(certificate.pem_certificate, "the certificate was read")
        self.assertFalse(certificate.private_key_id)
        kept = self.env["ir.attachment"].search(
            [("res_model", "like", "certificate."), ("res_field", "!=", False)]
        )
        self.assertTrue(kept)
        for attachment in kept:
            self.assertNotIn(PLAIN, attachment.raw)
        self._confirm()
        self._run_jobs()
        self.assertFalse(self.env["certificate.key"].search([]))

    def test_keys_of_before_are_dropped(self):
        certificate = self.company.certificate_id
        key = self.env["certificate.key"].create(
            {
                "name": "copy",
                "content": base64.b64encode(self._plain_key()),
                "company_id": self.company.id,
            }
        )
        certificate.private_key_id = key
        drop_plain_keys(self.env)
        self.assertFalse(key.exists())
        self.assertFalse(certificate.private_key_id)

    def test_other_certificates_keep_core_s_way(self):
        general = self.env["certificate.certificate"].create(
            {
                "name": "general",
                "content": base64.b64encode(company_pfx()),
                "pkcs12_password": "test",
                "company_id": self.company.id,
                "scope": "general",
            }
        )
        self.assertTrue(general.private_key_id)

    def _plain_key(self):
        key = self.company._nfe_credentials().key
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def test_users_read_neither_file_nor_password(self):
        certificate = self.company.certificate_id
        with self.assertRaises(AccessError):
            certificate.with_user(self.user).read(["name"])
        for name in ("content", "pkcs12_password"):
            with self.assertRaises(AccessError):
                certificate.with_user(self.manager).read([name])
            with self.assertRaises(AccessError):
                certificate.with_user(self.manager).search([(name, "!=", False)])
        self.assertTrue(certificate.with_user(self.manager).date_end)
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).read(["nfe_csrt"])

    def test_a_biller_signs_without_reading_the_certificate(self):
        document = self._confirm()
        self._run_jobs()
        self.assertAuthorised(document)
