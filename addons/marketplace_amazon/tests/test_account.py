from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.marketplace_amazon.const import API_URL
from odoo.addons.marketplace_amazon.domain.adapter import AmazonAdapter

from .common import APPLICATION, AmazonCase


@tagged("post_install", "-at_install")
class TestAccount(AmazonCase):
    def test_user_gets_the_adapter_of_the_channel(self):
        adapter = self.account.with_user(self.user)._adapter()
        self.assertIsInstance(adapter, AmazonAdapter)
        self.assertEqual(adapter._client.base_url, API_URL)

    def test_connect_sends_the_person_to_seller_central(self):
        action = self.account.with_user(self.manager).action_connect()
        url = urlsplit(action["url"])
        query = parse_qs(url.query)
        self.assertEqual(url.hostname, "sellercentral.amazon.com.br")
        self.assertEqual(query["application_id"], [APPLICATION])
        self.assertEqual(query["version"], ["beta"])
        self.assertNotIn("not-a-real-secret", action["url"])

    def test_connect_without_the_number_of_the_application(self):
        self.account.amazon_application_id = False
        with self.assertRaisesRegex(UserError, "amzn1.sp.solution"):
            self.account.with_user(self.manager).action_connect()

    def test_user_does_not_see_the_application(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).read(["amazon_application_id"])

    def test_refused_nfe_is_told_in_portuguese(self):
        account = self.account.with_context(lang="pt_BR")
        text = account._invoice_problem("Unauthorized", "Access denied")
        self.assertIn("não tem permissão", text)
        text = account._invoice_problem("InvalidInvoice", "Wrong total amount")
        self.assertIn("Wrong total amount", text)
        self.assertFalse(account._invoice_problem("brand_new", "x"))
