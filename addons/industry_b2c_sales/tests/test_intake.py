from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.axes import Axis, OrderState
from .common import NOW, SOURCE, B2cCase, fact, intake, line


@tagged("post_install", "-at_install")
class TestIntake(B2cCase):
    """An order of a channel becomes a sale order, or an issue that keeps it."""

    def test_paid_order_becomes_a_sale_order(self):
        with trap_jobs() as trap:
            order = self.take_in(intake("1001"))
            trap.assert_jobs_count(1, only=order._b2c_advance)
        self.assertTrue(order.is_b2c)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.b2c_source, SOURCE)
        self.assertEqual(order.b2c_external_id, "1001")
        self.assertEqual(order.b2c_order_state, "ready")
        self.assertEqual(order.b2c_payment_state, "paid")
        self.assertEqual(order.ind_final, "1")
        self.assertEqual(order.ind_pres, "2")
        self.assertEqual(order.b2c_intermediary_vat, "03007331000141")
        self.assertEqual(
            order.b2c_payment_data,
            [
                {
                    "method": "pix",
                    "amount": "199.90",
                    "brand": "",
                    "acquirer_cnpj": "",
                    "auth_code": "",
                    "installments": 1,
                }
            ],
        )
        self.assertEqual(order.order_line.fiscal_operation_id, self.operation)
        self.assertFalse(order.b2c_issue_ids)

    def test_ipi_is_inside_the_paid_price(self):
        order = self.take_in(intake("1002"))
        self.assertEqual(order.order_line.ipi_percent, 3.25)
        self.assertAlmostEqual(order.order_line.price_unit, 193.61)
        self.assertAlmostEqual(order.amount_total, 199.90)

    def test_cent_that_price_and_ipi_cannot_reach(self):
        # No price in cents comes to 199.99 with 3.25 % on top.
        order = self.take_in(intake("1002", (line(price="199.99"),)))
        self.assertAlmostEqual(order.amount_total, 199.99)
        self.assertAlmostEqual(order.order_line.other_value, 0.01)
        order._b2c_advance()
        document = order.invoice_ids.fiscal_document_id
        self.assertAlmostEqual(document.fiscal_amount_total, 199.99)
        self.assertAlmostEqual(order.invoice_ids.amount_total, 199.99)

    def test_freight_and_discounts_stay_and_the_total_is_what_was_paid(self):
        self._make_product("CAD-2")
        lines = (
            line(quantity=3, price="33.40", discount="1.10"),
            line("CAD-2", price="149.90"),
        )
        order = self.take_in(
            intake("1003", lines, freight=Decimal("20.01"), discount=Decimal("7.77"))
        )
        self.assertAlmostEqual(order.amount_total, 261.24)
        self.assertAlmostEqual(order.amount_freight_value, 20.01)
        self.assertAlmostEqual(sum(order.order_line.mapped("freight_value")), 20.01)
        self.assertTrue(all(order.order_line.mapped("discount_value")))

    def test_same_order_twice_is_one_order(self):
        first = self.take_in(intake("1004"))
        later = fact(Axis.ORDER, OrderState.SHIPPED)
        again = replace(intake("1004"), facts=(later,))
        results = self.orders._b2c_intake([again, again])
        self.assertEqual([item.outcome for item in results], ["duplicate"] * 2)
        self.assertEqual({item.order_id for item in results}, {first.id})
        self.assertEqual(first.b2c_order_state, "shipped")
        self.assertEqual(
            len(first.b2c_event_ids.filtered(lambda e: e.uid == later.uid)), 1
        )

    def test_known_order_that_was_paid_meanwhile_goes_on(self):
        waiting = fact(Axis.ORDER, OrderState.AWAITING_PAYMENT)
        order = self.take_in(intake("1005", facts=(waiting,)))
        with trap_jobs() as trap:
            self.orders._b2c_intake([intake("1005")])
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))

    def test_fact_within_the_same_second_is_told_from_the_one_before(self):
        order = self.take_in(intake("1006"))
        at = NOW + timedelta(seconds=1)
        order._b2c_log("order", "cancel_requested", source=SOURCE, uid="a", at=at)
        later = at + timedelta(milliseconds=5)
        order._b2c_log("order", "ready", source=SOURCE, uid="b", at=later)
        self.assertEqual(order.b2c_order_state, "ready")

    def test_bad_orders_do_not_stop_the_good_ones(self):
        consumer = intake("x").consumer
        results = self.orders._b2c_intake(
            [
                intake("1", consumer=replace(consumer, vat="52998224726")),
                intake("2", (line("NONE"),)),
                intake("3", paid_total=Decimal("180.00")),
                intake("4"),
            ]
        )
        self.assertEqual(
            [item.outcome for item in results],
            ["rejected", "rejected", "rejected", "created"],
        )
        issues = [self.issues.browse(item.issue_id) for item in results[:3]]
        self.assertEqual(
            [issue.code for issue in issues],
            ["cpf_invalid", "sku_unknown", "total_mismatch"],
        )
        self.assertEqual(issues[0].message, "O CPF ***.982.247-** não é válido.")
        self.assertEqual(issues[0].external_ref, f"{SOURCE}/1")
        self.assertTrue(all(issue.suggestion for issue in issues))

    def test_all_problems_are_told_at_once(self):
        bad = intake("5")
        address = replace(bad.consumer.address, number="", zip="2001")
        consumer = replace(bad.consumer, vat="1", address=address)
        [result] = self.orders._b2c_intake([replace(bad, consumer=consumer)])
        self.assertEqual(
            {problem.code for problem in result.problems},
            {"cpf_invalid", "number_missing", "zip_invalid"},
        )
        issue = self.issues.browse(result.issue_id)
        self.assertEqual(len(issue.message.splitlines()), 3)

    def test_two_products_with_the_same_code_are_none(self):
        self._make_product("TWIN")
        self._make_product("TWIN")
        [result] = self.orders._b2c_intake([intake("6", (line("TWIN"),))])
        self.assertEqual(result.problems[0].code, "sku_unknown")

    def test_company_without_operation_keeps_the_order(self):
        self.company.sale_fiscal_operation_id = False
        [result] = self.orders._b2c_intake([intake("7")])
        self.assertEqual(result.problems[0].code, "operation_missing")

    def test_product_without_ncm_holds_the_order_until_it_has_one(self):
        product = self._make_product("NEW-1", stock=5, ncm_id=False)
        with trap_jobs() as trap:
            [result] = self.orders._b2c_intake([intake("8", (line("NEW-1"),))])
            trap.assert_jobs_count(0)
        order = self.orders.browse(result.order_id)
        self.assertEqual(result.outcome, "held")
        self.assertEqual(order.b2c_issue_ids.code, "ncm_missing")
        order._b2c_advance()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.b2c_issue_ids.count, 2)
        product.ncm_id = self._ncm("9403.30.00")
        order._b2c_advance()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.b2c_issue_ids.state, "solved")
        self.assertEqual(order.order_line.ncm_id, product.ncm_id)
        self.assertAlmostEqual(order.invoice_ids.amount_total, 199.90)
        self.assertFalse(order.b2c_pending_payload)

    def test_product_without_fiscal_type_holds_the_order(self):
        self._make_product("NEW-2", fiscal_type=False)
        [result] = self.orders._b2c_intake([intake("9", (line("NEW-2"),))])
        self.assertEqual(
            [problem.code for problem in result.problems], ["fiscal_type_missing"]
        )
        self.assertIn("tipo fiscal", self.issues.search([]).mapped("message")[0])
