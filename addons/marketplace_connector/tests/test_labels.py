from odoo.exceptions import UserError
from odoo.tests import tagged

from ..domain.contract import LiveCheck, OrderState, PaymentState, Rejected, Transient
from .common import ConnectorCase
from .shop import order_of, timedelta


@tagged("post_install", "-at_install")
class TestLabels(ConnectorCase):
    def accepted(self, *external_ids):
        """Parcels whose NF-e the channel accepted."""
        rows = self.env["marketplace.outbox"]
        for external_id in external_ids:
            rows += self.authorised(external_id)
        self.send(rows)
        self.assertEqual(set(rows.mapped("state")), {"accepted"})
        return rows.parcel_id

    def test_label_is_stored_and_the_axis_moves(self):
        parcel = self.accepted("9001")
        self.labels(parcel)
        self.assertEqual(parcel.label_id.raw, b"%PDF S9001")
        self.assertEqual(parcel.sale_order_ids.b2c_parcel_state, "label_ready")

    def test_one_bad_parcel_does_not_cost_the_others_their_label(self):
        parcels = self.accepted("9001", "9002", "9003")
        self.shop.broken_labels["S9002"] = Rejected("not_printable")
        self.labels(parcels)
        # Each has a file of its own: a packer prints one label, not those of others.
        self.assertEqual(
            [parcel.label_id.raw for parcel in parcels],
            [b"%PDF S9001", False, b"%PDF S9003"],
        )
        self.assertIn("not_printable", parcels[1].label_error)
        self.assertTrue(parcels[1].label_next_try)

    def test_reprint_does_not_ask_the_channel(self):
        parcel = self.accepted("9001")
        self.labels(parcel)
        self.labels(parcel)
        action = parcel.action_print_label()
        self.assertIn(str(parcel.label_id.id), action["url"])
        self.assertEqual(self.shop.count("labels"), 1)

    def test_no_label_before_the_channel_accepted(self):
        parcel = self.authorised().parcel_id
        self.labels(parcel)
        self.assertEqual(self.shop.count("labels"), 0)
        with self.assertRaises(UserError):
            parcel.action_print_label()

    def test_cancelled_order_gets_no_label(self):
        parcel = self.accepted("9001")
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(OrderState.CANCELLED, PaymentState.PAID)
        self.labels(parcel)
        self.assertFalse(parcel.label_id)
        self.assertEqual(parcel.label_error, "order_cancelled")

    def test_channel_down_puts_all_off(self):
        parcels = self.accepted("9001", "9002")
        self.shop.down = Transient("gateway")
        self.labels(parcels)
        self.assertFalse(parcels.label_id)
        self.assertTrue(all(parcels.mapped("label_next_try")))

    def test_cron_asks_again_when_due(self):
        parcel = self.accepted("9001")
        self.shop.broken_labels["S9001"] = Transient("later")
        self.labels(parcel)
        self.shop.broken_labels.clear()
        self.frozen.tick(timedelta(minutes=5))
        self.env["marketplace.parcel"]._cron_labels()
        job = self.env["queue.job"].search([("method_name", "=", "_fetch_labels")])
        self.assertEqual(job[:1].records, parcel)

    def test_format_of_the_account(self):
        self.account.label_format = "zpl2"
        parcel = self.accepted("9001")
        self.labels(parcel)
        self.assertEqual(parcel.label_format, "zpl2")
        self.assertTrue(parcel.label_id.name.endswith(".zpl"))

    def test_cancellation_voids_the_label(self):
        parcel = self.accepted("9001")
        self.labels(parcel)
        sale = parcel.sale_order_ids
        self.assertEqual(sale._b2c_cancel_step_void_label()[0], "done")
        with self.assertRaises(UserError):
            parcel.action_print_label()
        self.assertEqual(sale._b2c_shipping_ready(), {sale.id: "label_missing"})

    def test_shared_parcel_is_a_persons_task(self):
        self.read_cart()
        sale, _other = self.env["marketplace.order"].search([]).sale_order_id
        state, note = sale._b2c_cancel_step_void_label()
        self.assertEqual(state, "manual")
        self.assertIn("S1", note)

    def read_cart(self):
        self.read(
            order_of("9001", pack_id="P1", parcel="S1"),
            order_of("9002", pack_id="P1", parcel="S1"),
        )

    def test_order_may_ship_when_accepted_and_labelled(self):
        row = self.authorised()
        sale = row.sale_order_ids
        self.assertEqual(sale._b2c_shipping_ready(), {sale.id: "xml_not_accepted"})
        self.send(row)
        self.assertEqual(sale._b2c_shipping_ready(), {sale.id: "label_missing"})
        self.labels(row.parcel_id)
        self.assertEqual(sale._b2c_shipping_ready(), {})
