from datetime import timedelta
from decimal import Decimal

from odoo import fields

from odoo.addons.queue_job.tests.common import trap_jobs


class OrderRisks:
    """What goes wrong with orders and what comes back of them."""

    def claims(self):
        with trap_jobs():
            self.account._poll_service()

    def back_from(self, event="return", **spec):
        """A buyer has the goods and wants to give them back; the id of the return."""
        order = self.market.order(lines=[{"quantity": 3}])
        self.market.advance(order.id, event, **spec)
        return order, str(self.market.engine.aftersales.claims()[-1].id)

    def test_risk_05_payment_told_after_the_cancellation_revives_nothing(self):
        order = self.market.order()
        self.hear(order.id)
        self.drain()
        sale = self.sale(order.id)
        self.assertEqual(sale.b2c_order_state, "ready")
        self.market.cancel(order.id)
        self.hear(order.id, 2)
        self.drain()
        # What was sent first comes last.
        self.hear(order.id, 1)
        self.drain()
        self.assertEqual(self.states(), {"done"})
        self.assertEqual(sale.b2c_order_state, "cancelled")
        self.assertFalse(sale._b2c_guard("nfe")[sale.id].go)

    def test_risk_13_incomplete_answer_is_never_invoiced(self):
        order = self.market.order()
        self.market.fault("partial", f"/orders/{order.id}")
        self.hear(order.id)
        self.drain()
        binding = self.env["marketplace.order"].search(
            [("external_id", "=", str(order.id))]
        )
        self.assertTrue(binding.partial)
        self.assertFalse(binding.sale_order_id, "no sale, so no note")
        self.assertEqual(self.states(), {"failed"})
        row = self.inbox.search([("account_id", "=", self.account.id)])
        row.next_try = fields.Datetime.now() - timedelta(minutes=1)
        self.drain()
        self.assertFalse(binding.partial)
        self.assertEqual(self.sale(order.id), binding.sale_order_id)
        self.assertTrue(binding.sale_order_id)

    def test_risk_29_each_kind_of_return_is_told_apart(self):
        kinds = {
            "cheap": {"subtype": "low_cost"},
            "partial": {"subtype": "return_partial", "quantity": 1},
            "triage": {"triage": True},
            "discarded": {"triage": True},
            "lost": {},
        }
        made = {kind: self.back_from(**spec) for kind, spec in kinds.items()}
        gone = {"status": "delivered", "condition": "discard"}
        self.market.advance(made["discarded"][0].id, "move_return", **gone)
        self.market.advance(made["lost"][0].id, "move_return", status="not_delivered")
        self.claims()
        returns = self.env["marketplace.return"]
        found = {
            kind: returns.search([("external_id", "=", ref)])
            for kind, (_order, ref) in made.items()
        }
        self.assertFalse(found["cheap"].needs_goods)
        self.assertEqual(found["cheap"].money_state, "refunded")
        (line,) = found["partial"].line_data
        self.assertEqual(Decimal(line["qty"]), 1)
        ways = [row["direction"] for row in found["triage"].parcel_data]
        self.assertEqual(ways, ["return", "return_from_triage"])
        self.assertEqual(found["discarded"].review, "discard")
        self.assertEqual(found["lost"].parcel_data[0]["state"], "lost")
        self.assertEqual(found["lost"].state, "closed")
