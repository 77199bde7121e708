from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.marketplace_shopee.const import API_URL
from odoo.addons.marketplace_shopee.domain.adapter import ShopeeAdapter

from .common import ShopeeCase


@tagged("post_install", "-at_install")
class TestAccount(ShopeeCase):
    def test_user_gets_the_adapter_of_the_channel(self):
        adapter = self.account.with_user(self.user)._adapter()
        self.assertIsInstance(adapter, ShopeeAdapter)
        self.assertEqual(adapter._client._http.base_url, API_URL)

    def test_pushes_are_signed_over_the_public_address(self):
        """Behind a proxy the address of the request is another one."""
        self.assertEqual(self.account._adapter()._push_url, self.account.hook_url)
        self.account.shopee_push_url = "https://loja.example/push"
        self.assertEqual(self.account._adapter()._push_url, "https://loja.example/push")

    def test_hand_over_is_the_accounts(self):
        self.assertFalse(self.account._adapter()._pickup)
        self.account.shopee_handover = "pickup"
        self.assertTrue(self.account._adapter()._pickup)

    def test_connect_sends_the_person_to_shopee(self):
        action = self.account.with_user(self.manager).action_connect()
        self.assertTrue(action["url"].startswith("https://open.shopee.com.br/auth?"))
        self.assertIn("partner_id=2001887", action["url"])
        self.assertNotIn("not-a-real-key", action["url"])

    def test_secrets_are_not_for_the_manager(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.manager).read(["client_secret"])

    def test_push_address_is_not_for_the_user(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).read(["shopee_push_url"])

    def test_form_opens_for_the_manager(self):
        accounts = self.env["marketplace.account"].with_user(self.manager)
        with Form(accounts) as form:
            form.name = "Outra Loja"
            form.channel = "shopee"
            form.shopee_handover = "pickup"
        self.assertEqual(form.record.shopee_handover, "pickup")
