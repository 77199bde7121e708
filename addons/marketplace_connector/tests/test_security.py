from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ConnectorCase, account_values
from .shop import order_of

GROUP = "marketplace_connector.marketplace_connector_group_"
SECRETS = ("client_secret", "client_id", "oauth_nonce", "oauth_verifier")


@tagged("post_install", "-at_install")
class TestSecurity(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("channel_user", "user")
        cls.manager = cls.make_user("channel_manager", "manager")
        other = cls._make_company("Outra Indústria", "34274233000102")
        cls.foreign = (
            cls.env["marketplace.account"]
            .sudo()
            .create(account_values(other, external_ref="88"))
        )

    @classmethod
    def make_user(cls, login, level):
        return new_test_user(
            cls.env,
            login=login,
            groups=GROUP + level,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_nobody_but_the_system_reads_tokens(self):
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.env["marketplace.token"].with_user(user).search([])

    def test_nobody_but_the_system_reads_secrets(self):
        for user in (self.user, self.manager):
            for name in SECRETS:
                with self.assertRaises(AccessError):
                    self.account.with_user(user).read([name])

    def test_key_of_the_route_is_the_managers(self):
        self.assertTrue(self.account.with_user(self.manager).hook_key)
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).read(["hook_key"])

    def test_other_companies_are_out_of_sight(self):
        for user in (self.user, self.manager):
            found = self.env["marketplace.account"].with_user(user).search([])
            self.assertEqual(found, self.account)
            with self.assertRaises(AccessError):
                self.foreign.with_user(user).read(["name"])

    def test_user_changes_no_account(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).action_pause()
        self.account.with_user(self.manager).action_pause()
        self.assertEqual(self.account.state, "paused")

    def test_nobody_writes_the_machinery(self):
        binding = self.read(order_of("9001"))
        for record in (binding, binding.parcel_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).write({"state": "cancelled"})

    def test_user_works_with_what_he_sees(self):
        binding = self.read(order_of("9001")).with_user(self.user)
        self.assertEqual(binding.state, "ready")
        self.assertEqual(binding.parcel_ids.external_id, "S9001")
        binding.action_reread()
        self.assertTrue(self.inbox.search([("state", "=", "new")]))

    def test_copy_of_an_account_has_no_secrets(self):
        copy = self.account.copy({"name": "Cópia"})
        self.assertFalse(copy.client_secret)
        self.assertNotEqual(copy.hook_key, self.account.hook_key)

    def test_neutralized_copy_calls_nobody(self):
        path = Path(__file__).parents[1] / "data" / "neutralize.sql"
        self.env.flush_all()
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        self.assertFalse(self.env["marketplace.token"].search([]))
        self.assertEqual(self.account.state, "paused")
        self.assertFalse(self.account.hook_key)
        self.assertFalse(self.account.client_secret)
        cron = self.env.ref("marketplace_connector.marketplace_inbox_cron_drain")
        self.assertFalse(cron.active)
