"""Scenario 4: a storm of events costs one reading of each order."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ConnectorCase
from .shop import order_of


@tagged("post_install", "-at_install")
class TestCollect(ConnectorCase):
    def rows(self, external_id):
        return self.inbox.search([("external_id", "=", external_id)])

    def test_what_comes_in_while_a_job_waits_is_settled_by_its_reading(self):
        self.shop.put(order_of("9001"))
        self.hint("9001", event="first")
        with trap_jobs() as trap:
            self.inbox._drain()
            [job] = trap.enqueued_jobs
            for number in range(4):
                self.hint("9001", event=f"again {number}")
            job.perform()
        self.assertEqual(set(self.rows("9001").mapped("state")), {"done"})
        self.drain()
        self.assertEqual(self.shop.count("order"), 1)

    def test_parcel_and_order_of_one_change_cost_one_reading(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.drain()
        self.hint("S9001", kind="parcel")
        self.frozen.tick(timedelta(seconds=10))
        self.hint("9001", event="own")
        self.drain()
        self.assertEqual(self.shop.count("order"), 2)
        # The order's job came first, and began after the parcel's event.
        self.assertEqual(self.rows("S9001").state, "done")

    def test_event_behind_a_reading_is_read(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.drain()
        self.frozen.tick(timedelta(seconds=10))
        self.hint("9001", event="later")
        self.drain()
        self.assertEqual(self.shop.count("order"), 2)

    def test_event_of_the_moment_of_a_reading_is_read(self):
        """Clocks of two machines may differ, and moments are whole seconds."""
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.drain()
        self.hint("9001", event="the same second")
        self.frozen.tick(timedelta(seconds=1))
        self.read(order_of("9001"))
        self.drain()
        self.assertEqual(self.shop.count("order"), 3)

    def test_event_that_arrives_during_a_reading_is_read(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.shop.meanwhile = self.tick_and_hint
        self.drain()
        self.shop.meanwhile = lambda: None
        self.frozen.tick(timedelta(seconds=10))
        self.drain()
        self.assertEqual(self.shop.count("order"), 2)

    def tick_and_hint(self):
        self.frozen.tick(timedelta(seconds=30))
        self.hint("9001", event="meanwhile")

    def test_partial_reading_covers_nothing(self):
        self.read(order_of("9001"))
        self.hint("9001")
        self.frozen.tick(timedelta(seconds=10))
        self.read(order_of("9001", partial=True))
        self.drain()
        self.assertEqual(self.shop.count("order"), 3)

    def test_replay_reads_what_was_read_since(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.drain()
        self.frozen.tick(timedelta(seconds=10))
        self.read(order_of("9001"))
        self.rows("9001").action_replay()
        self.drain()
        self.assertEqual(self.shop.count("order"), 3)

    def test_channel_that_gives_pages_is_asked_for_many_at_once(self):
        self.shop.offer(read_batch=200)
        for number in range(120):
            self.hint(f"A{number}")
            self.hint(f"P{number}", kind="parcel")
        with trap_jobs() as trap:
            self.inbox._drain()
        sizes = sorted((job.args[1], len(job.args[2])) for job in trap.enqueued_jobs)
        self.assertEqual(
            sizes, [("order", 120), ("parcel", 20), ("parcel", 50), ("parcel", 50)]
        )

    def test_sales_that_nobody_knows_come_before_the_rest(self):
        self.read(order_of("A1"))
        self.hint("A1")
        self.hint("A2")
        with trap_jobs() as trap:
            self.inbox._drain()
        first, second = sorted(trap.enqueued_jobs, key=lambda job: job.priority)
        self.assertEqual((first.args[2], second.args[2]), (["A2"], ["A1"]))
        self.assertLess(first.priority, second.priority)
