from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.marketplace_magalu.domain.adapter import MagaluAdapter
from odoo.addons.marketplace_magalu.domain.errors import INVOICE_ERRORS


@tagged("post_install", "-at_install")
class TestAccount(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Fábrica de Teste"})
        cls.account = cls.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "magalu",
                "company_id": cls.company.id,
                "client_id": "app-1",
                "client_secret": "not-a-real-secret",
            }
        )

    def person(self, group):
        return new_test_user(
            self.env,
            login=f"magalu_{group}",
            groups=f"marketplace_connector.marketplace_connector_group_{group}",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_user_gets_the_adapter_of_the_channel(self):
        adapter = self.account.with_user(self.person("user"))._adapter()
        self.assertIsInstance(adapter, MagaluAdapter)

    def test_connect_sends_the_person_to_magalu(self):
        account = self.account.with_user(self.person("manager"))
        url = account.action_connect()["url"]
        self.assertTrue(url.startswith("https://id.magalu.com/login?"))
        self.assertNotIn("not-a-real-secret", url)

    def test_user_does_not_connect(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.person("user")).action_connect()

    def test_every_known_code_has_a_sentence(self):
        account = self.account.with_context(lang="pt_BR")
        for code in INVOICE_ERRORS.keys() - {"internal_error"}:
            sentence = account._invoice_problem(code, "detalhe")
            self.assertTrue(sentence, code)
            self.assertNotIn(code, sentence)
        self.assertEqual(account._invoice_problem("brand_new", ""), "")
