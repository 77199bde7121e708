from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    AuthDead,
    Cancellation,
    Feature,
    OrderState,
    OutcomeUnknown,
    ParcelState,
    Rejected,
    Transient,
)
from .shop import NOW, order_of, timedelta


class CancelOut:
    """Cancellations of ours, orders that nobody can serve, and buyers who ask."""

    LIMIT = NOW + timedelta(hours=20)

    # ------------------------------------------------------------ ours

    def test_cancellation_of_ours_reaches_the_channel_once(self):
        sale = self.sale()
        step = self.cancelled_by_seller(sale)
        self.assertEqual(step.state, "todo")
        self.run_commands()
        self.assertEqual(self.shop.told, [("cancel", "9001", "undeliverable", None)])
        self.assertEqual(self.plan(sale).state, "done")
        self.run_commands()
        self.plan(sale)
        self.assertEqual(self.shop.count("cancel"), 1)

    def test_consumer_who_asks_us_is_the_reason(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_cancel("consumer", "changed her mind")
        self.plan(sale)
        self.run_commands()
        self.assertEqual(self.shop.told[0][2], "buyer_asked")

    def test_channel_that_cannot_be_told_is_a_persons_task(self):
        self.shop.offer()
        step = self.cancelled_by_seller(self.sale())
        self.assertEqual(step.state, "manual")
        self.assertFalse(self.commands())

    def test_refusal_of_the_channel_is_a_persons_task(self):
        self.shop.refuse_command["9001"] = Rejected("too_late", "already shipped")
        sale = self.sale()
        self.cancelled_by_seller(sale)
        row = self.run_commands()
        self.assertEqual(row.state, "rejected")
        step = self.plan(sale)
        self.assertEqual(step.state, "manual")
        self.assertIn("too_late", step.note)
        self.shop.refuse_command.clear()
        row.with_user(self.operator_of_channel()).action_send_again()
        self.run_commands()
        self.assertEqual(self.plan(sale).state, "done")

    def test_killed_between_call_and_result_is_read_back_not_repeated(self):
        sale = self.sale()
        self.cancelled_by_seller(sale)
        self.shop.killed_after = "cancel"
        self.killed(self.run_commands)
        row = self.commands()
        self.assertEqual((row.state, row.attempts), ("sending", 1))
        self.frozen.tick(timedelta(minutes=6))
        self.run_commands()
        self.assertEqual(row.state, "done")
        self.assertEqual(self.shop.count("cancel"), 1)

    def test_lost_request_is_told_again_after_reading_back(self):
        sale = self.sale()
        self.cancelled_by_seller(sale)
        self.shop.refuse_command["9001"] = OutcomeUnknown("timeout")
        row = self.run_commands()
        self.assertEqual(row.state, "sending")
        self.shop.refuse_command.clear()
        self.frozen.tick(timedelta(minutes=6))
        self.run_commands()
        self.assertEqual((row.state, row.error_code), ("failed", "not_held"))
        self.run_commands()
        self.assertEqual(row.state, "done")
        self.assertEqual(len(self.shop.told), 1)

    def test_read_back_that_fails_does_not_lead_to_telling(self):
        self.cancelled_by_seller(self.sale())
        row = self.commands()
        row.write({"state": "sending"})
        self.shop.down = Transient("gateway")
        self.run_commands()
        self.assertEqual(row.state, "sending")
        self.shop.down = None
        self.assertEqual(self.shop.count("cancel"), 0)

    def test_dead_account_parks_and_loses_nothing(self):
        self.cancelled_by_seller(self.sale())
        self.shop.down = AuthDead("invalid_grant")
        row = self.run_commands()
        self.assertEqual(self.account.state, "dead")
        self.assertEqual(row.state, "waiting")
        self.shop.down = None
        self.assertEqual(self.run_commands().state, "waiting")

    def test_cancelled_by_the_channel_meanwhile_is_not_told(self):
        sale = self.sale()
        self.cancelled_by_seller(sale)
        sale.marketplace_order_ids.state = "cancelled"
        row = self.run_commands()
        self.assertEqual(row.state, "dropped")
        self.assertEqual(self.shop.count("cancel"), 0)
        self.assertEqual(self.plan(sale).state, "done")

    def test_some_units_are_cancelled_by_line(self):
        line = order_of("9001").lines[0]
        sale = self.sale("9004", lines=(replace(line, qty=Decimal(3)),))
        with trap_jobs():
            sale._b2c_cancel_units_by_hand(
                {sale.order_line.id: 1}, "seller", "one is broken"
            )
            sale._b2c_run_cancellation()
        self.run_commands()
        self.assertEqual(
            self.shop.told, [("cancel", "9004", "out_of_stock", {line.key: 1})]
        )
        with trap_jobs():
            sale._b2c_run_cancellation()
        step = sale.b2c_cancel_step_ids.filtered(lambda s: s.step == "tell_channel")
        self.assertEqual(step.state, "done")

    # ------------------------------------------------------------ oversold

    def oversold(self):
        """An order whose goods somebody else got."""
        self.env["stock.quant"].search([("product_id", "=", self.chair.id)]).unlink()
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance()
        return sale

    def test_one_button_refuses_an_oversold_order(self):
        sale = self.oversold()
        self.assertTrue(self.open_issues(code="out_of_stock"))
        self.assertTrue(sale.marketplace_can_refuse)
        issue = self.open_issues(code="out_of_stock")
        with trap_jobs():
            issue.with_user(self.operator).action_marketplace_refuse()
        self.plan(sale)
        self.run_commands()
        self.assertEqual(self.shop.told, [("cancel", "9001", "out_of_stock", None)])
        self.assertFalse(self.open_issues(code="out_of_stock"))
        self.assertEqual(sale.state, "cancel")

    def test_account_refuses_by_itself_when_told_so(self):
        self.account.refuse_oversold = True
        sale = self.oversold()
        self.assertEqual(sale.b2c_order_state, "cancelled")
        self.plan(sale)
        self.run_commands()
        self.assertEqual(self.shop.told[0][2], "out_of_stock")

    def test_nobody_refuses_without_being_asked(self):
        sale = self.oversold()
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertFalse(self.commands())

    def test_order_that_has_its_goods_is_not_refused(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance("stock")
        with self.assertRaises(UserError):
            sale.with_user(self.operator).action_marketplace_refuse()

    def test_who_does_not_work_with_orders_refuses_nothing(self):
        sale = self.oversold()
        seller = new_test_user(
            self.env,
            login="plain_seller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            sale.with_user(seller).action_marketplace_refuse()

    # ------------------------------------------------------------ the buyer asks

    def asked(self):
        """The buyer asks for the cancellation of an order that we have."""
        sale = self.sale()
        self.ask()
        return sale

    def ask(self, **changes):
        wish = Cancellation("buyer", "c1", "mudei de ideia", NOW, False, self.LIMIT)
        self.shop.change(
            "9001",
            state=OrderState.CANCEL_REQUESTED,
            cancellation=wish,
            updated_at=NOW + timedelta(minutes=5),
            **changes,
        )
        self.again()

    def test_request_is_a_ticket_with_its_deadline_once(self):
        sale = self.asked()
        self.again()
        issue = self.open_issues(code="channel_cancel_requested")
        self.assertEqual((issue.order_id, issue.count), (sale, 1))
        self.assertIn("24/11/2026 05:00", issue.message)
        self.assertEqual(
            sale.marketplace_cancel_answer_by, self.LIMIT.replace(tzinfo=None)
        )
        verdict = sale._b2c_guard("nfe")[sale.id]
        self.assertFalse(verdict.go, "nothing goes on until it is answered")

    def test_accepted_request_cancels_the_sale(self):
        sale = self.asked()
        with trap_jobs():
            sale.with_user(self.operator).action_marketplace_accept_cancel()
        self.run_commands()
        self.assertEqual(self.shop.told, [("answer_cancel", "9001", True)])
        self.again()
        self.assertEqual(sale.b2c_order_state, "cancelled")
        self.assertFalse(self.open_issues(code="channel_cancel_requested"))

    def test_refused_request_lets_the_order_go_on(self):
        sale = self.asked()
        with trap_jobs():
            sale.with_user(self.operator).action_marketplace_refuse_cancel()
        self.run_commands()
        self.again()
        self.assertEqual(sale.b2c_order_state, "ready")
        self.assertTrue(sale._b2c_guard("nfe")[sale.id].go)

    def test_answer_that_was_killed_is_not_given_twice(self):
        sale = self.asked()
        with trap_jobs():
            sale.action_marketplace_accept_cancel()
        self.shop.killed_after = "answer_cancel"
        self.killed(self.run_commands)
        self.frozen.tick(timedelta(minutes=6))
        self.assertEqual(self.run_commands().state, "done")
        self.assertEqual(self.shop.count("answer_cancel"), 1)

    def test_two_answers_are_not_given(self):
        sale = self.asked()
        with trap_jobs():
            sale.action_marketplace_accept_cancel()
            with self.assertRaises(UserError):
                sale.action_marketplace_refuse_cancel()

    def test_goods_that_left_are_not_given_up(self):
        sale = self.sale()
        parcel = replace(
            self.shop.orders["9001"].parcels[0], state=ParcelState.HANDED_OVER
        )
        self.ask(parcels=(parcel,))
        with self.assertRaises(UserError):
            sale.action_marketplace_accept_cancel()

    def test_nobody_asks_nobody_answers(self):
        binding = self.sale().marketplace_order_ids
        with self.assertRaises(UserError):
            binding._answer_cancel(True)

    def test_channel_without_answers_says_where(self):
        self.shop.offer(Feature.CANCEL)
        sale = self.asked()
        with self.assertRaises(UserError):
            sale.action_marketplace_refuse_cancel()

    def test_channel_decided_when_the_deadline_passed(self):
        self.asked()
        self.shop.change(
            "9001", state=OrderState.CANCELLED, updated_at=NOW + timedelta(hours=1)
        )
        self.again()
        self.assertFalse(self.open_issues(code="channel_cancel_requested"))
