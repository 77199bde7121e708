import threading
import time
from datetime import datetime

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import RateLimited
from ..domain.limits import NOTIFIED
from ..models.marketplace_bucket import Limiter
from .common import ConnectorCase, account_values, plug_in
from .shop import NOW, Shop, order_of, timedelta

READ = "GET /orders/{id}"


@tagged("post_install", "-at_install")
class TestLimits(ConnectorCase):
    def limit(self, operation, rate, burst):
        self.env["marketplace.rate.limit"].create(
            {"channel": "shop", "operation": operation, "rate": rate, "burst": burst}
        )
        self.env.flush_all()

    def limiter(self, patience=0.0):
        return Limiter(self.account, patience)

    def refused(self, operation=READ, limiter=None):
        with self.assertRaises(RateLimited) as caught:
            (limiter or self.limiter())(operation)
        return caught.exception

    def bucket(self, operation=READ):
        found = self.env["marketplace.bucket"].search(
            [("account_id", "=", self.account.id), ("operation", "=", operation)]
        )
        found.invalidate_recordset()
        return found

    def test_adapter_asks_and_tells_the_bucket(self):
        options = self.account._adapter().options
        options.on_limit(READ, RateLimited(retry_after=900))
        with self.assertRaises(RateLimited):
            options.limiter(READ)

    def test_burst_then_the_job_is_put_off_with_its_time(self):
        self.limit(READ, 0.01, 2)
        for _call in range(2):
            self.limiter()(READ)
        error = self.refused()
        self.assertTrue(error.retryable)
        self.assertTrue(90 < error.retry_after <= 100, error.retry_after)

    def test_worker_waits_a_moment_rather_than_putting_off(self):
        self.limit(READ, 20.0, 1)
        limiter = self.limiter(patience=1.0)
        for _call in range(3):
            limiter(READ)
        self.assertLess(self.bucket().tokens, 1)

    def test_limits_of_operations_and_accounts_are_apart(self):
        self.limit(READ, 0.01, 1)
        self.limiter()(READ)
        self.refused()
        self.limiter()("GET /shipments")
        other = self.env["marketplace.account"].create(
            account_values(self.company, external_ref="88")
        )
        self.env.flush_all()
        Limiter(other, 0)(READ)

    def test_others_share_one_limit(self):
        self.limit("*", 0.01, 1)
        self.limiter()("GET /a")
        self.refused("GET /b")

    def test_retry_after_closes_for_every_worker(self):
        self.limiter().close(READ, RateLimited(retry_after=600))
        error = self.refused()
        self.assertTrue(590 < error.retry_after <= 600)
        self.limiter()("GET /shipments")

    def test_longer_refusal_wins(self):
        self.limiter().close(READ, RateLimited(retry_after=600))
        self.limiter().close(READ, RateLimited(retry_after=2))
        self.assertGreater(self.refused().retry_after, 500)

    def test_daily_quota_closes_until_the_channels_midnight(self):
        # 12:10 UTC is 09:10 in Brasília.
        self.limiter().close(READ, RateLimited(scope="daily"))
        error = self.refused()
        self.assertEqual(error.scope, "daily")
        self.assertEqual(round(error.retry_after / 60), 14 * 60 + 50)

    def test_operation_opens_again_in_its_time(self):
        self.limiter().close(READ, RateLimited(retry_after=600))
        self.bucket().closed_until = "2020-01-01"
        self.env.flush_all()
        self.limiter()(READ)

    def test_limiter_that_believed_in_an_open_door_learns_of_its_own_refusal(self):
        limiter = self.limiter()
        limiter(READ)
        limiter.close(READ, RateLimited(retry_after=600))
        self.refused(limiter=limiter)

    def test_limits_of_the_addon_become_data_once(self):
        limits = self.env["marketplace.rate.limit"]
        self.account._activate()
        row = limits.search([("channel", "=", "shop")])
        self.assertEqual(row.operation, NOTIFIED)
        row.rate = 7
        self.account._activate()
        self.assertEqual(limits.search([("channel", "=", "shop")]).rate, 7)

    # ------------------------------------------------------------ who is put off

    def test_limit_is_nobodys_failure(self):
        self.shop.orders["9001"] = RateLimited(retry_after=60)
        self.hint("9001")
        row = self.inbox.search([("external_id", "=", "9001")])
        for _try in range(9):
            self.drain()
            self.assertEqual((row.state, row.attempts), ("failed", 0))
            wait = row.next_try - (NOW.replace(tzinfo=None) + self.passed)
            self.assertEqual(wait, timedelta(seconds=60))
            self.frozen.tick(timedelta(seconds=61))
        self.shop.put(order_of("9001"))
        self.drain()
        self.assertEqual(row.state, "done")

    @property
    def passed(self):
        return self.frozen() - NOW.replace(tzinfo=None)

    def test_rows_that_wait_for_a_limit_have_a_drain_of_their_own(self):
        self.shop.orders["9001"] = RateLimited(retry_after=58.2)
        self.hint("9001")
        with trap_jobs() as trap:
            self.inbox._drain()
            trap.enqueued_jobs[0].perform()
        drain = trap.enqueued_jobs[-1]
        self.assertEqual(drain.method_name, "_drain")
        # The job's own clock is not frozen; one of half seconds cannot be stored.
        self.assertIsInstance(drain.eta, datetime)

    def test_poll_is_put_off_until_the_limit_opens(self):
        self.shop.pages = [["9001"]]
        self.shop.down = RateLimited(retry_after=178.2)
        try:
            self.account._poll()
        except RetryableJobError as error:
            self.assertEqual((error.seconds, error.ignore_retry), (180, True))
        else:
            self.fail("the poll did not wait")

    # ------------------------------------------------------------ forged hints

    def test_unsigned_notifications_cause_so_many_readings_and_no_more(self):
        self.limit(NOTIFIED, 0.001, 3)
        for number in range(10):
            self.tell_unsigned(f"9{number:03}")
        self.drain()
        self.assertEqual(self.shop.count("order"), 3)
        self.drain()
        self.assertEqual(self.shop.count("order"), 3)
        waiting = self.inbox.search([("state", "=", "new")])
        self.assertEqual(len(waiting), 7, "not lost")

    def test_forged_hints_do_not_keep_the_poll_from_its_orders(self):
        self.limit(NOTIFIED, 0.001, 1)
        self.tell_unsigned("9001")
        self.drain()
        self.tell_unsigned("9002")
        self.hint("9002")
        self.hint("9003")
        self.drain()
        self.assertEqual(
            {call[1] for call in self.shop.calls if call[0] == "order"},
            {"9001", "9002", "9003"},
        )

    def tell_unsigned(self, external_id):
        event = self.account._hint(external_id, f"told:{external_id}")
        self.inbox._insert(self.account, [event], auth="unsigned")


@tagged("post_install", "-at_install")
class TestLimitRace(TransactionCase):
    """Two workers on two connections; what they see is committed and removed again."""

    RATE, BURST = 40.0, 5.0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plug_in(cls, Shop)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["marketplace.account"].create(
                account_values(env.company, external_ref="limit-race")
            )
            limit = env["marketplace.rate.limit"].create(
                {
                    "channel": "shop",
                    "operation": READ,
                    "rate": cls.RATE,
                    "burst": cls.BURST,
                }
            )
            cls.made = account.id, limit.id
        cls.addClassCleanup(cls.remove)

    @classmethod
    def remove(cls):
        account_id, limit_id = cls.made
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["marketplace.account"].browse(account_id).unlink()
            env["marketplace.rate.limit"].browse(limit_id).unlink()

    def test_all_workers_together_keep_the_limit(self):
        account = self.env["marketplace.account"].browse(self.made[0])
        limiters = [Limiter(account, patience=0.2) for _worker in range(3)]
        together = threading.Barrier(len(limiters))
        calls, failed = [], []

        def work(limiter):
            together.wait(10)
            for _call in range(15):
                try:
                    limiter(READ)
                    calls.append(time.monotonic())
                except RateLimited as error:
                    time.sleep(error.retry_after)
                except Exception as error:
                    failed.append(error)

        workers = [threading.Thread(target=work, args=[mine]) for mine in limiters]
        begin = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        self.assertFalse(failed)
        self.assertGreater(len(calls), self.BURST, "they went on after the burst")
        for number, moment in enumerate(sorted(calls), start=1):
            self.assertLessEqual(number, self.BURST + self.RATE * (moment - begin))
