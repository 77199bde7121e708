from dataclasses import replace
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.intake import IntakeAddress
from .common import CPFS, SOURCE, B2cCase, intake, line

HUB = "hub/77"


@tagged("post_install", "-at_install")
class TestQuarantine(B2cCase):
    """Every kind of order that cannot be taken in: reason, what to do, trying again."""

    def quarantine(self, order, orders=None):
        """Take an order in that must not get in; its issue, as the operator sees it."""
        orders = orders or self.orders
        [result] = orders._b2c_intake([order])
        self.assertEqual(result.outcome, "rejected")
        return self.issues.browse(result.issue_id).with_user(self.operator)

    def order_of(self, external_id, source=SOURCE):
        return self.orders.search(
            [("b2c_external_id", "=", external_id), ("b2c_source", "=", source)]
        )

    # ------------------------------------------------------------ typed reasons

    def test_each_kind_has_its_reason_and_a_way_back(self):
        whole = intake("1")
        consumer, address = whole.consumer, whole.consumer.address
        cases = {
            "sku_unknown": replace(whole, lines=(line("NONE"),)),
            "vat_missing": replace(whole, consumer=replace(consumer, vat="")),
            "name_missing": replace(whole, consumer=replace(consumer, name="")),
            "street_missing": replace(
                whole,
                consumer=replace(
                    consumer,
                    address=IntakeAddress(
                        number="1", city="Rio de Janeiro", uf="RJ", zip="20011901"
                    ),
                ),
            ),
            "zip_missing": replace(
                whole,
                consumer=replace(consumer, address=replace(address, zip="")),
            ),
            "zip_invalid": replace(
                whole,
                consumer=replace(consumer, address=replace(address, zip="2001")),
            ),
            # In the range of the state and in no city's.
            "zip_unknown": replace(
                whole,
                consumer=replace(consumer, address=replace(address, zip="20000000")),
            ),
            "total_mismatch": replace(whole, paid_total=Decimal("150.00")),
            "lines_missing": replace(whole, lines=()),
        }
        for number, (code, order) in enumerate(cases.items()):
            with self.subTest(code):
                order = replace(order, external_id=f"q{number}")
                issue = self.quarantine(order)
                self.assertEqual(issue.code, code)
                self.assertTrue(issue.suggestion)
                self.assertTrue(issue.can_replay)
                self.assertFalse(self.order_of(order.external_id))
                issue.action_replay()
                self.assertEqual((issue.state, issue.count), ("open", 2))
                # The channel tells it again, corrected.
                self.take_in(replace(whole, external_id=order.external_id))
                self.assertEqual(issue.state, "solved")
                self.assertTrue(self.order_of(order.external_id))

    # ------------------------------------------------------------ unknown SKU

    def choose(self, issue, **products):
        wizard = self.env["b2c.product.code.wizard"].with_user(self.operator)
        wizard = wizard.browse(issue.action_choose_products()["res_id"])
        for row in wizard.line_ids:
            row.product_id = products.get(row.code.replace("-", "_"))
        return wizard

    def test_product_is_chosen_on_the_issue_and_the_order_comes_in(self):
        lines = (line("ML-1", price="50.00"), line("CAD-1"), line("ML-2"))
        issue = self.quarantine(intake("1", lines))
        other = self._make_product("CAD-2")
        wizard = self.choose(issue, ML_1=other, ML_2=self.chair)
        self.assertEqual(wizard.line_ids.mapped("code"), ["ML-1", "ML-2"])
        self.assertEqual(wizard.line_ids[0].title, "Cadeira Exemplo")
        with trap_jobs() as trap:
            wizard.action_apply()
            order = self.order_of("1")
            trap.assert_jobs_count(1, only=order._b2c_advance)
        self.assertEqual(issue.state, "solved")
        self.assertEqual(
            order.order_line.product_id, other + self.chair, "in the channel's order"
        )
        self.assertEqual(
            self.take_in(intake("2", lines)).order_line[0].product_id, other
        )

    def test_orders_that_wait_for_the_same_code_are_tried_too(self):
        issue = self.quarantine(intake("1", (line("ML-1"),)))
        waiting = self.quarantine(intake("2", (line("ML-1"),)))
        still = self.quarantine(intake("3", (line("ML-9"),)))
        elsewhere = self.quarantine(intake("4", (line("ML-1"),), source=HUB))
        wizard = self.choose(issue, ML_1=self.chair)
        with trap_jobs() as trap:
            wizard.action_apply()
            trap.assert_enqueued_job((waiting | still)._replay_chunk)
            trap.perform_enqueued_jobs()
        self.assertEqual(waiting.state, "solved")
        self.assertEqual((still.state, still.count), ("open", 2))
        self.assertEqual((elsewhere.state, elsewhere.count), ("open", 1))

    def test_code_of_the_account_comes_before_the_code_of_all(self):
        other = self._make_product("CAD-2")
        codes = self.env["b2c.product.code"]
        codes.create({"code": "ML-1", "product_id": other.id})
        codes._set(SOURCE, {"ML-1": self.chair})
        self.assertEqual(
            self.take_in(intake("1", (line("ML-1"),))).order_line.product_id, self.chair
        )
        order = self.take_in(intake("2", (line("ML-1"),), source=HUB))
        self.assertEqual(order.order_line.product_id, other)
        codes._set(SOURCE, {"ML-1": other})
        self.assertEqual(codes._find(SOURCE, ["ML-1"]), {"ML-1": other})

    def test_internal_reference_needs_no_code(self):
        other = self._make_product("CAD-2")
        self.env["b2c.product.code"]._set(SOURCE, {"CAD-1": other})
        order = self.take_in(intake("1"))
        self.assertEqual(order.order_line.product_id, self.chair)

    def test_listing_without_sku_is_named_by_its_listing(self):
        nameless = replace(line(""), item_id="MLB1", variation_id="7")
        issue = self.quarantine(intake("1", (nameless,)))
        self.assertEqual(list(issue._unknown_codes()), ["MLB1/7"])
        self.env["b2c.product.code"]._set(SOURCE, {"MLB1/7": self.chair})
        issue.action_replay()
        self.assertEqual(self.order_of("1").order_line.product_id, self.chair)

    def test_dialog_needs_a_choice_and_a_kept_order(self):
        issue = self.quarantine(intake("1", (line("ML-1"),)))
        with self.assertRaises(UserError):
            self.choose(issue).action_apply()
        self._make_product("ML-1")
        with self.assertRaisesRegex(UserError, "already|by now"):
            issue.with_context(lang="en_US").action_choose_products()
        issue.action_solve()
        with self.assertRaises(UserError):
            issue.action_choose_products()

    def test_code_of_another_company_is_none_of_ours(self):
        code = self.env["b2c.product.code"].create(
            {"code": "ML-1", "product_id": self.chair.id}
        )
        other = self._make_company("Outra Indústria", "46312887000154")
        code.product_id = self._make_product("FREE")
        code.company_id = other
        self.assertEqual(self.env["b2c.product.code"]._find(SOURCE, ["ML-1"]), {})
        with self.assertRaises(AccessError):
            code.with_user(self.operator).read(["code"])

    # ------------------------------------------------------------ duplicates

    def test_same_sale_through_a_hub_is_held(self):
        first = self.take_in(intake("1"))
        issue = self.quarantine(intake("1", source=HUB))
        self.assertEqual(issue.code, "duplicate_suspected")
        self.assertIn(first.name, issue.message)
        issue.action_replay()
        self.assertEqual((issue.state, issue.count), ("open", 2))
        self.assertFalse(self.order_of("1", HUB))

    def test_person_says_that_they_are_two_sales(self):
        self.take_in(intake("1"))
        issue = self.quarantine(intake("1", source=HUB))
        with trap_jobs() as trap:
            issue.action_take_in_anyway()
            order = self.order_of("1", HUB)
            trap.assert_enqueued_job(order._b2c_advance, args=("stock",))
        self.assertEqual(issue.state, "solved")
        # From now on it is known: a notice of the hub brings its facts only.
        [result] = self.orders._b2c_intake([intake("1", source=HUB)])
        self.assertEqual(result.outcome, "duplicate")

    def test_only_a_suspected_duplicate_is_taken_in_anyway(self):
        issue = self.quarantine(intake("1", (line("NONE"),)))
        with self.assertRaises(UserError):
            issue.action_take_in_anyway()

    def test_same_number_of_another_consumer_or_a_cancelled_sale_is_no_twin(self):
        first = self.take_in(intake("1"))
        other = replace(intake("1").consumer, vat=CPFS[1])
        self.assertTrue(self.take_in(intake("1", source=HUB, consumer=other)))
        first._action_cancel()
        self.assertTrue(self.take_in(intake("1", source="hub/78")))

    def test_results_keep_the_order_of_the_batch(self):
        self.take_in(intake("2"))
        results = self.orders._b2c_intake(
            [intake("1", source=HUB), intake("2", source=HUB), intake("3", source=HUB)]
        )
        self.assertEqual(
            [(one.external_id, one.outcome) for one in results],
            [("1", "created"), ("2", "rejected"), ("3", "created")],
        )

    def test_known_orders_are_compared_in_one_query(self):
        orders = [intake(f"{n}") for n in range(6)]
        self.take_in(*orders)
        results = self.orders._b2c_intake(orders)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.orders._b2c_compare_known(orders, results)

    def test_known_order_with_another_amount_is_told_once(self):
        order = self.take_in(intake("1"))
        changed = intake("1", (line(price="180.00"),))
        self.orders._b2c_intake([changed])
        issue = order.b2c_issue_ids
        self.assertEqual(issue.code, "order_changed")
        self.assertIn("199.90", issue.message)
        self.assertFalse(issue.can_replay)
        issue.with_user(self.operator).action_solve()
        self.orders._b2c_intake([changed])
        self.assertEqual(order.b2c_issue_ids, issue, "a person has settled it")
        self.assertAlmostEqual(order.amount_total, 199.90)
