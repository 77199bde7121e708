"""What goes wrong with accounts and notifications, against the simulated market."""

import json
import random
import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged

from odoo.addons.industry_b2c_sales.tests.common import B2cCase
from odoo.addons.industry_b2c_sales.timing import utc_now
from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    RateLimited,
    RawRequest,
    TokenSet,
)
from odoo.addons.marketplace_connector.models.marketplace_token import TokenSource
from odoo.addons.queue_job.tests.common import trap_jobs

from simulators.mercadolivre import CatalogItem, MercadoLivreSimulator

from .order_risks import OrderRisks

CHAIR = CatalogItem("MLB4510027301", None, "CAD-1", "Cadeira", Decimal("199.90"))


class MarketCase:
    """An account on a simulated market, with tokens of its own."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's gate to the network compares the timeout with a number.
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    @classmethod
    def _open_market(cls, company):
        cls.market = MercadoLivreSimulator(catalog=[CHAIR]).start()
        cls.addClassCleanup(cls.market.stop)
        return company.env["marketplace.account"].create(
            {
                "name": "Loja de Teste",
                "channel": "mercadolivre",
                "company_id": company.id,
                "base_url": cls.market.url,
                "client_id": cls.market.client_id,
                "client_secret": cls.market.client_secret,
                "external_ref": str(cls.market.seller.user_id),
                "import_from": "2020-01-01 00:00:00",
            }
        )

    def _grant(self, account, life=timedelta(hours=6)):
        """A consent whose access token lives so long yet."""
        tokens = self.market.token()
        fresh = TokenSet(
            tokens["access_token"], utc_now() + life, tokens["refresh_token"]
        )
        account.env["marketplace.token"]._store(account, fresh)
        account._activate()
        account.env.flush_all()

    def _asked(self, path):
        """How often the market was asked for paths that begin so."""
        return sum(1 for e in self.market.engine.log if e.path.startswith(path))


@tagged("post_install", "-at_install")
class TestAccountRisks(OrderRisks, MarketCase, B2cCase):
    allow_inherited_tests_method = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._open_market(cls.company)
        cls.inbox = cls.env["marketplace.inbox"]

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.market.engine.faults.clear()
        self._grant(self.account)
        self.market.engine.log.clear()

    # ------------------------------------------------------------ steps

    def hear(self, order_id, number=0, user=None):
        """A notification as the market sends it; the answer of the route."""
        body = {
            "resource": f"/orders/{order_id}",
            "user_id": user or self.market.seller.user_id,
            "topic": "orders_v2",
            "application_id": int(self.market.client_id),
            "attempts": 1,
            "sent": "2026-11-23T12:00:01.000Z",
            "received": f"2026-11-23T12:00:00.{number:03}Z",
        }
        raw = RawRequest("POST", "", {}, json.dumps(body).encode(), utc_now())
        with trap_jobs():
            return self.account._hear(raw)

    def drain(self):
        with trap_jobs() as trap:
            self.inbox._drain()
            jobs = [job for job in trap.enqueued_jobs if job.method_name == "_process"]
            for job in jobs:
                job.perform()

    def poll(self):
        with trap_jobs():
            self.account._poll()
        self.drain()

    def states(self):
        rows = self.inbox.search([("account_id", "=", self.account.id)])
        return set(rows.mapped("state"))

    def sale(self, order_id):
        return self.orders.search([("b2c_external_id", "=", str(order_id))])

    def token(self):
        row = self.env["marketplace.token"].search(
            [("account_id", "=", self.account.id)]
        )
        row.invalidate_recordset()
        return row

    # ------------------------------------------------------------ risks

    def test_risk_02_refresh_that_never_arrived_leaves_the_account_alive(self):
        self._grant(self.account, life=timedelta(minutes=-1))
        before = self.token().refresh
        self.market.fault("reset_before", "/oauth/token")
        with suppress(Exception):
            TokenSource(self.account).get_token()
        self.assertEqual(self.token().refresh, before, "the pair is kept")
        self.assertEqual(self.account.state, "active")
        order = self.market.order()
        self.hear(order.id)
        self.drain()
        self.assertTrue(self.sale(order.id))
        self.assertNotEqual(self.token().refresh, before)

    def test_risk_02_refresh_whose_answer_was_lost_is_no_reason_to_lose_orders(self):
        self._grant(self.account, life=timedelta(minutes=4))
        order = self.market.order()
        self.hear(order.id)
        self.market.fault("reset_after", "/oauth/token")
        # The pair in hand still does for its last minutes.
        self.drain()
        self.assertTrue(self.sale(order.id))
        self.assertEqual(self.account.state, "active")
        # The new pair is with nobody: only a person can help, and is told once.
        later = self.market.order()
        self.hear(later.id, 1)
        self.drain()
        self.drain()
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(len(self.open_issues(code="channel_token_dead")), 1)
        self._grant(self.account)
        self.drain()
        self.assertTrue(self.sale(later.id))

    def test_risk_03_revoked_grant_parks_everything_and_loses_nothing(self):
        orders = [self.market.order() for _number in range(3)]
        self.market.engine.oauth.kill_grant()
        for number, order in enumerate(orders):
            self.hear(order.id, number)
        self.drain()
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(len(self.open_issues(code="channel_token_dead")), 1)
        asked = len(self.market.engine.log)
        self.hear(orders[0].id, 9)
        self.drain()
        with trap_jobs() as trap:
            self.env["marketplace.account"]._cron_poll()
        self.assertFalse(trap.enqueued_jobs)
        self.assertEqual(len(self.market.engine.log), asked, "nobody knocks any more")
        self.assertEqual(self.states(), {"new"})
        self._grant(self.account)
        self.drain()
        self.assertEqual(self.states(), {"done"})
        self.assertTrue(all(self.sale(order.id) for order in orders))
        self.assertFalse(self.open_issues(code="channel_token_dead"))

    def test_risk_04_storm_of_duplicates_is_one_reading_per_order(self):
        orders = [self.market.order(paid=False) for _number in range(20)]
        storm = [(order, number) for order in orders for number in range(3)] * 5
        random.Random(4).shuffle(storm)
        for order, number in storm:
            self.assertEqual(self.hear(order.id, number).status, 200)
        self.drain()
        for order in orders:
            self.assertEqual(self._asked(f"/orders/{order.id}"), 1)
        self.assertEqual(self.states(), {"done"})

    def test_risk_06_lost_notification_is_found_by_the_poll(self):
        order = self.market.order(notify=False)
        self.poll()
        self.assertTrue(self.sale(order.id))

    def test_risk_06_lost_cancellation_is_found_by_the_sweep(self):
        order = self.market.order()
        self.poll()
        self.market.cancel(order.id, silent=True)
        self.poll()
        sale = self.sale(order.id)
        self.assertEqual(sale.b2c_order_state, "ready", "the search hides it")
        binding = sale.marketplace_order_ids
        binding.read_at = fields.Datetime.now() - timedelta(hours=3)
        with trap_jobs():
            self.env["marketplace.account"]._cron_sweep()
        self.drain()
        self.assertEqual(sale.b2c_order_state, "cancelled")

    def test_risk_07_forged_notification_for_a_foreign_seller_reads_nothing(self):
        answer = self.hear(123456789, user=99)
        self.assertEqual(answer.status, 200, "another answer would close the topic")
        self.drain()
        self.assertFalse(self.inbox.search([("account_id", "=", self.account.id)]))
        self.assertFalse(self.market.engine.log)
        refused = self.env["marketplace.call.log"].search(
            [("error", "=", "RefusedNotification")]
        )
        self.assertEqual(refused.account_id, self.account)

    def test_channels_refusal_closes_the_operation_for_every_worker(self):
        order, other = self.market.order(), self.market.order()
        self.market.fault("rate_limited", "/orders/")
        self.hear(order.id)
        self.drain()
        self.hear(other.id, 1)
        self.drain()
        self.assertEqual(self._asked("/orders/"), 1, "the second one did not knock")
        with self.assertRaises(RateLimited):
            list(self.account._adapter().orders([str(order.id)]))


@tagged("post_install", "-at_install")
class TestRefreshRace(MarketCase, TransactionCase):
    """Two workers on two connections; what they see is committed and removed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = cls._open_market(env.company)
            cls._grant(cls, account, life=timedelta(minutes=-1))
            cls.account_id = account.id
        cls.addClassCleanup(cls._remove)

    @classmethod
    def _remove(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["marketplace.account"].browse(cls.account_id).unlink()

    def test_risk_01_two_workers_that_refresh_at_once_burn_no_pair(self):
        self.market.engine.oauth.reuse_kills_grant = True
        together = threading.Barrier(2)
        found, failed = [], []

        def work(account):
            together.wait(10)
            try:
                found.append(TokenSource(account).get_token())
            except AuthDead as error:
                failed.append(error)

        with self.registry.cursor() as one, self.registry.cursor() as two:
            accounts = [
                api.Environment(cr, SUPERUSER_ID, {})["marketplace.account"].browse(
                    self.account_id
                )
                for cr in (one, two)
            ]
            workers = [threading.Thread(target=work, args=[mine]) for mine in accounts]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(30)
        self.assertFalse(failed)
        self.assertEqual(len(found), 2)
        self.assertEqual(self._asked("/oauth/token"), 1)
        self.market.engine.oauth.check(f"Bearer {found[0]}")
        self.market.engine.oauth.check(f"Bearer {found[1]}")

    def test_risk_04_notification_waits_for_no_job(self):
        """A job that is at it for long holds its account, its rows and the tokens."""
        body = {"resource": "/orders/2000001", "topic": "orders_v2"}
        body["user_id"] = self.market.seller.user_id
        body["application_id"] = int(self.market.client_id)
        raw = RawRequest("POST", "", {}, json.dumps(body).encode(), utc_now())
        accounts = self.env["marketplace.account"].browse(self.account_id)
        with self.registry.cursor() as job, self.registry.cursor() as route:
            busy, heard = (
                accounts.with_env(api.Environment(cr, SUPERUSER_ID, {}))
                for cr in (job, route)
            )
            busy._set_error("still at it")
            busy.flush_recordset()
            busy._take_push_turn("stock")
            busy.env["marketplace.order"]._lock_orders(busy, ["2000001"])
            busy.env["marketplace.token"]._fetch(job, busy, lock=True)
            route.execute("SET LOCAL lock_timeout = '1s'")
            with trap_jobs():
                self.assertEqual(heard._hear(raw).status, 200)
            found = heard.env["marketplace.inbox"].search(
                [("account_id", "=", self.account_id)]
            )
            self.assertEqual(found.mapped("external_id"), ["2000001"])
            job.rollback()
            route.rollback()
