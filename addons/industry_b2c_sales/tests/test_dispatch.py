from datetime import UTC, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.axes import OrderState
from ..domain.guard import LiveStatus
from .common import NOW, SOURCE, B2cCase, intake, line


def _raise_retryable(_pickings):
    raise RetryableJobError("another transaction logs the same fact")


@tagged("post_install", "-at_install")
class TestDispatch(B2cCase):
    """Goods leave only with a clear go, an authorised note and the papers."""

    def test_authorized_order_leaves(self):
        order = self.authorized().with_user(self.operator)
        action = order.action_b2c_dispatch()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.b2c_parcel_state, "handed_over")
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_dispatching_twice_is_harmless(self):
        order = self.authorized()
        order._b2c_dispatch()
        [verdict] = order._b2c_dispatch().values()
        self.assertTrue(verdict.go)
        self.assertEqual(len(order.picking_ids), 1)

    def test_cancelled_order_does_not_leave(self):
        order = self.authorized()
        self.cancel(order)
        [verdict] = order._b2c_dispatch().values()
        self.assertEqual(
            (verdict.decision, verdict.reason_code), ("stop", "order_cancelled")
        )
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_validating_the_delivery_by_hand_is_guarded_too(self):
        order = self.authorized()
        self.cancel(order)
        picking = order.picking_ids.with_user(self.operator)
        with self.assertRaisesRegex(UserError, "must not leave: The order was canc"):
            picking.button_validate()

    def refused_by_hand(self, order):
        """A request of the operator that validates the delivery, as the server runs it:
        rolled back when it is refused."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=self.operator.id)
            try:
                order.picking_ids.with_env(env).button_validate()
            except UserError:
                cr.rollback()
            else:
                self.fail("the delivery was not refused")
        self.env.invalidate_all()

    def test_verdict_outlives_the_refusal(self):
        order = self.authorized()
        self.cancel(order)
        before = order.b2c_verdict_ids
        self.refused_by_hand(order)
        verdict = order.b2c_verdict_ids - before
        self.assertEqual(
            (verdict.operation, verdict.decision, verdict.reason_code),
            ("dispatch", "stop", "order_cancelled"),
        )
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_cancellation_learnt_at_the_door_outlives_the_refusal(self):
        order = self.authorized()
        asked = datetime.now(UTC)

        def live_status(orders):
            status = LiveStatus(
                order_state=OrderState.CANCELLED, source=SOURCE, checked_at=asked
            )
            return dict.fromkeys(orders.ids, status)

        self.patch(self.registry["sale.order"], "_b2c_live_status", live_status)
        self.refused_by_hand(order)
        jobs = self.env["queue.job"].search([("model_name", "=", "sale.order")])
        self.assertIn(f"b2c_cancel/{order.id}", jobs.mapped("identity_key"))
        self.assertEqual(order.b2c_order_state, "cancelled")
        self.assertEqual(order.b2c_verdict_ids.sorted("id")[-1].decision, "stop")
        [event] = order.b2c_event_ids.filtered(lambda one: one.state == "cancelled")
        self.assertEqual(event.source, SOURCE)

    def test_delivery_by_hand_is_logged(self):
        order = self.authorized()
        order.picking_ids.with_user(self.operator).button_validate()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.b2c_parcel_state, "handed_over")

    def test_picker_without_any_other_right_is_guarded_the_same(self):
        good, bad = self.authorized("1"), self.invoiced("2")
        picker = new_test_user(
            self.env,
            login="b2c_picker",
            groups="stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        good.picking_ids.with_user(picker).button_validate()
        self.assertEqual(good.b2c_parcel_state, "handed_over")
        with self.assertRaisesRegex(UserError, "must not leave"):
            bad.picking_ids.with_user(picker).button_validate()

    def test_order_without_authorized_note_stays(self):
        order = self.invoiced()
        [verdict] = order._b2c_dispatch().values()
        self.assertEqual(
            (verdict.decision, verdict.reason_code), ("hold", "nfe_not_authorized")
        )
        self.assertEqual(
            order.b2c_verdict_ids.sorted("id")[-1].reason_code, "nfe_not_authorized"
        )
        self.assertEqual(order.picking_ids.state, "assigned")
        draft = self.take_in(intake("2"))
        [verdict] = draft._b2c_dispatch().values()
        self.assertEqual(verdict.reason_code, "not_invoiced")

    def test_one_order_that_stays_does_not_stop_the_others(self):
        good, bad = self.authorized("1"), self.authorized("2")
        self.cancel(bad, NOW)
        orders = (good | bad).with_user(self.operator)
        action = orders.action_b2c_dispatch()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn(bad.name, action["params"]["message"])
        self.assertNotIn(good.name, action["params"]["message"])
        self.assertEqual(good.b2c_parcel_state, "handed_over")

    def test_delivery_that_fails_stops_no_other(self):
        table = self._make_product("MES-1", stock=10)
        good = self.authorized("1")
        bad = self.authorized("2", lines=(line("MES-1"),))
        table.tracking = "serial"
        verdicts = (good | bad)._b2c_dispatch()
        self.assertTrue(verdicts[good.id].go)
        self.assertEqual(good.picking_ids.state, "done")
        self.assertEqual(verdicts[bad.id].reason_code, "dispatch_failed")
        self.assertEqual(bad.picking_ids.state, "assigned")
        self.assertFalse(good.b2c_issue_ids)
        self.assertEqual(bad.b2c_issue_ids.code, "dispatch_failed")

    def test_many_leave_with_few_queries(self):
        orders = self.env["sale.order"].concat(
            *(self.authorized(str(number)) for number in range(6))
        )
        orders[0]._b2c_dispatch()
        rest = orders[1:]
        rest.fetch()
        with self.assertQueryCount(130):
            rest._b2c_dispatch()
            rest.flush_recordset()

    def test_delivery_that_must_be_tried_again_is_no_issue(self):
        order = self.authorized()
        self.patch(self.registry["stock.picking"], "button_validate", _raise_retryable)
        with self.assertRaises(RetryableJobError):
            order._b2c_dispatch()
        self.assertFalse(order.b2c_issue_ids)

    def test_delivery_that_fails_is_an_issue(self):
        order = self.authorized()
        order.picking_ids.do_unreserve()
        [verdict] = order._b2c_dispatch().values()
        self.assertEqual(verdict.reason_code, "not_reserved")
        order.picking_ids.action_assign()
        self.chair.tracking = "serial"
        [verdict] = order._b2c_dispatch().values()
        self.assertEqual(verdict.reason_code, "dispatch_failed")
        self.assertEqual(order.b2c_issue_ids.code, "dispatch_failed")
        self.assertEqual(order.picking_ids.state, "assigned")
