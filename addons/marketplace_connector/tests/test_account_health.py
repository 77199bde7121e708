import json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import RateLimited, TokenSet, Transient
from ..domain.http import CallRecord
from ..models.marketplace_account_expiry import ACTIVITY
from ..models.marketplace_bucket import Limiter
from ..models.marketplace_call_log import CallLogger
from .common import ConnectorCase, account_values
from .shop import NOW, order_of, timedelta

MANAGER = "marketplace_connector.marketplace_connector_group_manager"
USER = "marketplace_connector.marketplace_connector_group_user"


@tagged("post_install", "-at_install")
class TestAccountHealth(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.person("health_user", USER)
        cls.manager = cls.person("health_manager", MANAGER)
        cls.account.user_id = cls.manager

    @classmethod
    def person(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="America/Sao_Paulo",
        )

    def seen(self, account=None, user=None):
        """The account as an operator's browser asks for it."""
        self.env.flush_all()
        account = (account or self.account).with_user(user or self.user)
        account.invalidate_recordset()
        return account

    # ------------------------------------------------------------ expiry

    def grant(self, **ends):
        moments = {
            name: NOW + timedelta(minutes=10) + left for name, left in ends.items()
        }
        expires_at = NOW + timedelta(hours=6)
        self.env["marketplace.token"]._store(
            self.account, TokenSet("access-1", expires_at, "refresh-1", **moments)
        )

    def alarms(self):
        with trap_jobs():
            self.env["marketplace.account"]._cron_expiry()
        return self.account.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(ACTIVITY)
        )

    def test_owner_is_told_14_7_and_1_days_before_the_end(self):
        self.grant(grant_expires_at=timedelta(days=15))
        self.assertFalse(self.alarms())
        told = []
        for _day in range(15):
            self.frozen.tick(timedelta(days=1))
            [alarm] = self.alarms()
            told.append(alarm.id)
            self.assertEqual(alarm.user_id, self.manager)
            self.assertEqual(str(alarm.date_deadline), "2026-12-08")
        self.assertEqual(
            [day for day in range(1, 15) if told[day] != told[day - 1]], [7, 13]
        )
        self.assertIn("Conectar", alarm.note)

    def test_refresh_token_of_a_paused_account_runs_down(self):
        self.grant(refresh_expires_at=timedelta(days=5))
        self.account.action_pause()
        self.assertEqual(len(self.alarms()), 1)

    def test_first_of_two_ends_counts(self):
        near, far = timedelta(days=3), timedelta(days=100)
        self.grant(refresh_expires_at=near, grant_expires_at=far)
        self.assertEqual(
            self.seen().grant_ends_at,
            (NOW + timedelta(minutes=10) + near).replace(tzinfo=None),
        )

    def test_new_consent_settles_the_alarm(self):
        self.grant(grant_expires_at=timedelta(days=3))
        self.assertTrue(self.alarms())
        self.account._exchange_code("good")
        self.assertFalse(self.account.activity_ids)
        self.grant(grant_expires_at=timedelta(days=3))
        self.assertTrue(self.alarms(), "the next end is told again")

    # ------------------------------------------------------------ guided connection

    def test_connection_goes_step_by_step(self):
        account = self.env["marketplace.account"].create(
            account_values(
                self.company, external_ref=False, client_id=False, client_secret=False
            )
        )
        mine = account.with_user(self.manager)
        self.assertEqual(mine.connect_step, "keys")
        account.write({"client_id": "app", "client_secret": "secret"})
        mine.invalidate_recordset()
        self.assertEqual(mine.connect_step, "address")
        mine.action_hook_registered()
        self.assertEqual(mine.connect_step, "consent")
        self.account.external_ref = "other"
        account._exchange_code("good")
        mine.invalidate_recordset()
        self.assertEqual(mine.connect_step, "import")
        with trap_jobs():
            account._poll()
        mine.invalidate_recordset()
        self.assertEqual(mine.connect_step, "done")

    def test_addresses_are_those_the_channel_sees(self):
        self.account.public_url = "https://erp.example.com/"
        account = self.account.with_user(self.manager)
        start = "https://erp.example.com/marketplace/"
        self.assertEqual(account.hook_url, f"{start}shop/{account.hook_key}")
        self.assertEqual(account.return_url, f"{start}oauth/shop")
        self.assertTrue(self.seen().get_base_url(), "everybody may make a link")

    def test_two_accounts_of_a_channel_live_side_by_side(self):
        other = self.env["marketplace.account"].create(
            account_values(
                self.company, external_ref="88", base_url="http://127.0.0.1:9"
            )
        )
        self.assertNotEqual(other.hook_key, self.account.hook_key)
        self.account.action_pause()
        other._activate()
        self.assertEqual((self.account.state, other.state), ("paused", "active"))

    # ------------------------------------------------------------ given up

    def give_up(self, *ids):
        for external_id in ids:
            self.shop.orders[external_id] = Transient("gateway")
            self.hint(external_id)
        self.inbox.search([("state", "=", "new")]).attempts = 7
        self.drain()

    def test_given_up_is_told_once_per_account_and_replayed_together(self):
        self.give_up("9001", "9002")
        self.give_up("9003")
        [issue] = self.open_issues(code="channel_inbox_dead")
        self.assertEqual(issue._record(), self.account)
        self.assertIn("3 notificações", issue.message)
        self.assertEqual(self.seen().inbox_dead_count, 3)
        self.shop.put(order_of("9001"), order_of("9002"), order_of("9003"))
        issue.with_user(self.user).action_replay()
        self.assertEqual(issue.state, "solved")
        self.drain()
        self.assertEqual(set(self.inbox.search([]).mapped("state")), {"done"})

    def test_replay_of_some_leaves_the_issue_open(self):
        self.give_up("9001", "9002")
        rows = self.inbox.search([("state", "=", "dead")])
        rows[0].with_user(self.user).action_replay()
        self.assertTrue(self.open_issues(code="channel_inbox_dead"))
        rows[1].with_user(self.user).action_replay()
        self.assertFalse(self.open_issues(code="channel_inbox_dead"))

    # ------------------------------------------------------------ cockpit

    def bars(self, account):
        [graph] = json.loads(account.traffic_graph)
        return {bar["label"]: bar["value"] for bar in graph["values"] if bar["value"]}

    def test_traffic_is_counted_by_the_hour_of_who_looks(self):
        self.frozen.tick(timedelta(hours=-10))
        self.hint("9001")
        self.frozen.tick(timedelta(hours=8))
        self.hint("9002")
        self.frozen.tick(timedelta(hours=2))
        self.hint("9003")
        self.hint("9004")
        # 02:10 UTC was yesterday, 23:10, in Brasília.
        account = self.seen()
        self.assertEqual(self.bars(account), {"7": 1, "9": 2})
        self.assertEqual(account.received_today, 3)

    def test_errors_are_named_and_counted(self):
        log = CallLogger(self.account)
        for error in ("RateLimited", "RateLimited", "Transient", ""):
            log(CallRecord("GET", "/x", "9001", 200, 5, NOW, error))
        account = self.seen().with_context(lang="en_US")
        self.assertEqual((account.calls_today, account.errors_today), (4, 3))
        self.assertEqual(
            account.error_lines,
            "2 × too many calls\n1 × no answer, goes on by itself",
        )

    def test_closed_operations_are_shown_with_their_end(self):
        Limiter(self.account).close("GET /x", RateLimited(retry_after=600))
        self.env["marketplace.bucket"].search([]).closed_until = NOW.replace(
            tzinfo=None
        ) + timedelta(hours=1)
        self.assertIn("GET /x", self.seen().limit_lines)
        self.assertIn("10:00", self.seen().limit_lines)

    def test_all_accounts_cost_as_many_queries_as_one(self):
        names = (
            "traffic_graph",
            "orders_today",
            "error_lines",
            "limit_lines",
            "grant_ends_at",
            "inbox_waiting_count",
        )
        accounts = self.env["marketplace.account"].create(
            [account_values(self.company, external_ref=str(n)) for n in range(5)]
        )
        self.seen(accounts).read(names)
        self.env.invalidate_all()
        first = self.env.cr.sql_log_count
        self.seen(accounts[0]).read(names)
        one = self.env.cr.sql_log_count - first
        self.env.invalidate_all()
        with self.assertQueryCount(one):
            self.seen(accounts).read(names)

    def test_cockpit_of_another_company_does_not_exist(self):
        other = self._make_company("Outra Indústria", "34274233000102")
        foreign = (
            self.env["marketplace.account"]
            .sudo()
            .create(account_values(other, external_ref="88"))
        )
        with self.assertRaises(AccessError):
            self.seen(foreign).read(["traffic_graph"])
        found = self.env["marketplace.account"].with_user(self.user).search([])
        self.assertNotIn(foreign, found)
        self.env["marketplace.bucket"].sudo().create(
            {
                "account_id": foreign.id,
                "company_id": other.id,
                "operation": "x",
                "tokens": 1,
                "refilled_at": NOW.replace(tzinfo=None),
            }
        )
        self.assertFalse(self.env["marketplace.bucket"].with_user(self.user).search([]))

    # ------------------------------------------------------------ calls

    def test_order_leads_to_its_calls(self):
        binding = self.read(order_of("9001"))
        log = CallLogger(self.account.with_context(job_uuid="job-1"))
        for reference in ("9001", "S9001", "9002"):
            log(CallRecord("GET", "/x/{id}", reference, 200, 5, NOW))
        action = binding.with_user(self.manager).action_view_calls()
        calls = self.env["marketplace.call.log"].with_user(self.manager)
        found = calls.search(action["domain"])
        self.assertEqual(set(found.mapped("ref")), {"9001", "S9001"})
        self.assertEqual(set(found.mapped("job_uuid")), {"job-1"})

    def test_calls_are_forgotten_after_two_weeks(self):
        log = CallLogger(self.account)
        for days in (15, 1):
            log(CallRecord("GET", "/x", "r", 200, 5, NOW - timedelta(days=days)))
        calls = self.env["marketplace.call.log"]
        calls._gc()
        self.assertEqual(calls.search_count([("account_id", "=", self.account.id)]), 1)
