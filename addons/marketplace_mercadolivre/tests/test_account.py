from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.marketplace_mercadolivre.const import API_URL
from odoo.addons.marketplace_mercadolivre.domain.adapter import MercadoLivreAdapter

from .common import MercadoLivreCase


@tagged("post_install", "-at_install")
class TestAccount(MercadoLivreCase):
    def test_user_gets_the_adapter_of_the_channel(self):
        adapter = self.account.with_user(self.user)._adapter()
        self.assertIsInstance(adapter, MercadoLivreAdapter)
        self.assertEqual(adapter.code, "mercadolivre")
        self.assertEqual(adapter._client._http.base_url, API_URL)

    def test_address_of_the_account_is_used(self):
        self.account.base_url = "http://127.0.0.1:8899/"
        adapter = self.account._adapter()
        self.assertEqual(adapter._client._http.base_url, "http://127.0.0.1:8899")
        url = adapter.authorize_url("1.nonce", "https://erp.example/cb")
        self.assertTrue(url.startswith("http://127.0.0.1:8899/authorization?"))

    def test_adapter_knows_the_account(self):
        self.account.external_ref = "478055000"
        adapter = self.account._adapter()
        self.assertEqual(adapter._seller, "478055000")
        self.assertEqual(adapter._app.client_id, "7000000000000001")

    def test_connect_sends_the_person_to_mercado_livre(self):
        account = self.account.with_user(self.manager)
        action = account.action_connect()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertTrue(action["url"].startswith("https://auth.mercadolivre.com.br/"))
        self.assertIn("code_challenge_method=S256", action["url"])
        self.assertNotIn("not-a-real-secret", action["url"])

    def test_secrets_are_not_for_the_manager(self):
        account = self.account.with_user(self.manager)
        with self.assertRaises(AccessError):
            account.read(["client_secret"])

    def test_user_does_not_connect(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).action_connect()

    def test_channel_has_a_name(self):
        selection = self.account._fields["channel"]._description_selection(self.env)
        self.assertIn(("mercadolivre", "Mercado Livre"), selection)
