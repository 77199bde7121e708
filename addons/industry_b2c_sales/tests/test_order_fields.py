from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import B2cCase, intake

FORGED = {
    "is_b2c": False,
    "b2c_source": "mine/1",
    "b2c_external_id": "forged",
    "b2c_pack_id": "forged",
    "b2c_paid_total": 1.0,
    "b2c_seller_discount": 1.0,
    "b2c_channel_discount": 1.0,
    "b2c_intermediary_vat": "00000000000191",
    "b2c_intermediary_ref": "me",
    "b2c_payment_data": [],
    "b2c_order_state": "ready",
    "b2c_payment_state": "paid",
    "b2c_fiscal_state": "authorized",
    "b2c_parcel_state": "handed_over",
    "b2c_return_state": "closed",
    "b2c_settlement_state": "settled",
    "b2c_state_unknown": False,
    "b2c_last_fact_at": "2026-11-23 12:00:00",
    "b2c_held": False,
    "b2c_hold_note": "",
    "b2c_override_until": "2099-01-01 00:00:00",
    "b2c_changing": False,
}


@tagged("post_install", "-at_install")
class TestOrderFields(B2cCase):
    """What the guard goes by follows the log: no call from outside writes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            login="b2c_plain_seller",
            groups="sales_team.group_sale_salesman_all_leads,l10n_br_fiscal.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_states_are_not_written_by_hand(self):
        order = self.take_in(intake("1"))
        for user in (self.seller, self.operator):
            for name, value in FORGED.items():
                with self.subTest(name), self.assertRaises(AccessError):
                    order.with_user(user).write({name: value})
        self.assertTrue(order.is_b2c)

    def test_what_a_person_writes_is_written(self):
        order = self.take_in(intake("1")).with_user(self.seller)
        order.client_order_ref = "anders"
        self.assertEqual(order.client_order_ref, "anders")

    def test_no_consumer_order_is_made_by_hand(self):
        orders = self.orders.with_user(self.operator)
        values = {"partner_id": self.company.partner_id.id}
        for forged in ({"is_b2c": True}, {"b2c_payment_state": "paid"}):
            with self.assertRaises(AccessError):
                orders.create(values | forged)
        for name in ("is_b2c", "b2c_payment_state"):
            with self.assertRaises(AccessError):
                orders.with_context(**{f"default_{name}": FORGED[name] or True}).create(
                    values
                )
        # What a sheet says of a distributor's order is no forgery.
        order = orders.create(values | {"is_b2c": False, "b2c_paid_total": 0.0})
        self.assertFalse(order.is_b2c)

    def test_key_of_the_context_opens_nothing(self):
        """A client may send any context; it cannot send an object of the server."""
        order = self.authorized()
        self.cancel(order)
        delivery = order.picking_ids.with_user(self.operator)
        with self.assertRaises(UserError):
            forged = {"b2c_guarded": {"order_ids": order.ids}}
            delivery.with_context(**forged).button_validate()
        self.assertEqual(order.picking_ids.state, "assigned")
        orders = self.orders.with_user(self.operator).with_context(b2c_machinery=True)
        with self.assertRaises(AccessError):
            orders.create({"partner_id": order.partner_id.id, "is_b2c": True})

    def test_intake_by_a_plain_user_makes_orders(self):
        orders = self.orders.with_user(self.operator)
        [result] = orders._b2c_intake([intake("1")])
        order = orders.browse(result.order_id)
        self.assertTrue(order.is_b2c)
        self.assertEqual(order.b2c_payment_state, "paid")
