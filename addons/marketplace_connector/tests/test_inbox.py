from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import AuthDead, Transient
from .common import ConnectorCase
from .shop import order_of, timedelta


@tagged("post_install", "-at_install")
class TestInbox(ConnectorCase):
    def rows(self, external_id):
        return self.inbox.search([("external_id", "=", external_id)])

    def test_event_told_twice_is_stored_once(self):
        self.assertEqual(self.hint("9001", "event-1"), 1)
        self.assertEqual(self.hint("9001", "event-1"), 0)
        self.assertEqual(len(self.rows("9001")), 1)

    def test_ten_events_of_one_order_are_one_reading(self):
        self.shop.put(order_of("9001"))
        for number in range(10):
            self.hint("9001", f"event-{number}")
        jobs = self.drain()
        self.assertEqual(len(jobs), 1)
        self.assertEqual(self.shop.count("order"), 1)
        self.assertEqual(set(self.rows("9001").mapped("state")), {"done"})

    def test_jobs_hold_at_most_fifty_ids_and_have_an_identity(self):
        for number in range(120):
            self.hint(f"A{number}")
        jobs = self.drain()
        self.assertEqual(sorted(len(job.args[2]) for job in jobs), [20, 50, 50])
        self.assertEqual(len({job.identity_key for job in jobs}), 3)
        self.assertEqual({job.channel for job in jobs}, {"root.channel.shop"})

    def test_rows_that_another_job_settled_are_not_read_again(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        [job] = self.drain()
        job.perform()
        self.assertEqual(self.shop.count("order"), 1)

    def test_order_that_another_job_is_at_waits_for_it(self):
        self.shop.put(order_of("9001"), order_of("9002"))
        self.hint("9001")
        self.hint("9002")
        # A connection of its own, whatever the test mode does to cursors.
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"marketplace.order/{self.account.id}/9001"],
            )
            with trap_jobs() as trap:
                self.inbox._drain()
                [job] = trap.enqueued_jobs
                job.perform()
                later = trap.enqueued_jobs[-1]
        self.assertEqual(self.shop.calls[0], ("order", "9002"), "9001 is not asked for")
        self.assertNotIn(("order", "9001"), self.shop.calls)
        self.assertEqual(self.rows("9002").state, "done")
        waiting = self.rows("9001")
        self.assertEqual((waiting.state, waiting.attempts), ("queued", 0))
        self.assertFalse(self.account.last_error)
        self.assertEqual(later.args[2], ["9001"])
        later.perform()
        self.assertEqual(waiting.state, "done")

    def test_one_bad_order_does_not_stop_the_others(self):
        self.shop.put(order_of("9001"))
        self.shop.orders["9002"] = Transient("gateway")
        self.hint("9001")
        self.hint("9002")
        self.drain()
        self.assertEqual(self.rows("9001").state, "done")
        bad = self.rows("9002")
        self.assertEqual((bad.state, bad.attempts), ("failed", 1))
        self.assertIn("gateway", bad.error)

    def test_broken_call_is_repeated_in_seconds_and_not_by_the_clock(self):
        self.shop.orders["9002"] = Transient("gateway")
        self.hint("9002")
        with trap_jobs() as trap:
            self.inbox._drain()
            trap.enqueued_jobs[0].perform()
        self.assertEqual(trap.enqueued_jobs[-1].method_name, "_drain")
        self.frozen.tick(timedelta(seconds=16))
        self.assertEqual(len(self.drain()), 1)

    def test_failed_rows_come_back_later_and_are_given_up_at_last(self):
        self.shop.orders["9002"] = Transient("gateway")
        self.hint("9002")
        self.drain()
        self.assertFalse(self.drain(), "not before its time")
        for _attempt in range(7):
            self.frozen.tick(timedelta(hours=2))
            self.drain()
        self.assertEqual(self.rows("9002").state, "dead")

    def test_replay_reads_a_row_again(self):
        self.shop.orders["9001"] = Transient("gateway")
        self.hint("9001")
        self.drain()
        self.shop.put(order_of("9001"))
        self.rows("9001").with_user(self.operator_of_channel()).action_replay()
        self.drain()
        self.assertEqual(self.rows("9001").state, "done")

    def operator_of_channel(self):
        group = self.env.ref("marketplace_connector.marketplace_connector_group_user")
        self.operator.group_ids += group
        return self.operator

    def test_paused_account_parks_its_events(self):
        self.shop.put(order_of("9001"))
        self.hint("9001")
        self.account.action_pause()
        self.assertFalse(self.drain())
        self.assertEqual(self.rows("9001").state, "new")
        self.account.action_resume()
        self.drain()
        self.assertEqual(self.rows("9001").state, "done")

    def test_dead_token_parks_events_and_reports_once(self):
        self.shop.put(order_of("9001"))
        self.shop.down = AuthDead("invalid_grant")
        self.hint("9001")
        self.drain()
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(self.rows("9001").state, "new")
        issue = self.open_issues(code="channel_token_dead")
        self.assertEqual(issue._record(), self.account)
        self.assertIn("não aceita mais", issue.message)
        self.shop.down = None
        self.account._exchange_code("good")
        self.drain()
        self.assertEqual(self.rows("9001").state, "done")
        self.assertEqual(issue.state, "solved")

    def test_what_nobody_handles_yet_is_settled(self):
        self.hint("Q1", kind="question")
        self.drain()
        self.assertEqual(self.rows("Q1").state, "done")
        self.assertFalse(self.shop.calls)

    def test_event_of_a_parcel_reads_its_orders(self):
        self.read(order_of("9001"))
        self.shop.calls.clear()
        self.hint("S9001", kind="parcel")
        self.drain()
        self.assertEqual(self.shop.calls, [("order", "9001")])

    def test_event_of_a_parcel_that_nobody_knows_is_settled(self):
        self.hint("S1", kind="parcel")
        self.drain()
        self.assertEqual(self.rows("S1").state, "done")
        self.assertFalse(self.shop.calls)

    def test_old_notifications_are_forgotten(self):
        self.hint("9001")
        self.frozen.tick(timedelta(days=31))
        self.hint("9002")
        self.inbox._gc()
        self.assertFalse(self.rows("9001"))
        self.assertTrue(self.rows("9002"))
