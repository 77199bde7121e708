import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ..domain.contract import AuthDead, TokenSet, Transient
from ..models.marketplace_token import TokenSource
from .common import ConnectorCase, account_values, plug_in
from .shop import NOW, Shop, datetime, timedelta


@tagged("post_install", "-at_install")
class TestToken(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.tokens = self.env["marketplace.token"]

    def store(self, life):
        expires_at = NOW + timedelta(minutes=10) + life
        self.tokens._store(self.account, TokenSet("access-1", expires_at, "refresh-1"))

    def row(self):
        row = self.tokens.search([("account_id", "=", self.account.id)])
        row.invalidate_recordset()
        return row

    def test_living_token_is_used_as_it_is(self):
        self.assertEqual(TokenSource(self.account).get_token(), "access-1")
        self.assertEqual(self.shop.count("refresh"), 0)

    def test_token_is_rotated_five_minutes_before_its_end(self):
        self.store(timedelta(minutes=4))
        before = self.row().generation
        token = TokenSource(self.account).get_token()
        self.assertEqual(token, f"access-{before + 1}")
        self.assertEqual(self.row().generation, before + 1)
        self.assertEqual(self.row().refresh, f"refresh-{before + 1}")

    def test_refused_token_is_rotated_although_it_lives(self):
        source = TokenSource(self.account)
        refused = source.get_token()
        self.assertNotEqual(source.refresh(refused), refused)
        self.assertEqual(self.shop.count("refresh"), 1)

    def test_token_that_somebody_else_rotated_is_not_rotated_again(self):
        late, early = TokenSource(self.account), TokenSource(self.account)
        refused = late.get_token()
        early.get_token()
        fresh = early.refresh(refused)
        self.assertEqual(late.refresh(refused), fresh)
        self.assertEqual(self.shop.count("refresh"), 1)

    def test_network_failure_keeps_the_token(self):
        self.store(timedelta(minutes=-1))
        self.shop.refresh_error = Transient("no route")
        with self.assertRaises(Transient):
            TokenSource(self.account).get_token()
        self.assertEqual(self.row().refresh, "refresh-1")
        self.assertEqual(self.account.state, "active")

    def test_old_token_serves_while_the_channel_cannot_rotate(self):
        self.store(timedelta(minutes=2))
        self.shop.refresh_error = Transient("no route")
        self.assertEqual(TokenSource(self.account).get_token(), "access-1")

    def test_revoked_grant_kills_the_account(self):
        self.store(timedelta(minutes=-1))
        self.shop.refresh_error = AuthDead("invalid_grant")
        try:
            # assertRaises would roll back what must survive.
            TokenSource(self.account).get_token()
        except AuthDead as error:
            self.assertEqual(str(error), "invalid_grant")
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(len(self.open_issues(code="channel_token_dead")), 1)

    def test_connect_goes_to_the_channel_and_back(self):
        self.account.write({"state": "draft", "external_ref": False})
        action = self.account.action_connect()
        state = action["url"].split("state=")[1].split("&")[0]
        accounts = self.env["marketplace.account"]
        self.assertFalse(accounts._from_oauth_state("shop", state[:-1] + "x"))
        self.assertFalse(accounts._from_oauth_state("other", state))
        account = accounts._from_oauth_state("shop", state)
        self.assertEqual(account, self.account)
        account._exchange_code("good")
        self.assertEqual((account.state, account.external_ref), ("active", "77"))
        self.assertFalse(accounts._from_oauth_state("shop", state), "used up")

    def test_link_of_the_connection_expires(self):
        url = self.account.action_connect()["url"]
        state = url.split("state=")[1].split("&")[0]
        self.frozen.tick(timedelta(hours=1))
        found = self.env["marketplace.account"]._from_oauth_state("shop", state)
        self.assertFalse(found)

    def test_access_to_another_shop_is_refused(self):
        self.account.external_ref = "78"
        with self.assertRaises(UserError):
            self.account._exchange_code("good")

    def test_connect_needs_the_application(self):
        self.account.client_secret = False
        with self.assertRaises(UserError):
            self.account.action_connect()


@tagged("post_install", "-at_install")
class TestTokenRace(TransactionCase):
    """Two workers on two connections; what they see is committed and removed again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop()
        plug_in(cls, lambda: cls.shop)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            account = env["marketplace.account"].create(
                account_values(env.company, external_ref="race")
            )
            expired = datetime(2020, 1, 1, tzinfo=NOW.tzinfo)
            env["marketplace.token"]._store(
                account, TokenSet("access-0", expired, "refresh-0")
            )
            account.state = "active"
            cls.account_id = account.id
        cls.addClassCleanup(cls.remove)

    @classmethod
    def remove(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["marketplace.account"].browse(cls.account_id).unlink()

    def test_two_workers_refresh_once(self):
        both_wait = threading.Barrier(2)
        found, failed = [], []
        # The first one holds the row until the second has had time to run into it.
        self.shop.during_refresh = lambda: threading.Event().wait(0.5)

        def work(account):
            try:
                # Both have read the expired token before either rotates it.
                account.env["marketplace.token"]._read(account)
                both_wait.wait(10)
                found.append(TokenSource(account).get_token())
            except Exception as error:
                failed.append(error)

        with self.registry.cursor() as one, self.registry.cursor() as two:
            # Environments are made here: while Odoo's own runner tests, it holds the
            # lock that a first one of a thread would wait for.
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
        self.assertEqual(self.shop.count("refresh"), 1)
        self.assertEqual(len(set(found)), 1)
        self.assertEqual(len(found), 2)
