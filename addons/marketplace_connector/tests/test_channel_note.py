"""The NF-e that a channel issues for goods in its own stock."""

from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.nfe_batch.domain.access_key import check_digit
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    AuthDead,
    Feature,
    InvoiceFile,
    NotFound,
    OrderState,
    PaymentState,
    Transient,
)
from .offer_common import OfferCase
from .shop import LATER, NOW, Shop, ShopAdapter, order_of, timedelta

FULL = frozenset({"fulfillment_by_channel"})
_BODY = "3526113300011100018855090000000123112345678"
KEY = _BODY + check_digit(_BODY)


def nfe(key=KEY):
    """An authorised NF-e of the channel."""
    xml = (
        '<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00"><NFe>'
        f'<infNFe Id="NFe{key}"/></NFe><protNFe><infProt><chNFe>{key}</chNFe>'
        "<cStat>100</cStat></infProt></protNFe></nfeProc>"
    ).encode()
    return InvoiceFile(key, xml, NOW, Decimal("199.90"), "90", "123")


class IssuerShop(Shop):
    """``notes``: what the channel issued, or the error, by order."""

    def __init__(self):
        super().__init__()
        self.notes = {}
        self.offer(Feature.CHANNEL_INVOICE)

    def adapter(self, **params):
        return IssuerAdapter(self, **params)


class IssuerAdapter(ShopAdapter):
    def channel_invoice(self, order_id):
        self._call("channel_invoice", order_id)
        found = self.shop.notes.get(order_id, NotFound("none was issued"))
        if isinstance(found, Exception):
            raise found
        return found

    def channel_invoice_orders(self, invoice_id):
        self._call("channel_invoice_orders", invoice_id)
        if invoice_id != "N9001":
            raise NotFound("unknown")
        return ("9001",)


@tagged("post_install", "-at_install")
class TestChannelNote(OfferCase):
    def setUp(self):
        super().setUp()
        type(self).shop = IssuerShop()

    def full(self, **changes):
        """A paid order that the channel ships."""
        return self.read(order_of("9001", flags=FULL, **changes))

    def cron(self):
        """The clock ticks and its jobs run; how many there were."""
        with trap_jobs() as trap:
            self.env["marketplace.order"]._cron_channel_notes()
            for job in trap.enqueued_jobs:
                job.perform()
            return len(trap.enqueued_jobs)

    def files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "marketplace.order"), ("name", "like", KEY)]
        )

    def test_note_is_kept_byte_for_byte_and_once(self):
        order = self.full()
        self.shop.notes["9001"] = nfe()
        self.cron()
        self.assertEqual(order.channel_nfe_file_id.raw, nfe().xml)
        self.assertEqual(order.channel_nfe_key, KEY)
        self.assertEqual(order.channel_nfe_number, "90/123")
        self.assertFalse(order.sale_order_id)
        order._keep_channel_note(nfe())
        self.assertFalse(self.cron())
        self.assertEqual(len(self.files()), 1)

    def test_later_reading_takes_no_note_away(self):
        order = self.full()
        self.shop.notes["9001"] = nfe()
        self.cron()
        self.full(state=OrderState.SHIPPED, updated_at=LATER)
        self.assertEqual((order.state, order.channel_nfe_key), ("shipped", KEY))
        self.assertFalse(self.cron())

    def test_note_that_comes_late_is_asked_for_again(self):
        order = self.full()
        self.cron()
        self.assertTrue(order.channel_nfe_next_try)
        self.assertFalse(self.cron())
        self.shop.notes["9001"] = nfe()
        self.frozen.tick(timedelta(minutes=2))
        self.cron()
        self.assertEqual(order.channel_nfe_key, KEY)
        self.assertFalse(order.channel_nfe_problem)

    def test_note_that_never_comes_is_not_asked_for_without_end(self):
        order = self.full()
        for _attempt in range(20):
            self.frozen.tick(timedelta(hours=1))
            self.cron()
        self.assertEqual(self.shop.count("channel_invoice"), 8)
        self.assertFalse(order.channel_nfe_next_try)
        self.shop.notes["9001"] = nfe()
        self.full(state=OrderState.SHIPPED, updated_at=LATER)
        self.cron()
        self.assertEqual(order.channel_nfe_key, KEY)

    def test_unpaid_order_and_order_of_our_stock_ask_for_nothing(self):
        pending = {"state": OrderState.AWAITING_PAYMENT}
        pending["payment_state"] = PaymentState.PENDING
        self.full(**pending)
        self.read(order_of("9002", **pending))
        self.assertFalse(self.cron())
        self.full(updated_at=LATER)
        self.assertTrue(self.cron())

    def test_notification_of_the_note_fetches_it(self):
        order = self.full()
        self.cron()
        self.shop.notes["9001"] = nfe()
        for ref in ("N9001", "N404"):
            self.hint(ref, kind="invoice")
        with trap_jobs() as trap:
            self.inbox._drain()
            for name in ("_process", "_fetch_channel_notes"):
                for job in [j for j in trap.enqueued_jobs if j.method_name == name]:
                    job.perform()
        self.assertEqual(order.channel_nfe_key, KEY)
        self.assertEqual(set(self.inbox.search([]).mapped("state")), {"done"})

    def test_broken_file_goes_to_the_work_queue_and_stops_no_other(self):
        order, other = self.full(), self.read(order_of("9002", flags=FULL))
        good = nfe()
        bad = InvoiceFile("", good.xml.replace(KEY.encode(), b"1" * 44), NOW, 1, "", "")
        self.shop.notes = {"9001": bad, "9002": good}
        self.cron()
        self.assertEqual(other.channel_nfe_key, KEY)
        self.assertFalse(order.channel_nfe_file_id or order.channel_nfe_key)
        issue = self.open_issues(code="channel_nfe_refused")
        self.assertIn("9001", issue.message)
        self.assertFalse(self.cron())
        self.shop.notes["9001"] = good
        with trap_jobs():
            order.action_fetch_channel_note()
        self.cron()
        self.assertTrue(order.channel_nfe_file_id)
        self.assertFalse(self.open_issues(code="channel_nfe_refused"))

    def test_lost_connection_stops_the_account_and_nothing_is_lost(self):
        order = self.full()
        self.shop.notes["9001"] = AuthDead("revoked")
        self.cron()
        self.assertEqual(self.account.state, "dead")
        self.assertTrue(order.channel_nfe_next_try)
        self.assertFalse(order.channel_nfe_attempts)

    def test_broken_call_is_repeated(self):
        order = self.full()
        self.shop.notes["9001"] = Transient("gateway")
        self.cron()
        self.assertIn("gateway", order.channel_nfe_problem)
        self.assertFalse(self.open_issues(code="channel_nfe_refused"))

    def test_channel_without_the_feature_is_not_asked(self):
        order = self.full()
        self.shop.offer()
        self.cron()
        self.hint("N9001", kind="invoice")
        self.drain()
        self.assertFalse(order.channel_nfe_next_try)
        self.assertFalse(self.shop.count("channel_invoice"))

    def test_user_fetches_and_downloads_but_writes_nothing(self):
        order, ours = self.full(), self.read(order_of("9002", state=OrderState.SHIPPED))
        user = new_test_user(
            self.env,
            login="note_user",
            groups="marketplace_connector.marketplace_connector_group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with trap_jobs() as trap:
            order.with_user(user).action_fetch_channel_note()
            trap.assert_jobs_count(1)
        self.shop.notes["9001"] = nfe()
        self.cron()
        file = order.with_user(user).channel_nfe_file_id
        self.assertEqual(file.raw, nfe().xml)
        self.assertIn(str(file.id), order.action_download_channel_note()["url"])
        with self.assertRaises(AccessError):
            order.with_user(user).write({"channel_nfe_key": "1"})
        with self.assertRaises(UserError):
            ours.with_user(user).action_fetch_channel_note()
