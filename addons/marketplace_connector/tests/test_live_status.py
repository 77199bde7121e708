from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.timing import utc_now
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    AuthDead,
    ChannelError,
    LiveCheck,
    OrderState,
    PaymentState,
    RateLimited,
)
from .common import ConnectorCase
from .shop import LATER, order_of, timedelta


@tagged("post_install", "-at_install")
class TestLiveStatus(ConnectorCase):
    def test_many_orders_are_one_question(self):
        sales = self.read(*(order_of(f"A{n}") for n in range(60))).sale_order_id
        self.shop.calls.clear()
        statuses = sales._b2c_live_status()
        self.assertEqual(len(statuses), 60)
        self.assertEqual(self.shop.count("still_shippable"), 2)
        self.assertEqual({s.order_state for s in statuses.values()}, {OrderState.READY})

    def test_reading_a_moment_ago_is_a_look(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.frozen.tick(timedelta(seconds=50))
        self.assertTrue(sale._b2c_guard("nfe")[sale.id].go)
        self.assertEqual(self.shop.count("still_shippable"), 0)
        self.frozen.tick(timedelta(seconds=20))
        self.assertTrue(sale._b2c_guard("nfe")[sale.id].go)
        self.assertEqual(self.shop.count("still_shippable"), 1)

    def test_dispatch_asks_whatever_was_read_this_second(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.live["9001"] = LiveCheck(OrderState.CANCELLED, PaymentState.REFUNDED)
        self.assertFalse(sale._b2c_guard("dispatch")[sale.id].go)

    def test_reading_older_than_what_is_known_is_no_look(self):
        sale = self.read(order_of("9001", updated_at=LATER)).sale_order_id
        self.frozen.tick(timedelta(minutes=5))
        self.read(order_of("9001"))
        self.assertTrue(sale._b2c_guard("nfe")[sale.id].go)
        self.assertEqual(self.shop.count("still_shippable"), 1)

    def test_orders_that_were_just_read_are_reserved_without_a_question(self):
        sales = self.read(*(order_of(f"A{n}") for n in range(3))).sale_order_id
        self.frozen.tick(timedelta(minutes=10))
        with trap_jobs():
            sales._b2c_advance("stock")
        self.assertEqual(set(sales.mapped("state")), {"sale"})
        self.assertEqual(self.shop.count("still_shippable"), 0)

    def test_answer_is_as_old_as_the_question(self):
        sale = self.read(order_of("9001")).sale_order_id
        asked_at = utc_now()
        self.shop.meanwhile = lambda: self.frozen.tick(timedelta(seconds=50))
        self.assertEqual(sale._b2c_live_status()[sale.id].checked_at, asked_at)

    def test_error_of_one_order_holds_one_order(self):
        sales = self.read(order_of("9001"), order_of("9002")).sale_order_id
        self.shop.live["9001"] = LiveCheck(
            OrderState.UNKNOWN, PaymentState.UNKNOWN, error=ChannelError("?", "boom")
        )
        verdicts = sales._b2c_guard("dispatch")
        by_ref = {sale.b2c_external_id: verdicts[sale.id] for sale in sales}
        self.assertEqual(by_ref["9001"].reason_code, "provider_error")
        self.assertTrue(by_ref["9002"].go)

    def test_error_of_the_call_holds_all(self):
        sales = self.read(order_of("9001"), order_of("9002")).sale_order_id
        self.shop.down = RateLimited("slow down")
        verdicts = sales._b2c_guard("dispatch")
        self.assertEqual({v.decision.value for v in verdicts.values()}, {"hold"})

    def test_order_that_the_channel_forgot_is_held(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.orders.clear()
        self.assertEqual(sale._b2c_live_status()[sale.id].error, "no_answer")

    def test_account_that_is_not_active_holds(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.account.action_pause()
        self.shop.calls.clear()
        self.assertEqual(sale._b2c_live_status()[sale.id].error, "account_paused")
        self.assertFalse(self.shop.calls)

    def test_fraud_after_payment_holds(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.frozen.tick(timedelta(minutes=5))
        self.shop.live["9001"] = LiveCheck(
            OrderState.READY, PaymentState.PAID, flags=frozenset({"fraud_risk"})
        )
        self.assertEqual(
            sale._b2c_guard("dispatch")[sale.id].reason_code, "order_on_hold"
        )

    def test_dead_grant_is_noticed_here_too(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.shop.down = AuthDead("invalid_grant")
        self.assertTrue(sale._b2c_live_status()[sale.id].error)
        self.assertEqual(self.account.state, "dead")

    def test_cancellation_that_the_channel_told_needs_no_telling(self):
        binding = self.read(order_of("9001"))
        binding.state = "cancelled"
        step = binding.sale_order_id._b2c_cancel_step_tell_channel()
        self.assertEqual(step[0], "done")

    def test_cancellation_of_ours_is_told_by_a_person(self):
        sale = self.read(order_of("9001")).sale_order_id
        self.assertEqual(sale._b2c_cancel_step_tell_channel()[0], "manual")
