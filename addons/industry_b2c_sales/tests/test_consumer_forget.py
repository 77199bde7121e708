from dataclasses import replace
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CPFS, NITEROI, intake
from .test_consumer_privacy import PrivacyCase


@tagged("post_install", "-at_install")
class TestConsumerForget(PrivacyCase):
    """What may go goes at once, what the tax law keeps goes on its day."""

    def setUp(self):
        super().setUp()
        self.consumer.write({"phone": "+55 21 98765-4321", "email": "c@example.com"})

    def forget(self):
        self.as_(self.officer).action_b2c_forget()

    def deliver(self, order):
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        order.picking_ids._action_done()

    def run_cron(self, day):
        cron = self.env.ref("industry_b2c_sales.ir_cron_b2c_forget")
        with self.enter_registry_test_mode(), freeze_time(day):
            cron.method_direct_trigger()

    def is_anonymous(self, partner):
        kept = ("vat", "phone", "email", "street_name", "zip", "city_id", "legal_name")
        self.assertFalse([partner[name] for name in kept if partner[name]])
        self.assertNotIn("Consumidora", partner.name)
        self.assertFalse(partner.active)

    def test_without_a_note_everything_goes_at_once(self):
        self.consumer.message_post(body="Telefone 21 98765-4321")
        self.forget()
        self.is_anonymous(self.consumer)
        self.assertTrue(self.consumer.b2c_forgotten_at)
        self.assertFalse(self.consumer.b2c_forget_due)
        self.assertFalse(self.consumer.message_ids)
        self.assertEqual(set(self.log().mapped("kind")), {"forget", "erase"})
        found = self.env["res.partner"]._b2c_find(CPFS[0], self.company)
        self.assertFalse(found, "the next order makes a new consumer")

    def test_note_keeps_its_data_and_the_rest_goes(self):
        with freeze_time("2026-11-23"):
            order = self.authorized(shipping=NITEROI)
            self.deliver(order)
            unused = self.consumer._b2c_delivery_address(
                replace(NITEROI, street="Rua Antiga", phone="21 98765-4321")
            )[0]
            self.assertNotEqual(unused, order.partner_shipping_id)
            self.forget()
        self.assertEqual(self.consumer.vat, CPFS[0])
        self.assertEqual(self.consumer.name, "Consumidora Exemplo")
        self.assertEqual(self.consumer.street_name, "Rua da Assembleia")
        self.assertFalse(self.consumer.phone or self.consumer.email)
        self.assertEqual(self.consumer.b2c_forget_due, date(2032, 1, 1))
        # The address of the note stays (entrega), the other one goes.
        self.assertEqual(order.partner_shipping_id.street_name, "Rua da Conceição")
        self.is_anonymous(unused)
        self.assertEqual(self.log().mapped("kind"), ["forget"])

    def test_calendar_finishes_on_its_day(self):
        with freeze_time("2026-11-23"):
            self.deliver(self.authorized())
            self.forget()
        self.run_cron("2031-12-31")
        self.assertEqual(self.consumer.vat, CPFS[0])
        self.run_cron("2032-01-01")
        self.is_anonymous(self.consumer)
        self.assertIn("erase", self.log().mapped("kind"))

    def test_note_of_a_later_order_moves_the_day(self):
        with freeze_time("2026-11-23"):
            self.deliver(self.authorized())
            self.forget()
        with freeze_time("2027-03-01"):
            self.deliver(self.authorized("9002"))
        self.run_cron("2032-01-01")
        self.assertEqual(self.consumer.vat, CPFS[0])
        self.assertEqual(self.consumer.b2c_forget_due, date(2033, 1, 1))

    def test_order_on_its_way_comes_first(self):
        order = self.take_in(intake("1"))
        with self.assertRaises(UserError):
            self.forget()
        self.assertTrue(self.consumer.phone)
        order._action_cancel()
        self.forget()
        self.is_anonymous(self.consumer)

    def test_tracked_values_go_with_the_rest(self):
        partner = self.consumer.with_context(tracking_disable=False)
        partner.email = "tracked@example.com"
        self.env.flush_all()
        self.cr.precommit.run()
        tracking = self.env["mail.tracking.value"].sudo()
        self.assertTrue(tracking.search([("new_value_char", "ilike", "tracked@")]))
        self.forget()
        self.assertFalse(
            tracking.search(
                [
                    "|",
                    ("new_value_char", "ilike", "tracked@"),
                    ("old_value_char", "ilike", "tracked@"),
                ]
            )
        )

    def test_only_the_group_and_only_consumers(self):
        with self.assertRaises(AccessError):
            self.as_(self.operator).action_b2c_forget()
        with self.assertRaises(UserError):
            self.as_(self.officer, self.shop).action_b2c_forget()
        self.assertEqual(self.shop.vat, "11222333000181")
