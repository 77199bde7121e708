from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain.axes import Axis, OrderState, PaymentState
from ..domain.guard import LiveStatus
from .common import NOW, SOURCE, B2cCase, intake


@tagged("post_install", "-at_install")
class TestGuard(B2cCase):
    """The provider stands behind the hook; here it is played by a function."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        self.clock = clock.start()
        self.addCleanup(clock.stop)
        self.order = self.take_in(intake("1"))
        self.asked = []

    def provider(self, **answer):
        """Let the channel answer this (or raise what it is told to)."""

        def live_status(orders):
            self.asked.append(orders)
            if "raises" in answer:
                raise answer["raises"]
            now = self.clock().replace(tzinfo=NOW.tzinfo)
            values = {"source": SOURCE, "checked_at": now}
            return {order.id: LiveStatus(**values | answer) for order in orders}

        patcher = patch.object(
            self.registry["sale.order"], "_b2c_live_status", live_status
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def judge(self, operation="nfe"):
        return self.order._b2c_guard(operation)[self.order.id]

    def test_without_provider_the_log_is_the_truth(self):
        verdict = self.judge()
        self.assertEqual((verdict.decision, verdict.source), ("go", "log"))
        stored = self.order.b2c_verdict_ids
        self.assertEqual((stored.operation, stored.decision), ("nfe", "go"))
        self.assertFalse(stored.checked_at)

    def test_fresh_look_is_not_asked_again(self):
        self.provider(order_state=OrderState.READY, payment_state=PaymentState.PAID)
        self.assertTrue(self.judge("nfe").go)
        self.clock.tick(timedelta(seconds=59))
        self.assertTrue(self.judge("nfe").go)
        self.assertEqual(len(self.asked), 1)
        self.clock.tick(timedelta(seconds=2))
        self.assertTrue(self.judge("wave").go)
        self.assertEqual(len(self.asked), 1)
        self.assertTrue(self.judge("nfe").go)
        self.assertEqual(len(self.asked), 2)

    def test_budget_of_the_company_counts(self):
        self.company.b2c_label_seconds = 5
        self.provider(order_state=OrderState.READY, payment_state=PaymentState.PAID)
        self.judge("label")
        self.clock.tick(timedelta(seconds=6))
        self.judge("label")
        self.assertEqual(len(self.asked), 2)

    def test_many_orders_are_asked_for_at_once(self):
        orders = self.order | self.take_in(intake("2"), intake("3"))
        self.provider(order_state=OrderState.READY, payment_state=PaymentState.PAID)
        orders._b2c_guard("dispatch")
        self.assertEqual(self.asked, [orders])

    def test_cancelled_at_the_channel_stops_and_is_logged(self):
        self.clock.tick(timedelta(seconds=1))
        self.provider(order_state=OrderState.CANCELLED)
        verdict = self.judge()
        self.assertEqual(
            (verdict.decision, verdict.reason_code), ("stop", "order_cancelled")
        )
        self.assertEqual(self.order.b2c_order_state, "cancelled")
        stored = self.order.with_context(lang="pt_BR").b2c_verdict_ids
        self.assertEqual(stored.reason, "O pedido foi cancelado")

    def test_failing_provider_holds(self):
        self.provider(error="timeout")
        verdict = self.judge()
        self.assertEqual(
            (verdict.decision, verdict.reason_code), ("hold", "provider_error")
        )
        self.assertFalse(self.order.b2c_verdict_ids.checked_at)

    @mute_logger("odoo.addons.industry_b2c_sales.models.sale_order_guard")
    def test_provider_that_raises_holds(self):
        self.provider(raises=ValueError("boom"))
        self.assertEqual(self.judge().reason_code, "provider_error")

    def test_refusal_of_the_database_is_no_answer_of_the_provider(self):
        """The transaction must run again; going on in it would fail in odd places."""
        self.provider(raises=SerializationFailure())
        with self.assertRaises(SerializationFailure):
            self.judge()

    def test_provider_that_falls_silent_holds(self):
        self.provider(order_state=OrderState.READY, payment_state=PaymentState.PAID)
        self.assertTrue(self.judge().go)
        patcher = patch.object(
            self.registry["sale.order"], "_b2c_live_status", lambda orders: {}
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.clock.tick(timedelta(minutes=2))
        self.assertEqual(self.judge().reason_code, "provider_error")

    def test_unknown_word_of_the_channel_holds(self):
        self.order._b2c_log(
            Axis.ORDER,
            "never_heard",
            source=SOURCE,
            uid="odd",
            at=NOW + timedelta(seconds=1),
        )
        self.assertEqual(self.order.b2c_order_state, "ready")
        self.assertTrue(self.order.b2c_state_unknown)
        self.assertEqual(self.judge().reason_code, "status_unknown")
        self.assertEqual(
            self.order.b2c_event_ids.filtered(lambda e: e.uid == "odd").raw,
            "never_heard",
        )

    def test_unpaid_order_is_held_with_the_reason_on_screen(self):
        self.order._b2c_log(
            Axis.PAYMENT,
            PaymentState.IN_DISPUTE,
            source=SOURCE,
            uid="dispute",
            at=NOW + timedelta(seconds=1),
        )
        self.assertEqual(self.judge().reason_code, "payment_in_dispute")
        self.assertEqual(
            self.order.with_context(lang="pt_BR").b2c_hold_reason,
            "O pagamento está em disputa",
        )
