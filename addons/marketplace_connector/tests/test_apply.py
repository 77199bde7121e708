from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..domain.contract import OrderState, ParcelState, Party, PaymentState
from .common import ConnectorCase
from .shop import BUYER, NOW, chair, order_of, timedelta


@tagged("post_install", "-at_install")
class TestApply(ConnectorCase):
    def test_payable_order_becomes_a_sale_order(self):
        binding = self.read(order_of("9001"))
        sale = binding.sale_order_id
        self.assertEqual(sale.b2c_source, "shop/77")
        self.assertEqual(sale.b2c_external_id, "9001")
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertEqual(sale.b2c_payment_state, "paid")
        self.assertAlmostEqual(sale.amount_total, 199.90)
        parcel = sale.marketplace_parcel_ids
        self.assertEqual(parcel.external_id, "S9001")
        self.assertEqual(parcel.invoice_state, "needed")

    def test_discounts_are_kept_by_who_bears_them(self):
        reduced = replace(
            chair(),
            unit_list_price=Decimal("229.90"),
            seller_discount=Decimal("20.00"),
            channel_discount=Decimal("10.00"),
        )
        order = order_of("9001", lines=(reduced,))
        paid = replace(order.payments[0], paid_total=Decimal("194.90"))
        sale = self.read(replace(order, payments=(paid,))).sale_order_id
        self.assertFalse(sale.b2c_issue_ids.mapped("message"))
        self.assertAlmostEqual(sale.amount_total, 199.90)
        self.assertAlmostEqual(sale.b2c_seller_discount, 20.00)
        self.assertAlmostEqual(sale.b2c_channel_discount, 15.00)
        # The consumer's 20.00 hold their share of the IPI, which the note's does not.
        self.assertAlmostEqual(sale.order_line.discount_value, 19.37, delta=0.011)

    def test_reading_it_again_changes_nothing(self):
        binding = self.read(order_of("9001"))
        events = binding.sale_order_id.b2c_event_ids
        self.assertEqual(self.read(order_of("9001")), binding)
        self.assertEqual(
            self.orders.search_count([("b2c_external_id", "=", "9001")]), 1
        )
        binding.sale_order_id.invalidate_recordset()
        self.assertEqual(binding.sale_order_id.b2c_event_ids, events)

    def test_unpaid_order_waits_without_sale_order(self):
        unpaid = order_of(
            "9001",
            state=OrderState.AWAITING_PAYMENT,
            payment_state=PaymentState.PENDING,
            updated_at=NOW - timedelta(minutes=5),
        )
        binding = self.read(unpaid)
        self.assertFalse(binding.sale_order_id)
        self.read(order_of("9001"))
        self.assertTrue(binding.sale_order_id)

    def test_cancelled_before_we_had_it_stays_out(self):
        binding = self.read(order_of("9001", state=OrderState.CANCELLED))
        self.assertEqual(binding.state, "cancelled")
        self.assertFalse(binding.sale_order_id)
        self.assertEqual(self.shop.count("buyer_fiscal"), 0)

    def test_older_reading_after_a_cancellation_is_ignored(self):
        binding = self.read(order_of("9001"))
        later = order_of(
            "9001",
            state=OrderState.CANCELLED,
            state_raw="cancelled",
            updated_at=NOW + timedelta(minutes=5),
        )
        self.read(later)
        self.read(order_of("9001", state_raw="paid again"))
        self.assertEqual(binding.state, "cancelled")
        self.assertEqual(binding.stale_count, 1)
        self.assertEqual(binding.sale_order_id.b2c_order_state, "cancelled")

    def test_partial_reading_never_becomes_a_sale(self):
        binding = self.read(order_of("9001", partial=True))
        self.assertTrue(binding.partial)
        self.assertFalse(binding.sale_order_id)
        self.assertIn("9001", self.errors, "must be read again")
        self.read(order_of("9001"))
        self.assertTrue(binding.sale_order_id)
        self.assertFalse(binding.partial)

    def test_partial_reading_tells_states_but_overwrites_nothing(self):
        binding = self.read(order_of("9001"))
        self.read(
            order_of(
                "9001",
                partial=True,
                state=OrderState.CANCELLED,
                updated_at=NOW + timedelta(minutes=5),
                buyer=Party(masked=True),
                lines=(),
                parcels=(),
            )
        )
        sale = binding.sale_order_id
        self.assertEqual(sale.b2c_order_state, "cancelled")
        self.assertEqual(sale.partner_id.name, BUYER.name)
        self.assertEqual(binding.number, "9001")
        self.assertTrue(binding.parcel_ids)

    def test_order_of_the_channels_own_stock_stays_out(self):
        flags = frozenset({"fulfillment_by_channel"})
        binding = self.read(order_of("9001", flags=flags))
        self.assertFalse(binding.sale_order_id)

    def test_held_order_waits(self):
        binding = self.read(order_of("9001", hold_until=NOW + timedelta(hours=1)))
        self.assertFalse(binding.sale_order_id)

    def test_unknown_value_is_reported_once(self):
        for number in range(2):
            self.read(
                order_of(
                    f"900{number}",
                    state=OrderState.UNKNOWN,
                    state_raw="novo",
                    unknown=("status=novo",),
                )
            )
        issue = self.open_issues(code="channel_unmapped_state")
        self.assertEqual(len(issue), 1)
        self.assertEqual(issue.count, 2)
        self.assertIn("status=novo", issue.message)

    def test_unknown_value_keeps_the_state_of_the_sale(self):
        binding = self.read(order_of("9001"))
        self.read(
            order_of(
                "9001",
                state=OrderState.UNKNOWN,
                state_raw="novo",
                updated_at=NOW + timedelta(minutes=1),
            )
        )
        sale = binding.sale_order_id
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertTrue(sale.b2c_state_unknown)

    def test_unknown_sku_is_kept_and_goes_on_when_it_is_mapped(self):
        line = chair(sku="?", item="MLB9", variation="blue")
        binding = self.read(order_of("9001", lines=(line,)), order_of("9002"))[-1:]
        self.assertEqual(binding.external_id, "9001")
        self.assertFalse(binding.sale_order_id)
        self.assertTrue(self.orders.search([("b2c_external_id", "=", "9002")]))
        listing = self.env["marketplace.listing"].search([("item_id", "=", "MLB9")])
        self.assertEqual((listing.variation_id, listing.sku), ("blue", "?"))
        listing.product_id = self.chair
        self.open_issues(code="sku_unknown").action_replay()
        self.assertEqual(binding.sale_order_id.order_line.product_id, self.chair)

    def test_listing_wins_over_sku(self):
        other = self._make_product("CAD-2", stock=10)
        self.env["marketplace.listing"].create(
            {
                "account_id": self.account.id,
                "item_id": "MLB1",
                "product_id": other.id,
            }
        )
        binding = self.read(order_of("9001"))
        self.assertEqual(binding.sale_order_id.order_line.product_id, other)

    def test_cancelled_while_it_waited_in_the_work_queue(self):
        bad = order_of("9001", lines=(chair(sku="?"),))
        self.read(bad)
        issue = self.open_issues(code="sku_unknown")
        self.assertTrue(issue)
        self.read(
            replace(
                bad,
                state=OrderState.CANCELLED,
                updated_at=NOW + timedelta(minutes=1),
                raw_digest="2",
            )
        )
        self.assertEqual(issue.state, "solved")

    def test_parcel_follows_the_channel(self):
        binding = self.read(order_of("9001"))
        moved = order_of("9001", updated_at=NOW + timedelta(hours=1))
        parcel = replace(moved.parcels[0], state=ParcelState.IN_TRANSIT, tracking="BR1")
        self.read(replace(moved, parcels=(parcel,), raw_digest="moved"))
        self.assertEqual(binding.parcel_ids.state, "in_transit")
        self.assertEqual(binding.parcel_ids.tracking, "BR1")
        self.assertEqual(binding.sale_order_id.b2c_parcel_state, "in_transit")

    def test_cart_shares_a_parcel(self):
        bindings = self.read(
            order_of("9001", pack_id="P1", parcel="S1"),
            order_of("9002", pack_id="P1", parcel="S1"),
        )
        parcel = bindings.parcel_ids
        self.assertEqual(len(parcel), 1)
        self.assertEqual(parcel.sale_order_ids, bindings.sale_order_id)
