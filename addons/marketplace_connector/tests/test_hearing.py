import hashlib
import hmac
import json
import logging
from tempfile import NamedTemporaryFile
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..domain.contract import Ack, ChannelEvent, EventAuth
from ..models import ir_http
from .common import account_values, plug_in
from .shop import UTC, Shop, ShopAdapter, datetime, timedelta


def signature(key, url, body):
    """Address as registered, a bar, the body byte for byte (Shopee's way)."""
    return hmac.new(key.encode(), f"{url}|".encode() + body, hashlib.sha256).hexdigest()


class SignedShop(Shop):
    def adapter(self, **params):
        return SignedShopAdapter(self, **params)


class SignedShopAdapter(ShopAdapter):
    """A channel that signs its pushes, with the time in what it signs."""

    def __init__(self, shop, *, client_secret, **params):
        super().__init__(shop, client_secret=client_secret, **params)
        self.key = client_secret

    def check_event(self, req):
        given = req.headers.get("authorization", "")
        right = signature(self.key, req.url, req.body)
        same = hmac.compare_digest(given, right)
        return EventAuth.VALID if same else EventAuth.INVALID

    def ack(self, verdict):
        return Ack(401) if verdict == EventAuth.INVALID else Ack(204)

    def parse_events(self, req):
        data = json.loads(req.body)
        return [
            ChannelEvent(
                account_ref=data["shop_id"],
                topic="3",
                kind="order",
                external_id=data["ordersn"],
                dedupe_key=hashlib.sha256(req.body).hexdigest(),
                occurred_at=datetime.fromtimestamp(data["timestamp"], UTC),
            )
        ]


class HearingCase(HttpCase):
    shop_class = Shop

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.shop_class()
        plug_in(cls, lambda: cls.shop)
        cls.account = cls.env["marketplace.account"].create(
            account_values(
                cls.env.company,
                external_ref="77",
                public_url="https://erp.example.com/",
            )
        )
        cls.path = f"/marketplace/shop/{cls.account.hook_key}"

    def rows(self):
        return self.env["marketplace.inbox"].search(
            [("account_id", "=", self.account.id)]
        )

    def refused(self):
        return self.env["marketplace.call.log"].search(
            [
                ("account_id", "=", self.account.id),
                ("error", "=", "RefusedNotification"),
            ]
        )


@tagged("post_install", "-at_install")
class TestSignedNotification(HearingCase):
    shop_class = SignedShop

    def body(self, hours_ago=0, **changes):
        moment = datetime.now(UTC) - timedelta(hours=hours_ago)
        data = {"shop_id": "77", "ordersn": "220810QSK8S7BX"} | changes
        return json.dumps(data | {"timestamp": int(moment.timestamp())}).encode()

    def push(self, body, signed=None, key="secret", url=None):
        url = url or f"https://erp.example.com{self.path}"
        headers = {
            "Content-Type": "application/json",
            "Authorization": signature(key, url, signed or body),
        }
        return self.url_open(self.path, data=body, headers=headers)

    def assert_refused(self, answer):
        self.assertEqual((answer.status_code, answer.content), (401, b""))
        self.assertFalse(self.rows())
        self.assertFalse(self.shop.calls)
        self.assertEqual(len(self.refused()), 1)

    def test_right_signature_behind_a_proxy_is_believed(self):
        answer = self.push(self.body())
        self.assertEqual((answer.status_code, answer.content), (204, b""))
        self.assertEqual(self.rows().auth, "valid")

    def test_bad_signature_changes_nothing(self):
        self.assert_refused(self.push(self.body(), key="guessed"))

    def test_signature_over_another_address_changes_nothing(self):
        url = f"https://other.example.com{self.path}"
        self.assert_refused(self.push(self.body(), url=url))

    def test_re_serialised_body_changes_nothing(self):
        body = self.body()
        other = json.dumps(json.loads(body), separators=(",", ":")).encode()
        self.assert_refused(self.push(other, signed=body))

    def test_missing_signature_changes_nothing(self):
        answer = self.url_open(
            self.path, data=self.body(), headers={"Content-Type": "application/json"}
        )
        self.assert_refused(answer)

    def test_old_signed_notification_sent_again_is_refused(self):
        self.assert_refused(self.push(self.body(hours_ago=48)))

    def test_notification_of_tomorrow_is_refused(self):
        self.assert_refused(self.push(self.body(hours_ago=-1)))

    def test_late_try_of_the_channel_is_heard(self):
        self.push(self.body(hours_ago=4))
        self.assertTrue(self.rows())

    def test_young_one_sent_again_is_known(self):
        body = self.body()
        self.push(body)
        self.assertEqual(self.push(body).status_code, 204)
        self.assertEqual(len(self.rows()), 1)

    def test_refused_body_is_not_kept(self):
        self.push(self.body(buyer="529.982.247-25"), key="guessed")
        line = self.refused()
        self.assertNotIn("529", str(line.read()))
        self.assertNotIn(self.account.hook_key, str(line.read()))


@tagged("post_install", "-at_install")
class TestUnsignedNotification(HearingCase):
    def tell(self, **changes):
        data = {"user": "77", "id": "9001", "event": "event-1"} | changes
        return self.url_open(
            self.path,
            data=json.dumps(data),
            headers={"Content-Type": "application/json"},
        )

    def test_nothing_but_the_id_is_believed(self):
        orders = self.env["marketplace.order"].search_count([])
        self.tell(status="cancelled", total=0, buyer={"cpf": "52998224725"})
        self.assertEqual(self.rows().mapped("external_id"), ["9001"])
        self.assertEqual(self.env["marketplace.order"].search_count([]), orders)

    def test_notification_for_a_foreign_seller_reads_nothing(self):
        self.assertEqual(self.tell(user="99").status_code, 200)
        self.assertFalse(self.rows())
        self.assertFalse(self.shop.calls)

    def test_account_that_was_never_connected_hears_nothing(self):
        self.account.external_ref = False
        self.assertEqual(self.tell(user="").status_code, 200)
        self.assertFalse(self.rows())

    def test_absurd_ids_are_no_ids(self):
        for number, absurd in enumerate(("9" * 5000, "90\0" + "01")):
            self.assertEqual(self.tell(id=absurd, event=f"e{number}").status_code, 200)
        self.assertFalse(self.rows())

    def test_key_and_code_are_not_in_the_servers_log(self):
        key = self.account.hook_key
        with self.assertLogs("werkzeug", logging.INFO) as caught:
            self.tell()
            back = "/marketplace/oauth/shop?state=1.x&code=TG-secret"
            self.url_open(back, allow_redirects=False)
            logging.getLogger("werkzeug").info("end")
        text = "\n".join(caught.output)
        self.assertIn("/marketplace/shop/***", text)
        self.assertNotIn(key, text)
        self.assertNotIn("TG-secret", text)


@tagged("post_install", "-at_install")
class TestWebhookProcess(HearingCase):
    """The process of ``odoo.webhook.conf`` serves the hook and its health, no more."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(ir_http, "WEBHOOK_ONLY", True))

    def test_hook_and_health_are_served(self):
        body = json.dumps({"user": "77", "id": "9001", "event": "event-1"})
        headers = {"Content-Type": "application/json"}
        answer = self.url_open(self.path, data=body, headers=headers)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.url_open("/web/health").status_code, 200)

    def test_nothing_else_is_there(self):
        for path in (
            "/web/login",
            "/odoo",
            "/json/version",
            "/queue_job/runjob?db=x&job_uuid=y",
            "/marketplace/oauth/shop?state=1.x&code=y",
            "/web/database/selector",
        ):
            answer = self.url_open(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 404, path)
        for path in ("/xmlrpc/2/common", "/jsonrpc", "/web/session/authenticate"):
            answer = self.url_open(path, data="{}", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, path)

    def test_section_of_the_configuration_switches_it_on(self):
        with NamedTemporaryFile("w", suffix=".conf") as file:
            file.write("[options]\nworkers = 2\n[marketplace_connector]\n")
            file.write("webhook_only = yes\n")
            file.flush()
            self.assertTrue(ir_http.read_webhook_only(file.name))
        self.assertFalse(ir_http.read_webhook_only(""))
