from dataclasses import replace

from odoo.exceptions import UserError

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import LiveCheck, OrderState, ParcelState, PaymentState
from .shop import NOW, order_of, timedelta

STATIONS = ("wave", "pick", "pack")
GONE = LiveCheck(OrderState.CANCELLED, PaymentState.REFUNDED)


class CancelPoints:
    """The channel cancels at each point of an order's way; nothing may be shipped."""

    # ------------------------------------------------------------ given

    def channel_cancels(self, external_id="9001"):
        """The cancellation comes in as a reading; the plan's steps and states."""
        self.frozen.tick(timedelta(minutes=5))
        self.shop.change(
            external_id,
            state=OrderState.CANCELLED,
            payment_state=PaymentState.REFUNDED,
            parcels=tuple(
                replace(one, state=ParcelState.CANCELLED)
                for one in self.shop.orders[external_id].parcels
            ),
            updated_at=NOW + timedelta(minutes=30),
        )
        self.again(external_id)
        sale = self.orders.search([("b2c_external_id", "=", external_id)])
        with trap_jobs():
            sale._b2c_run_cancellation()
        self.assertEqual(sale.b2c_order_state, "cancelled")
        return {step.step: step.state for step in sale.b2c_cancel_step_ids}

    def labelled(self):
        """An order with its NF-e accepted and its label stored."""
        row = self.authorised()
        self.send(row)
        self.labels(row.parcel_id)
        self.assertTrue(row.parcel_id.label_id)
        return row

    def reserved(self):
        """Chairs that are held for others than the order that was there before."""
        quants = self.env["stock.quant"].search([("product_id", "=", self.chair.id)])
        return sum(quants.mapped("reserved_quantity")) - 1

    def verdicts(self, sale):
        """Why none of the stations may touch the order."""
        verdicts = [sale._b2c_guard(station)[sale.id] for station in STATIONS]
        self.assertFalse([verdict for verdict in verdicts if verdict.go])
        return {verdict.reason_code for verdict in verdicts}

    # ------------------------------------------------------------ eight points

    def test_cancelled_before_the_reservation(self):
        sale = self.sale()
        self.assertEqual(self.channel_cancels("9002"), {"release_stock": "done"})
        with trap_jobs():
            sale._b2c_advance()
        self.assertEqual((sale.state, self.reserved()), ("cancel", 0))
        self.assertFalse(sale.invoice_ids)

    def test_cancelled_in_the_wave(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance("stock")
        self.assertEqual(self.reserved(), 1)
        self.assertEqual(self.channel_cancels("9002"), {"release_stock": "done"})
        self.assertEqual(self.reserved(), 0)
        self.assertEqual(self.verdicts(sale), {"order_cancelled"})

    def test_cancelled_behind_the_back_of_wave_pick_and_pack(self):
        """No event told us: each station asks the channel before it goes on."""
        for number, station in enumerate(STATIONS, 9002):
            sale = self.sale(str(number))
            self.assertTrue(sale._b2c_guard(station)[sale.id].go)
            self.frozen.tick(timedelta(minutes=20))
            self.shop.live[str(number)] = GONE
            with trap_jobs():
                verdict = sale._b2c_guard(station)[sale.id]
            self.assertEqual(verdict.reason_code, "order_cancelled", station)
            self.assertEqual(sale.b2c_order_state, "cancelled", station)

    def test_cancelled_after_the_pick(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance("stock")
        sale.picking_ids.move_line_ids.picked = True
        steps = self.channel_cancels("9002")
        self.assertEqual(steps["put_back"], "manual")
        self.assertEqual(self.verdicts(sale), {"order_cancelled"})
        self.assertEqual(self.reserved(), 0)

    def test_cancelled_while_the_note_is_at_the_sefaz(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance()
        steps = self.channel_cancels("9002")
        self.assertIn("cancel_nfe", steps)
        document = sale.invoice_ids.fiscal_document_id
        with trap_jobs():
            document.action_document_send()
            document._nfe_after_authorize()
        rows = self.env["marketplace.outbox"]
        self.assertFalse(
            rows.search([("document_id", "=", document.id)]), "nobody wants it any more"
        )

    def test_cancelled_after_the_note(self):
        row = self.authorised()
        steps = self.channel_cancels()
        self.assertIn("cancel_nfe", steps)
        self.send(row)
        self.assertEqual(row.state, "blocked")
        self.labels(row.parcel_id)
        self.assertEqual(self.shop.count("send_invoice"), 0)
        self.assertFalse(row.parcel_id.label_id)

    def test_cancelled_after_the_label(self):
        row = self.labelled()
        steps = self.channel_cancels()
        self.assertEqual(steps["void_label"], "done")
        with self.assertRaises(UserError):
            row.parcel_id.action_print_label()
        verdict = row.sale_order_ids._b2c_dispatch()[row.sale_order_ids.id]
        self.assertFalse(verdict.go)

    def test_cancelled_at_the_scan(self):
        sale = self.labelled().sale_order_ids
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = GONE
        with trap_jobs():
            verdict = sale._b2c_dispatch()[sale.id]
        self.assertEqual(verdict.reason_code, "order_cancelled")
        self.assertNotEqual(sale.picking_ids.state, "done")

    def test_cancelled_after_the_dispatch(self):
        sale = self.labelled().sale_order_ids
        with trap_jobs():
            self.assertTrue(sale._b2c_dispatch()[sale.id].go)
        self.assertEqual(sale.picking_ids.state, "done")
        steps = self.channel_cancels()
        self.assertEqual(steps["intercept_parcel"], "manual")
        self.assertEqual(steps["expect_return"], "manual")
        self.assertIn("entry_nfe", steps, "its note cannot be cancelled any more")
        self.assertNotIn("release_stock", steps, "stock only after inspection")

    # ------------------------------------------------------------ held orders

    def test_buyer_cancels_in_the_last_minute_of_the_first_hour(self):
        held = order_of("9003", hold_until=NOW + timedelta(hours=1))
        binding = self.read(held)
        self.frozen.move_to(NOW + timedelta(minutes=59))
        self.shop.change(
            "9003", state=OrderState.CANCELLED, updated_at=NOW + timedelta(minutes=59)
        )
        self.again("9003")
        self.frozen.tick(timedelta(hours=1))
        self.again("9003")
        self.assertFalse(binding.sale_order_id, "no sale, no number, no note")

    def test_hold_that_ended_lets_the_order_in(self):
        binding = self.read(order_of("9003", hold_until=NOW + timedelta(hours=1)))
        self.assertFalse(binding.sale_order_id)
        self.frozen.move_to(NOW + timedelta(minutes=61))
        self.again("9003")
        self.assertTrue(binding.sale_order_id)

    def test_fraud_that_shows_after_the_label_stops_the_station(self):
        sale = self.labelled().sale_order_ids
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(
            OrderState.READY, PaymentState.PAID, flags=frozenset({"fraud_risk"})
        )
        with trap_jobs():
            verdict = sale._b2c_dispatch()[sale.id]
        self.assertEqual(verdict.reason_code, "order_on_hold")
        self.assertNotEqual(sale.picking_ids.state, "done")
