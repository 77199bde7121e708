from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    AuthDead,
    OrderState,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from .offer_common import OfferCase
from .shop import chair, order_of
from .shop_offer import listing_of


@tagged("post_install", "-at_install")
class TestStockPush(OfferCase):
    # ------------------------------------------------------------ how many

    def test_safety_stock_and_share(self):
        listing = self.listed()
        self.assertEqual(self.offered(), 10)
        self.assertEqual(self.offered(safety_stock=3), 7)
        self.assertEqual(self.offered(safety_stock=3, stock_share=50), 3)
        self.assertEqual(self.offered(safety_stock=30), 0)
        self.assertEqual((listing.stock_channel, listing.stock_state), (0, "sent"))

    def test_policy_of_the_channel_binds_what_is_offered(self):
        self.listed()
        policy = self.env["b2c.stock.policy"].create(
            {"name": "B2B", "company_id": self.company.id, "b2b_minimum": 4}
        )
        self.assertEqual(self.offered(), 6)
        policy.write({"channel": "shop", "b2b_minimum": 0, "share": 30})
        self.assertEqual(self.offered(), 3)
        policy.channel = "other"
        self.assertEqual(self.offered(), 10)

    def test_closed_cartons_count_as_far_as_they_may_be_opened(self):
        self.listed()
        rack = self.env["stock.location"].create(
            {
                "name": "Rack",
                "location_id": self.warehouse.lot_stock_id.id,
                "b2c_size": "carton",
            }
        )
        self.env["stock.quant"]._update_available_quantity(self.desk, rack, 24)
        self.assertEqual(self.offered(), 34)
        self.env["b2c.stock.policy"].create(
            {"name": "-", "company_id": self.company.id, "open_carton": False}
        )
        self.assertEqual(self.offered(), 10)

    def test_what_the_channel_ships_takes_nothing_of_ours(self):
        self.listed()
        flags = frozenset({"fulfillment_by_channel"})
        self.read(order_of("1", lines=(chair("MESA-1", item="MLB5"),), flags=flags))
        self.assertEqual(self.offered(), 10)

    def test_pool_is_sent_once_and_known_for_all(self):
        self.read_listings(
            listing_of("MLB5", "MESA-1", pool="U1"),
            listing_of("MLB6", "MESA-1", pool="U1"),
        )
        self.push()
        self.assertEqual(self.shop.pushed(), [(("MLB5", 10),)])
        other = self.listing("MLB6")
        self.assertEqual((other.stock_channel, other.stock_state), (10, "sent"))

    # ------------------------------------------------------------ what is sent

    def test_only_changed_quantities_are_sent(self):
        self.read_listings(
            listing_of("MLB5", "MESA-1"), listing_of("MLB6", "CAD-1", quantity=100)
        )
        self.push()
        self.push()
        self.assertEqual(self.shop.pushed(), [(("MLB5", 10),)])

    def test_falling_stock_goes_first(self):
        table = self._make_product("T", stock=7)
        self.read_listings(
            listing_of("UP", "CAD-1"),
            listing_of("DOWN", "T", quantity=50),
            listing_of("OUT", "MESA-1", quantity=10),
        )
        self.put(-10)
        self.push()
        self.assertEqual(self.shop.pushed(), [(("OUT", 0), ("DOWN", 7), ("UP", 100))])
        self.assertTrue(table)

    def test_listings_that_are_not_ours_to_fill_are_left_alone(self):
        self.read_listings(
            listing_of("CLOSED", "MESA-1", state="closed"),
            listing_of("NONE", "?"),
            listing_of("HAND", "CAD-1"),
        )
        self.listing("HAND").send_stock = False
        self.push()
        self.assertFalse(self.shop.pushed())

    # ------------------------------------------------------------ failures

    def test_stale_version_is_read_and_sent_once_more(self):
        """Scenario 26, 409: between our reading and our writing somebody sold."""
        listing = self.listed()
        self.shop.stale["MLB5"] = 1
        self.push()
        self.assertEqual(self.shop.pushed(), [(("MLB5", 10),)] * 2)
        self.assertEqual(self.shop.quantity("MLB5"), 10)
        self.assertEqual(listing.stock_state, "sent")

    def test_version_that_stays_stale_waits_for_the_next_job(self):
        listing = self.listed()
        self.shop.stale["MLB5"] = 5
        self.push()
        self.assertEqual(len(self.shop.pushed()), 2)
        self.assertEqual(listing.stock_state, "failed")
        self.assertIn("409", listing.stock_error)
        self.shop.stale.clear()
        self.push()
        self.assertEqual((listing.stock_state, listing.stock_error), ("sent", False))

    def test_failed_line_does_not_stop_the_rest(self):
        """Scenario 26, failure_list: each line has its own result."""
        self.read_listings(listing_of("MLB5", "MESA-1"), listing_of("MLB6", "CAD-1"))
        self.shop.refuse_line["MLB5"] = Rejected("below_reserved", "promotion")
        self.push()
        refused, taken = self.listing("MLB5"), self.listing("MLB6")
        self.assertEqual((refused.stock_state, taken.stock_state), ("refused", "sent"))
        self.assertEqual(self.shop.quantity("MLB6"), 100)
        self.assertTrue(taken.stock_pushed_at)
        issue = self.open_issues(code="channel_stock_refused")
        self.assertEqual(issue._record(), refused)
        self.assertIn("below_reserved", issue.message)
        self.assertIn("O canal respondeu", issue.message)

    def test_refused_quantity_is_not_sent_again_by_itself(self):
        listing = self.listed()
        self.shop.refuse_line["MLB5"] = Rejected("holiday")
        self.push()
        self.push()
        self.assertEqual(len(self.shop.pushed()), 1)
        self.put(1)
        self.push()
        self.assertEqual(self.shop.pushed()[-1], (("MLB5", 11),))
        self.shop.refuse_line.clear()
        self.push(full=True)
        self.assertEqual(listing.stock_state, "sent")
        self.assertFalse(self.open_issues(code="channel_stock_refused"))

    def test_lost_answer_is_read_back_before_it_is_sent_again(self):
        listing = self.listed()
        self.shop.lost = OutcomeUnknown("timeout")
        self.push()
        self.assertEqual(listing.stock_state, "sending")
        self.shop.lost = None
        self.push()
        self.assertEqual(listing.stock_state, "sent")
        self.assertEqual(self.shop.count("push_stock"), 1)
        self.assertEqual(self.shop.count("read_stock"), 1)

    def test_killed_before_the_call_is_sent_after_reading_back(self):
        listing = self.listed()
        listing.write({"stock_state": "sending", "stock_sent": 10})
        self.push()
        self.assertEqual(self.shop.count("read_stock"), 1)
        self.assertEqual(self.shop.quantity("MLB5"), 10)

    def test_whole_call_that_failed_is_tried_by_the_clock(self):
        listing = self.listed()
        self.shop.down = Transient("gateway")
        self.push()
        self.assertEqual(listing.stock_state, "sending")
        self.assertIn("gateway", self.account.last_error)
        self.shop.down = None
        self.assertEqual([job.args for job in self.ticked()], [("stock", False)])
        self.push()
        self.assertEqual(self.shop.quantity("MLB5"), 10)

    def ticked(self):
        with trap_jobs() as trap:
            self.env["marketplace.account"]._cron_offers()
        return trap.enqueued_jobs

    def test_dead_account_sends_nothing_more(self):
        self.listed()
        self.shop.down = AuthDead("invalid_grant")
        self.push()
        self.assertEqual(self.account.state, "dead")
        self.assertFalse(self.ticked())

    def test_lost_grant_of_one_line_stops_the_account(self):
        listing = self.listed()
        self.shop.refuse_line["MLB5"] = AuthDead("invalid_grant")
        self.push()
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(listing.stock_state, "failed")

    def test_paused_account_parks_and_goes_on(self):
        self.listed()
        self.account.action_pause()
        self.push()
        self.assertFalse(self.shop.pushed())
        self.assertFalse(self.ticked())
        with trap_jobs() as trap:
            self.account.action_resume()
        jobs = [job for job in trap.enqueued_jobs if job.method_name == "_push"]
        self.assertEqual(len(jobs), 1)

    def test_nothing_is_sent_before_it_is_switched_on(self):
        self.account.push_stock = False
        self.listed()
        self.assertFalse(self.ticked())
        with self.assertRaises(UserError):
            self.account.action_push_offers()

    # ------------------------------------------------------------ triggers

    def test_changed_stock_wakes_the_account_once(self):
        self.listed()
        self.committed()
        self.put(1)
        self.put(1)
        self.assertEqual(self.committed(), [self.account])

    def test_stock_of_other_products_wakes_nobody(self):
        self.listed()
        self.committed()
        self.put(1, self.chair)
        self.assertFalse(self.committed())

    def test_part_of_a_kit_wakes_the_account(self):
        self.kit(chair=2)
        self.committed()
        self.put(1, self.chair)
        self.assertEqual(self.committed(), [self.account])

    def test_order_that_is_not_paid_yet_wakes_the_account(self):
        self.listed()
        self.committed()
        self.read(order_of("1", state=OrderState.AWAITING_PAYMENT))
        self.assertEqual(self.committed(), [self.account])

    def test_nightly_reading_finds_what_changed_at_the_channel(self):
        listing = self.listed()
        self.push()
        self.elsewhere("MLB5", 3)
        jobs = self.read_listings()
        self.assertEqual([job.args for job in jobs], [("stock", True)])
        self.assertEqual(listing.stock_channel, 3)
        self.push(full=True)
        self.assertEqual(self.shop.quantity("MLB5"), 10)

    def test_many_listings_cost_few_queries(self):
        self.read_listings(*(listing_of(f"M{n}", "MESA-1") for n in range(30)))
        rows = self.listings.search([])

        def queries(some):
            self.env.invalidate_all()
            some.mapped("component_ids.product_id.categ_id")
            some.mapped("product_id.categ_id")
            before = self.cr.sql_log_count
            self.account._stock_targets(some)
            return self.cr.sql_log_count - before

        queries(rows[:1])
        self.assertLessEqual(queries(rows), queries(rows[:1]))
