from dataclasses import replace

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import SOURCE, B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestIssues(B2cCase):
    """The work queue: what a person must correct, and trying again."""

    def test_order_that_was_kept_out_comes_in_after_the_correction(self):
        [result] = self.orders._b2c_intake([intake("1", (line("LATER"),))])
        issue = self.issues.browse(result.issue_id).with_user(self.operator)
        self.assertTrue(issue.can_replay)
        issue.action_replay()
        self.assertEqual((issue.state, issue.count), ("open", 2))
        self._make_product("LATER", stock=1)
        with trap_jobs() as trap:
            issue.action_replay()
            order = self.orders.search([("b2c_external_id", "=", "1")])
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))
        self.assertEqual(issue.state, "solved")
        self.assertEqual(order.order_line.product_id.default_code, "LATER")
        self.assertEqual(order.b2c_order_state, "ready")
        self.assertEqual(order.b2c_payment_data[0]["amount"], "199.90")
        self.assertFalse(issue.sudo().payload, "personal data is dropped when solved")

    def test_order_that_comes_again_whole_closes_its_issue(self):
        masked = intake("1", consumer=replace(intake("1").consumer, name="C***"))
        [result] = self.orders._b2c_intake([masked])
        issue = self.issues.browse(result.issue_id)
        self.assertEqual(issue.code, "consumer_masked")
        [result] = self.orders._b2c_intake([intake("1")])
        self.assertEqual(result.outcome, "created")
        self.assertEqual(issue.state, "solved")

    def test_another_problem_takes_the_place_of_the_first(self):
        consumer = intake("1").consumer
        self.orders._b2c_intake([intake("1", consumer=replace(consumer, vat="1"))])
        self.orders._b2c_intake([intake("1", (line("NONE"),))])
        self.assertEqual(
            self.open_issues(external_ref=f"{SOURCE}/1").mapped("code"),
            ["sku_unknown"],
        )

    def test_same_thing_is_one_open_issue(self):
        order = self.take_in(intake("1"))
        first = self.issues._report("odd", message="Um", order=order)
        again = self.issues._report("odd", message="Dois", order=order)
        self.assertEqual(first, again)
        self.assertEqual((again.count, again.message), (2, "Dois"))
        self.assertEqual(order.b2c_issue_count, 1)
        self.assertEqual(order.b2c_hold_reason, "Dois")
        self.issues._solve("odd", order)
        self.assertEqual(first.state, "solved")
        self.assertNotEqual(self.issues._report("odd", message="X", order=order), first)

    def test_issue_about_another_record(self):
        issue = self.issues._report(
            "product_odd", message="?", record=self.chair, company=self.company
        )
        self.assertEqual(issue.record_name, self.chair.display_name)
        action = issue.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("product.product", self.chair.id)
        )
        self.assertFalse(issue.can_replay)
        with self.assertRaises(UserError):
            issue.action_replay()

    def test_issue_about_nothing_yet_is_solved_by_its_reference(self):
        issue = self.issues._report(
            "feed", message="?", company=self.company, external_ref="feed/1"
        )
        self.issues._solve("feed", "feed/1")
        self.assertEqual(issue.state, "solved")

    def test_try_again_puts_the_order_on_its_way(self):
        order = self.take_in(intake("1", (line("CAD-1", quantity=500, price="1.00"),)))
        order._b2c_advance()
        issue = order.b2c_issue_ids
        self.assertEqual(issue.code, "stock_missing")
        with trap_jobs() as trap:
            issue.with_user(self.operator).action_replay()
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))

    def test_orders_with_issues_are_found(self):
        good, bad = self.take_in(intake("1"), intake("2"))
        self.issues._report("odd", message="?", order=bad)
        found = self.orders.search([("b2c_issue_count", ">", 0), ("is_b2c", "=", True)])
        self.assertEqual(found, bad)
        without = self.orders.search([("b2c_issue_count", "=", 0)])
        self.assertIn(good, without)
        self.assertNotIn(bad, without)

    def test_error_text_of_the_engine_shows_no_cpf(self):
        self.env["res.partner"].create({"name": "Outro", "vat": "52998224725"})
        order = self.take_in(intake("1"))
        order._b2c_report_error(ValueError("CPF 52998224725 em uso"), "advance_failed")
        self.assertEqual(order.b2c_issue_ids.message, "CPF ***.982.247-** em uso")
