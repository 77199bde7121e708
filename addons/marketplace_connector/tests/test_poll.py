from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import ChannelEvent, OrderState, Transient
from .common import ConnectorCase
from .shop import NOW, SELLER, order_of, timedelta


def breaks_after(*pages):
    """Pages of a channel that goes down behind the last one."""
    yield from pages
    raise Transient("gateway")


@tagged("post_install", "-at_install")
class TestPoll(ConnectorCase):
    def hints(self):
        return self.inbox.search([("state", "=", "new")]).mapped("external_id")

    def test_import_now_queues_one_job(self):
        with trap_jobs() as trap:
            self.account.action_import_now()
            self.account.action_import_now()
            trap.assert_jobs_count(1, only=self.account._poll)

    def test_poll_hints_at_what_changed(self):
        self.shop.put(order_of("9001"), order_of("9002"))
        self.shop.pages = [["9001"], ["9002"]]
        self.account._poll()
        self.assertEqual(set(self.hints()), {"9001", "9002"})
        self.assertEqual(self.account.poll_cursor["value"], "page-2")
        self.assertEqual(
            self.account.last_sync, NOW.replace(tzinfo=None) + timedelta(minutes=10)
        )

    def test_poll_goes_on_at_its_cursor(self):
        self.shop.put(order_of("9001"))
        self.shop.pages = [["9001"]]
        self.account._poll()
        self.shop.calls.clear()
        self.account._poll()
        self.assertEqual(self.shop.calls, [("changed_orders", "page-1")])

    def test_overlap_does_not_read_known_orders_again(self):
        self.read(order_of("9001"))
        self.shop.pages = [["9001"]]
        self.account._poll()
        self.assertFalse(self.hints())

    def test_page_before_the_failure_is_kept(self):
        self.shop.put(order_of("9001"))
        self.shop.pages = breaks_after(["9001"])
        self.account._poll()
        self.assertEqual(self.hints(), ["9001"])
        self.assertEqual(self.account.poll_cursor["value"], "page-1")
        self.assertIn("gateway", self.account.last_error)

    def test_sweep_finds_the_cancellation_that_the_search_hides(self):
        binding = self.read(order_of("9001"))
        self.frozen.tick(timedelta(hours=3))
        with trap_jobs():
            self.env["marketplace.account"]._cron_sweep()
        self.assertEqual(self.hints(), ["9001"])
        self.shop.put(
            order_of(
                "9001",
                state=OrderState.CANCELLED,
                updated_at=NOW + timedelta(hours=1),
            )
        )
        self.drain()
        self.assertEqual(binding.sale_order_id.b2c_order_state, "cancelled")

    def test_sweep_leaves_finished_orders_alone(self):
        self.read(order_of("9001", state=OrderState.DELIVERED))
        self.frozen.tick(timedelta(hours=3))
        with trap_jobs():
            self.env["marketplace.account"]._cron_sweep()
        self.assertFalse(self.hints())

    def test_missed_events_of_our_seller_only(self):
        self.shop.missed = [
            ChannelEvent(SELLER, "orders", "order", "9001", "missed-1"),
            ChannelEvent("99", "orders", "order", "9002", "missed-2"),
        ]
        self.account._read_missed_feed()
        self.assertEqual(self.hints(), ["9001"])

    def test_user_reads_an_order_again(self):
        binding = self.read(order_of("9001"))
        binding.sale_order_id.action_marketplace_reread()
        self.assertEqual(self.hints(), ["9001"])
