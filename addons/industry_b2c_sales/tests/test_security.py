from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..domain.axes import Axis, OrderState
from .common import B2cCase, fact, intake, line


@tagged("post_install", "-at_install")
class TestSecurity(B2cCase):
    """Who may see and do what; companies do not see each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._make_company("Outra Indústria", "46312887000154")
        cls.stranger = new_test_user(
            cls.env,
            login="b2c_stranger",
            groups="industry_b2c_sales.industry_b2c_sales_group_user",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def as_stranger(self, records):
        context = {"allowed_company_ids": self.other.ids}
        return records.with_user(self.stranger).with_context(**context)

    def test_other_company_sees_nothing(self):
        order = self.take_in(intake("1"))
        order._b2c_guard("reserve")
        self.orders._b2c_intake([intake("2", (line("NONE"),))])
        for model in ("b2c.order.event", "b2c.guard.verdict", "b2c.issue"):
            records = self.env[model].search([("company_id", "=", self.company.id)])
            self.assertTrue(records)
            seen = self.as_stranger(self.env[model]).search([])
            self.assertFalse(seen & records)
            with self.assertRaises(AccessError):
                self.as_stranger(records).read(["company_id"])

    def test_same_channel_order_in_two_companies(self):
        """One account told to two companies: an order each, and facts of its own."""
        mine = self.take_in(intake("1"))
        company, type(self).company = self.company, self.other
        try:
            self._set_up_taxes()
        finally:
            type(self).company = company
        self.chair.with_company(self.other).write(
            {"fiscal_type": "04", "tax_icms_or_issqn": "icms"}
        )
        orders = self.as_stranger(self.orders).with_company(self.other)
        [result] = orders._b2c_intake([intake("1")])
        self.assertEqual(result.outcome, "created", result.problems)
        theirs = self.orders.browse(result.order_id)
        self.assertNotEqual(theirs, mine)
        self.assertEqual(theirs.company_id, self.other)
        self.assertEqual(theirs.partner_id.company_id, self.other)
        self.assertNotEqual(theirs.partner_id, mine.partner_id)
        self.assertEqual(mine.company_id, company)
        # Each company finds its own when the channel tells it again.
        [again] = orders._b2c_intake([intake("1")])
        self.assertEqual((again.outcome, again.order_id), ("duplicate", theirs.id))
        self.assertEqual(self.take_in(intake("1")), mine)
        cancelled = fact(Axis.ORDER, OrderState.CANCELLED, uid="theirs")
        orders._b2c_intake([intake("1", facts=(cancelled,))])
        self.assertEqual(theirs.b2c_order_state, "cancelled")
        self.assertEqual(mine.b2c_order_state, "ready")

    def test_operator_goes_the_whole_way(self):
        orders = self.orders.with_user(self.operator)
        [result] = orders._b2c_intake([intake("1")])
        order = orders.browse(result.order_id)
        order._b2c_advance()
        self.assertFalse(order.b2c_issue_ids.mapped("message"))
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_history_is_not_written_by_hand(self):
        order = self.take_in(intake("1"))
        event = order.b2c_event_ids[:1]
        for user in (self.operator, self.env.user):
            with self.assertRaises(UserError):
                event.with_user(user).write({"state": "cancelled"})
        with self.assertRaises(AccessError):
            self.env["b2c.order.event"].with_user(self.operator).create(
                {
                    "order_id": order.id,
                    "axis": "order",
                    "state": "ready",
                    "source": "me",
                    "at": "2026-11-23",
                    "uid": "forged",
                }
            )
        with self.assertRaises(AccessError):
            event.with_user(self.operator).unlink()
        order._b2c_guard("reserve")
        with self.assertRaises(AccessError):
            order.b2c_verdict_ids.with_user(self.operator).write({"decision": "go"})

    def test_issue_is_closed_by_its_buttons_only(self):
        [result] = self.orders._b2c_intake([intake("1", (line("NONE"),))])
        issue = self.issues.browse(result.issue_id).with_user(self.operator)
        with self.assertRaises(AccessError):
            issue.write({"state": "solved"})
        with self.assertRaises(AccessError):
            issue.read(["payload"])
        issue.action_solve()
        self.assertEqual(issue.state, "solved")
        self.assertEqual(issue.solved_by_id, self.operator)

    def test_stranger_cannot_close_an_issue(self):
        [result] = self.orders._b2c_intake([intake("1", (line("NONE"),))])
        issue = self.as_stranger(self.issues.browse(result.issue_id))
        for button in (issue.action_solve, issue.action_replay):
            with self.assertRaises(AccessError):
                button()

    def test_operator_opens_the_screens_of_the_orders(self):
        """Building the views reads fiscal fields of the company, which wrote it."""
        company = self.company.with_user(self.operator)
        company.invalidate_recordset()
        self.assertFalse(company.cnae_main_id)
        self.assertEqual(company.tax_framework, "3")
        orders = self.orders.with_user(self.operator)
        for name in ("kanban_b2c", "list", "search_b2c_board"):
            view = self.env.ref(f"industry_b2c_sales.sale_order_view_{name}")
            orders.get_view(view.id, view.type)
