from datetime import datetime, timezone

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.marketplace_amazon.const import API_URL, LOGIN_URL
from odoo.addons.marketplace_connector.const import NOWHERE
from odoo.addons.marketplace_connector.domain.contract import TokenSet

from .common import AmazonCase


@tagged("post_install", "-at_install")
class TestNeutralize(AmazonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        until = datetime(2099, 1, 1, tzinfo=timezone.utc)
        token = TokenSet("Atza|x", until, refresh="Atzr|x")
        cls.env["marketplace.token"]._store(cls.account, token)

    def _neutralize(self, *modules):
        self.env.flush_all()
        for query in get_neutralization_queries(modules):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def _servers(self):
        client = self.account._adapter()._client
        return client.base_url, client._login.base_url

    def test_no_token_no_secret_no_production(self):
        self.assertEqual(self._servers(), (API_URL, LOGIN_URL))
        self._neutralize("marketplace_amazon")
        tokens = self.env["marketplace.token"].search([])
        self.assertNotIn(self.account, tokens.account_id)
        self.assertFalse(self.account.client_id)
        self.assertFalse(self.account.client_secret)
        self.assertEqual(self._servers(), (NOWHERE, NOWHERE))

    def test_copy_without_an_address_does_not_fall_back_to_production(self):
        """Another addon's script may clear the address after ours."""
        self._neutralize("base", "marketplace_amazon", "marketplace_connector")
        self.account.base_url = False
        self.assertEqual(self._servers(), (NOWHERE, NOWHERE))
        url = self.account._adapter().authorize_url("1.nonce", "https://erp.example/")
        self.assertTrue(url.startswith(NOWHERE))

    def test_copy_may_use_the_simulator(self):
        self._neutralize("base", "marketplace_amazon")
        self.account.base_url = "http://127.0.0.1:8899"
        self.assertEqual(self._servers()[0], "http://127.0.0.1:8899")
