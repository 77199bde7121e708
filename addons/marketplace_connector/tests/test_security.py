import logging
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..domain.contract import Transient
from ..domain.http import CallRecord
from ..models.marketplace_call_log import CallLogger
from .common import ConnectorCase, account_values
from .shop import NOW, order_of

_logger = logging.getLogger(__name__)

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
            groups=f"{GROUP}{level},base.group_allow_export",
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

    def ways_to(self, records, name):
        """Every way from a client to what a field holds."""
        model = records.browse()
        yield "read", lambda: records.read([name])
        yield "search", lambda: model.search([(name, "=like", "s%")])
        yield "order", lambda: model.search([], order=name)
        yield "group", lambda: model.formatted_read_group([], [name], ["__count"])
        yield "count", lambda: model._read_group([], [], [f"{name}:max"])
        yield "export", lambda: records.export_data([name])
        yield "web", lambda: records.web_read({name: {}})

    def assert_hidden(self, records, *names):
        for name in names:
            self.assertNotIn(name, records.fields_get())
            self.assert_refused(records, name)

    def assert_refused(self, records, name):
        for way, look in self.ways_to(records, name):
            with self.subTest(field=name, way=way):
                try:
                    found = look()
                except (AccessError, ValueError):
                    # Some ways raise, some say that there is no such field.
                    continue
                self.fail(f"found {found}")

    def test_no_way_leads_to_the_secrets_of_an_account(self):
        self.assert_hidden(self.account.with_user(self.manager), *SECRETS)
        self.assert_hidden(
            self.account.with_user(self.user), *SECRETS, "hook_key", "base_url"
        )

    def test_no_way_leads_to_tokens(self):
        row = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        for user in (self.user, self.manager):
            for name in ("access", "refresh", "generation"):
                self.assert_refused(row.with_user(user), name)

    def test_no_way_leads_to_secrets_through_another_record(self):
        self.hint("9001")
        rows = self.inbox.with_user(self.manager).search([])
        for name in ("client_secret", "oauth_nonce"):
            with self.assertRaises(AccessError):
                rows.search([(f"account_id.{name}", "=like", "s%")])
            with self.assertRaises(AccessError):
                rows.export_data([f"account_id/{name}"])

    def test_body_of_a_notification_may_hold_a_cpf_and_is_the_managers(self):
        event = self.account._hint("9001", "told:9001")
        self.inbox._insert(self.account, [event], auth="valid", body="529.982.247-25")
        row = self.inbox.search([("external_id", "=", "9001")])
        self.assertTrue(row.with_user(self.manager).body)
        self.assert_hidden(row.with_user(self.user), "body")

    def test_calls_are_the_managers_and_hold_no_secret(self):
        CallLogger(self.account)(
            CallRecord(
                "GET", "/x/{id}", "529.982.247-25", 401, 5, NOW, "AuthDead", "TG-1234"
            )
        )
        calls = self.env["marketplace.call.log"]
        with self.assertRaises(AccessError):
            calls.with_user(self.user).search([])
        text = str(calls.with_user(self.manager).search([]).read())
        for secret in ("529.982", "TG-1234", "access-1", "refresh-1"):
            self.assertNotIn(secret, text)

    def test_what_a_channel_writes_into_an_error_stays_hidden(self):
        said = "token APP_USR-1-secret of 529.982.247-25 is dead"
        with self.assertLogs(level=logging.DEBUG) as caught:
            self.account._mark_dead(said)
            self.hint("9001")
            self.account.state = "active"
            self.shop.orders["9001"] = Transient(said)
            self.drain()
            _logger.warning("end")
        shown = self.account.read(["state_reason", "last_error"])
        rows = self.inbox.search([]).read(["error"])
        issues = self.open_issues().read(["message", "suggestion"])
        text = str([shown, rows, issues, caught.output])
        self.assertIn("is dead", text)
        for secret in ("APP_USR-1-secret", "529.982"):
            self.assertNotIn(secret, text)

    def test_limits_are_the_managers(self):
        limits = self.env["marketplace.rate.limit"]
        values = {"channel": "shop", "operation": "x", "rate": 1, "burst": 1}
        with self.assertRaises(AccessError):
            limits.with_user(self.user).create(values)
        row = limits.with_user(self.manager).create(values)
        self.assertEqual(row.with_user(self.user).rate, 1)

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
