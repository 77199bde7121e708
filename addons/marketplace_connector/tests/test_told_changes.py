"""Notifications about listings, their stock and the NF-e."""

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import InvoiceState, Transient
from .common import NoteCase
from .offer_common import OfferCase
from .shop import timedelta
from .shop_offer import listing_of


class Told:
    """``told``: a notification comes and is handled; the jobs that it left."""

    def told(self, ref, kind):
        self.hint(ref, f"{kind}:{ref}", kind)
        with trap_jobs() as trap:
            self.inbox._drain()
            handlers = [j for j in trap.enqueued_jobs if j.method_name == "_process"]
            for job in handlers:
                job.perform()
            left = [job for job in trap.enqueued_jobs if job not in handlers]
        rows = self.inbox.search([("external_id", "=", ref), ("kind", "=", kind)])
        self.assertEqual(rows.mapped("state"), ["done"])
        self.assertFalse(rows.error)
        return [job for job in left if job.method_name != "_drain"]

    def perform(self, jobs):
        with trap_jobs() as trap:
            for job in jobs:
                job.perform()
            return trap.enqueued_jobs


@tagged("post_install", "-at_install")
class TestToldOffers(Told, OfferCase):
    def test_quantity_changed_by_hand_at_the_channel_is_put_right(self):
        listing = self.listed()
        self.push()
        self.frozen.tick(timedelta(minutes=5))
        self.shop.offer(listing_of("MLB5", "MESA-1", quantity=3))
        jobs = self.perform(self.told("MLB5", "stock"))
        self.assertEqual(listing.stock_channel, 3)
        self.assertEqual([job.method_name for job in jobs], ["_push"])
        self.push()
        self.assertEqual(self.shop.quantity("MLB5"), 10)

    def test_what_was_just_sold_is_not_put_back_before_its_order_is_here(self):
        self.listed()
        self.push()
        self.frozen.tick(timedelta(minutes=5))
        self.shop.offer(listing_of("MLB5", "MESA-1", quantity=9))
        (job,) = self.told("MLB5", "stock")
        self.assertEqual(self.shop.count("read_listings"), 0)
        self.assertEqual(self.shop.pushed(), [(("MLB5", 10),)])
        self.assertGreaterEqual(job.eta - job.date_created, timedelta(minutes=1))

    def test_listing_paused_at_the_channel_is_known_here(self):
        listing = self.listed()
        self.shop.offer(listing_of("MLB5", "MESA-1", state="paused"))
        self.perform(self.told("MLB5", "item"))
        self.assertEqual(listing.state, "paused")

    def test_sale_that_is_told_twice_is_compared_once(self):
        self.listed()
        (one,), (other,) = self.told("MLB5", "stock"), self.told("MLB5", "item")
        self.assertEqual(one.identity_key, other.identity_key)

    def test_shared_stock_is_told_by_its_own_name(self):
        self.listed(pool="U1")
        self.perform(self.told("U1", "stock"))
        self.assertEqual(self.shop.calls[-1], ("read_listings", "MLB5"))

    def test_names_that_nobody_knows_cost_no_call(self):
        self.listed()
        for kind in ("item", "stock", "invoice"):
            self.assertFalse(self.told("MLB999", kind))

    def test_echo_of_what_we_sent_costs_no_call(self):
        self.listed()
        self.push()
        self.assertFalse(self.told("MLB5", "stock"))
        self.assertTrue(self.told("MLB5", "item"))

    def test_comparison_that_fails_loses_nothing(self):
        listing = self.listed()
        jobs = self.told("MLB5", "item")
        self.shop.down = Transient("gateway")
        self.perform(jobs)
        self.assertTrue(listing.active)
        self.assertEqual(listing.state, "active")


@tagged("post_install", "-at_install")
class TestToldNotes(Told, NoteCase):
    def test_slow_import_ends_when_the_channel_tells_of_it(self):
        row = self.given
        self.shop.answers["S9001"] = [InvoiceState.PROCESSING]
        self.send(row)
        self.assertEqual(row.state, "sending")
        jobs = self.told(row.receipt, "invoice")
        self.perform(jobs)
        self.assertEqual(row.state, "accepted")
        self.assertEqual(self.shop.count("send_invoice"), 1)

    def test_call_under_way_is_not_asked_about(self):
        row = self.given
        self.shop.killed_after = "send_invoice"
        self.killed(lambda: self.send(row))
        due = row.next_try
        self.assertFalse(self.told("S9001", "invoice"))
        self.assertEqual((row.state, row.next_try), ("sending", due))
