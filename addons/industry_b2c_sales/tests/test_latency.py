from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..domain.axes import Axis, FiscalState, OrderState, ParcelState, PaymentState
from .common import NOW, SOURCE, B2cCase, fact, intake, line


@tagged("post_install", "-at_install")
class TestLatency(B2cCase):
    """How long each step took, per order and per day, and what stands where."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "America/Sao_Paulo"

    def at(self, minutes):
        return freeze_time(NOW + timedelta(minutes=minutes))

    def born(self, orders, minutes):
        """Set when the rows were made: the database's clock is not frozen."""
        orders.flush_recordset()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id IN %s",
            [
                (NOW + timedelta(minutes=minutes)).replace(tzinfo=None),
                tuple(orders.ids),
            ],
        )
        orders.invalidate_recordset()

    def times(self, order):
        self.env.flush_all()
        with self.at(120):
            rows = self.env["b2c.order.latency"].search([("order_id", "=", order.id)])
            return {row.step: row.seconds / 60 for row in rows}

    def whole_way(self):
        """Ordered at −5, paid at 0, heard at 2, confirmed 3, reserved 3, …"""
        with self.at(2):
            order = self.take_in(intake("1"))
        self.born(order, 2)
        with self.at(3):
            order._b2c_advance_confirm()
        with self.at(4):
            order._b2c_advance()
        log = order._b2c_log
        for axis, state, minutes in (
            (Axis.FISCAL, FiscalState.AUTHORIZED, 7),
            (Axis.FISCAL, FiscalState.ACCEPTED, 9),
            (Axis.PARCEL, ParcelState.HANDED_OVER, 67),
        ):
            at = NOW + timedelta(minutes=minutes)
            log(axis, state, source="test", uid=state.value, at=at)
        return order

    def test_every_step_has_its_time(self):
        order = self.whole_way()
        self.assertEqual(order.b2c_ordered_at, datetime(2026, 11, 23, 11, 55))
        self.assertEqual(
            self.times(order),
            {
                "paid": 5,
                "received": 2,
                "taken_in": 0,
                "confirmed": 1,
                "reserved": 1,
                "invoiced": 0,
                "authorized": 3,
                "accepted": 2,
                "handed_over": 60,
                "to_reserved": 4,
            },
        )
        with self.at(120):
            self.assertEqual(order.b2c_latency_ids[0].day, date(2026, 11, 23))

    def test_old_orders_are_history(self):
        order = self.whole_way()
        with freeze_time(NOW + timedelta(days=32)):
            self.assertFalse(order.b2c_latency_ids)

    def test_stamps_of_a_step_are_written_once(self):
        order = self.whole_way()
        confirmed, reserved = order.b2c_confirmed_at, order.b2c_reserved_at
        with self.at(30):
            order._b2c_advance()
        self.assertEqual(
            (order.b2c_confirmed_at, order.b2c_reserved_at), (confirmed, reserved)
        )

    def test_order_that_lay_in_quarantine_was_received_before(self):
        with self.at(1):
            self.orders._b2c_intake([intake("1", (line("LATER"),))])
        self._make_product("LATER", stock=5)
        with self.at(31):
            order = self.take_in(intake("1", (line("LATER"),)))
        self.born(order, 31)
        times = self.times(order)
        self.assertEqual((times["received"], times["taken_in"]), (1, 30))

    def test_time_before_the_payment_is_not_ours(self):
        waiting = fact(Axis.ORDER, OrderState.AWAITING_PAYMENT)
        with self.at(0):
            order = self.take_in(intake("1", facts=(waiting,)))
        self.born(order, 0)
        ready = fact(Axis.ORDER, OrderState.READY)
        unpaid = self.take_in(intake("2", facts=(ready,)))
        self.born(unpaid, 0)
        self.assertEqual(self.times(order), {})
        self.assertEqual(self.times(unpaid), {})
        paid_at = NOW + timedelta(minutes=100)
        with self.at(101):
            for axis, state in (
                (Axis.ORDER, OrderState.READY),
                (Axis.PAYMENT, PaymentState.PAID),
            ):
                order._b2c_log(axis, state, source=SOURCE, uid=state.value, at=paid_at)
        with self.at(103):
            order._b2c_advance()
        times = self.times(order)
        self.assertEqual((times["paid"], times["received"]), (105, 1))
        self.assertEqual((times["confirmed"], times["to_reserved"]), (2, 3))

    def test_percentiles_per_day_and_channel(self):
        orders = self.take_in(*(intake(f"{n}") for n in range(1, 5)))
        orders |= self.take_in(intake("5", source="shopee/1"))
        start = datetime(2026, 11, 24, 2, 0)  # 23:00 of the 23rd in São Paulo
        self.born(orders, 0)
        for order, minutes in zip(orders, (1, 2, 3, 4, 50), strict=True):
            order.b2c_confirmed_at = start
            order.b2c_reserved_at = start + timedelta(minutes=minutes)
        self.env.flush_all()
        with freeze_time(NOW + timedelta(days=1)):
            found = self.report("reserved")
            behind = self.env["b2c.order.latency"].search(
                found["shopee/1"].action_view_orders()["domain"]
            )
            self.assertEqual(behind.order_id, orders[4])
        self.assertEqual(set(found), {False, SOURCE, "shopee/1"})
        self.assertEqual(found[False].day, date(2026, 11, 23))
        self.assertEqual(found[False].orders, 5)
        self.assertAlmostEqual(found[False].p50, 3)
        self.assertAlmostEqual(found[False].p95, 4 + 46 * 0.8)
        self.assertAlmostEqual(found[SOURCE].p95, 3.85)
        self.assertAlmostEqual(found["shopee/1"].slowest, 50)

    def report(self, step):
        rows = self.env["b2c.latency.report"].search(
            [("step", "=", step), ("company_id", "=", self.company.id)]
        )
        rows.fetch(["day", "orders", "p50", "p95", "slowest"])
        return {row.source: row for row in rows}

    # ------------------------------------------------------------ what is stuck

    def stuck(self):
        self.env.flush_all()
        rows = self.env["b2c.stuck.order"].with_user(self.operator)
        rows.invalidate_model()
        rows = rows.search([("company_id", "=", self.company.id)])
        return {row.external_ref: row for row in rows}

    def test_stuck_orders_say_where_and_why(self):
        waiting = fact(Axis.ORDER, OrderState.AWAITING_PAYMENT)
        self._make_product("RARE")
        self.take_in(intake("draft"), intake("unpaid", facts=(waiting,)))
        self.take_in(intake("short", (line("RARE"),)))._b2c_advance()
        self.invoiced("invoiced")
        self.authorized("authorized")
        self.orders._b2c_intake([intake("odd", (line("NONE"),))])
        rows = self.stuck()
        self.assertEqual(
            {ref: row.stage for ref, row in rows.items()},
            {
                "draft": "confirm",
                "unpaid": "awaiting_payment",
                "short": "reserve",
                "invoiced": "authorize",
                "authorized": "authorize",
                "odd": "quarantine",
            },
        )
        self.assertEqual(rows["short"].issue_id.code, "stock_missing")
        self.assertEqual(rows["short"].reason, rows["short"].issue_id.message)
        self.assertEqual(rows["odd"].source, SOURCE)
        self.assertFalse(rows["odd"].order_id)
        self.assertEqual(rows["odd"].action_open()["res_model"], "b2c.issue")
        self.assertEqual(rows["draft"].action_open()["res_model"], "sale.order")

    def test_waiting_time_counts_from_the_last_step(self):
        with self.at(0):
            order = self.take_in(intake("1"))
            self.assertEqual(self.stuck()["1"].minutes, 0)
        with self.at(30):
            order._b2c_advance_confirm()
        with self.at(120):
            self.assertEqual(self.stuck()["1"].minutes, 90)

    def test_what_left_or_was_cancelled_is_not_stuck(self):
        left, gone = self.take_in(intake("1"), intake("2"))
        left._b2c_log(
            Axis.PARCEL, ParcelState.IN_TRANSIT, source=SOURCE, uid="x", at=NOW
        )
        self.cancel(gone)
        self.assertFalse(self.stuck())

    def test_other_company_sees_nothing(self):
        self.take_in(intake("1"))
        self.orders._b2c_intake([intake("odd", (line("NONE"),))])
        self.env.flush_all()
        other = self._make_company("Outra Indústria", "46312887000154")
        stranger = new_test_user(
            self.env,
            login="b2c_stranger",
            groups="industry_b2c_sales.industry_b2c_sales_group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("b2c.order.latency", "b2c.latency.report", "b2c.stuck.order"):
            records = self.env[model].with_user(stranger)
            records = records.with_context(allowed_company_ids=other.ids)
            self.assertFalse(records.search([]))
