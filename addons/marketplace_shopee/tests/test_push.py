import json

from odoo.tests import HttpCase, tagged

from odoo.addons.marketplace_shopee.domain.signing import push_signature

from .common import ShopeeCase


@tagged("post_install", "-at_install")
class TestPush(ShopeeCase, HttpCase):
    """The address that Shopee pushes to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.write({"external_ref": "727720655", "state": "active"})

    def _push(self, body, sign=None):
        """Post a message as Shopee does; the answer, and the hints that it left."""
        raw = json.dumps(body).encode()
        key, url = self.account.client_secret, self.account.hook_url
        headers = {
            "Content-Type": "application/json",
            "Authorization": sign or push_signature(key, url, raw),
        }
        path = f"/marketplace/shopee/{self.account.hook_key}"
        answer = self.url_open(path, data=raw, headers=headers)
        rows = self.env["marketplace.inbox"].search(
            [("account_id", "=", self.account.id)]
        )
        return answer, rows

    def _message(self, **changes):
        now = int(self.env.cr.now().timestamp())
        data = {"ordersn": "261120QSK8S7BX", "status": "READY_TO_SHIP"}
        return {
            "data": {**data, "update_time": now},
            "shop_id": 727720655,
            "code": 3,
            "timestamp": now,
            **changes,
        }

    def test_genuine_message_is_kept_and_answered_with_nothing(self):
        answer, rows = self._push(self._message())
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        self.assertEqual(rows.mapped("external_id"), ["261120QSK8S7BX"])
        self.assertEqual(rows.auth, "valid")

    def test_forged_message_changes_nothing(self):
        answer, rows = self._push(self._message(), sign="0" * 64)
        self.assertEqual((answer.status_code, answer.content), (401, b""))
        self.assertFalse(rows)

    def test_replay_of_an_old_message_is_refused(self):
        old = int(self.env.cr.now().timestamp()) - 5 * 3600
        answer, rows = self._push(self._message(timestamp=old))
        self.assertEqual(answer.status_code, 401)
        self.assertFalse(rows)

    def test_message_of_another_shop_is_acknowledged_and_left_alone(self):
        """One application has one address; refusing would switch the push off."""
        answer, rows = self._push(self._message(shop_id=1))
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(rows)
