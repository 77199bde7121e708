from datetime import timedelta
from itertools import permutations
from random import Random

from odoo.tests import tagged

from ..const import AXIS_FIELDS
from ..domain.axes import (
    Axis,
    FiscalState,
    OrderState,
    ParcelState,
    PaymentState,
    ReturnState,
)
from .common import NOW, B2cCase, fact, intake

STATES = [*AXIS_FIELDS.values(), "b2c_state_unknown"]


def minutes(number):
    return NOW + timedelta(minutes=number)


@tagged("post_install", "-at_install")
class TestLog(B2cCase):
    """Out-of-order, repeated and late facts leave the same order behind."""

    def states(self, order):
        return order.read(STATES)[0] | {"id": 0}

    def tell(self, order, facts):
        """As a channel does: one notice after the other, each in its own flush."""
        for item in facts:
            order._b2c_log_facts([item])
            order.env.flush_all()

    def test_every_order_of_arrival(self):
        """Cancelled, but heard of it first; the parcel was on its way already."""
        facts = [
            fact(Axis.ORDER, OrderState.SHIPPED, minutes(2)),
            fact(Axis.ORDER, OrderState.CANCELLED, minutes(3)),
            fact(Axis.ORDER, OrderState.DELIVERED, minutes(1)),
            fact(Axis.PARCEL, ParcelState.HANDED_OVER, minutes(1)),
        ]
        orders = self.take_in(*(intake(f"p{n}") for n in range(24)))
        for order, arrived in zip(orders, permutations(facts), strict=True):
            self.tell(order, arrived)
        told = [self.states(order) for order in orders]
        self.assertEqual(told, [told[0]] * 24)
        self.assertEqual(told[0]["b2c_order_state"], "cancelled")

    def test_one_state_for_many_orders(self):
        """A lot of notes: each order gets its own fact, and gets it once."""
        orders = self.take_in(*(intake(f"m{n}") for n in range(3)))
        news = [(order, f"nfe/{order.id}") for order in orders]
        before = {order.id: len(order.b2c_event_ids) for order in orders}
        for _told in range(2):
            orders._b2c_log_each(Axis.FISCAL, FiscalState.AUTHORIZED, "sefaz", news)
        for order, uid in news:
            self.assertEqual(order.b2c_fiscal_state, "authorized")
            self.assertEqual(len(order.b2c_event_ids), before[order.id] + 1)
            self.assertIn(uid, order.b2c_event_ids.mapped("uid"))

    def test_shuffled_life_on_four_axes_with_repetitions(self):
        facts = [
            fact(Axis.PAYMENT, PaymentState.IN_DISPUTE, minutes(4)),
            fact(Axis.PAYMENT, PaymentState.PAID, minutes(5)),
            fact(Axis.PARCEL, ParcelState.PRINTED, minutes(1)),
            fact(Axis.PARCEL, ParcelState.AWAITING_INVOICE, minutes(2)),
            fact(Axis.PARCEL, ParcelState.IN_TRANSIT, minutes(6)),
            fact(Axis.PARCEL, ParcelState.FAILED, minutes(7)),
            fact(Axis.PARCEL, ParcelState.DELIVERED, minutes(8)),
            fact(Axis.RETURN, ReturnState.REQUESTED, minutes(9)),
            fact(Axis.ORDER, OrderState.UNKNOWN, minutes(3), raw="novo"),
            fact(Axis.ORDER, OrderState.SHIPPED, minutes(6)),
        ]
        random = Random(7)
        orders = self.take_in(*(intake(f"s{n}") for n in range(12)))
        for order in orders:
            arrived = facts + random.sample(facts, 4)
            random.shuffle(arrived)
            self.tell(order, arrived)
            self.assertEqual(len(order.b2c_event_ids), len(facts) + 2)
        told = [self.states(order) for order in orders]
        self.assertEqual(told, [told[0]] * 12)
        self.assertEqual(
            [told[0][name] for name in STATES],
            ["shipped", "paid", False, "delivered", "requested", False, False],
        )

    def test_late_fact_does_not_start_what_is_over(self):
        """The cancellation is known; a "ready" of before must not wake the order."""
        order = self.take_in(intake("1"))
        self.cancel(order, minutes(1))
        self.tell(order, [fact(Axis.ORDER, OrderState.READY, NOW)])
        order._b2c_advance()
        self.assertEqual(order.b2c_order_state, "cancelled")
        self.assertFalse(order.picking_ids)
