import json

from odoo.tests import HttpCase, tagged

from .common import account_values, plug_in
from .shop import Shop


@tagged("post_install", "-at_install")
class TestWebhook(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop()
        plug_in(cls, lambda: cls.shop)
        cls.account = cls.env["marketplace.account"].create(
            account_values(cls.env.company, external_ref="77")
        )
        cls.url = f"/marketplace/shop/{cls.account.hook_key}"

    def tell(self, user="77", event="event-1", url=None, **headers):
        body = json.dumps({"user": user, "id": "9001", "event": event})
        headers = {"Content-Type": "application/json", **headers}
        return self.url_open(url or self.url, data=body, headers=headers)

    def rows(self):
        return self.env["marketplace.inbox"].search(
            [("account_id", "=", self.account.id)]
        )

    def test_notification_is_stored_and_acknowledged(self):
        answer = self.tell()
        self.assertEqual((answer.status_code, answer.content), (200, b"ok"))
        row = self.rows()
        self.assertEqual((row.kind, row.external_id), ("order", "9001"))
        self.assertEqual(row.auth, "unsigned")
        self.assertFalse(self.shop.calls, "nothing is read while the channel waits")

    def test_one_drain_waits_for_all_that_come_along(self):
        drains = [("identity_key", "=", "marketplace-inbox-drain")]
        self.tell()
        self.tell(event="event-2")
        self.assertEqual(len(self.rows()), 2)
        self.assertEqual(self.env["queue.job"].search_count(drains), 1)

    def test_duplicate_is_acknowledged_and_not_stored(self):
        self.tell()
        self.assertEqual(self.tell().status_code, 200)
        self.assertEqual(len(self.rows()), 1)

    def test_wrong_key_is_not_found(self):
        self.assertEqual(self.tell(url=f"{self.url}x").status_code, 404)
        wrong = f"/marketplace/other/{self.account.hook_key}"
        self.assertEqual(self.tell(url=wrong).status_code, 404)

    def test_bad_signature_is_refused(self):
        self.assertEqual(self.tell(**{"X-Signature": "bad"}).status_code, 401)
        self.assertFalse(self.rows())

    def test_event_of_another_seller_is_not_stored(self):
        self.assertEqual(self.tell(user="99").status_code, 200)
        self.assertFalse(self.rows())

    def test_huge_body_is_refused(self):
        answer = self.url_open(
            self.url,
            data=b"x" * (300 * 1024),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 413)

    def test_reading_the_address_is_not_allowed(self):
        self.assertEqual(self.url_open(self.url).status_code, 405)

    def test_paused_account_still_keeps_what_it_hears(self):
        self.account.state = "paused"
        self.tell()
        self.assertTrue(self.rows())

    def test_callback_needs_the_link_we_drew(self):
        self.authenticate("admin", "admin")
        answer = self.url_open(
            f"/marketplace/oauth/shop?state={self.account.id}.forged&code=good"
        )
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.account.state, "draft")

    def test_callback_connects(self):
        self.authenticate("admin", "admin")
        state = self.account.action_connect()["url"].split("state=")[1].split("&")[0]
        self.url_open(
            f"/marketplace/oauth/shop?state={state}&code=good", allow_redirects=False
        )
        self.assertEqual(self.account.state, "active")
