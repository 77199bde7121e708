from odoo.tests import tagged

from .common import B2cCase, intake, line

COMPLETE = {
    "barcode": "7891000315507",
    "weight": 7.5,
    "list_price": 199.9,
    # Its volume is 0.00 m³.
    "product_length": 0.12,
    "product_width": 0.08,
    "product_height": 0.05,
}


@tagged("post_install", "-at_install")
class TestReadiness(B2cCase):
    """What keeps a product from being sold by the unit, on one screen and in bulk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("uom.product_uom_unit").code = "UN"
        meter = cls.env.ref("uom.product_uom_meter")
        cls.ready = cls._make_product("READY", dimensional_uom_id=meter.id, **COMPLETE)
        cls.naked = cls._make_product("NAKED", ncm_id=False, list_price=0)
        cls.every = cls.chair | cls.ready | cls.naked

    def seen(self, products):
        """As the operator sees them, in Portuguese."""
        return products.with_user(self.operator).with_context(lang="pt_BR")

    def codes(self, product):
        return [finding.code for finding in product._b2c_findings()]

    def test_states(self):
        states = self.seen(self.every).mapped("b2c_readiness")
        self.assertEqual(states, ["advice", "ready", "blocked"])
        self.assertFalse(self.seen(self.ready).b2c_readiness_text)

    def test_text_tells_everything_at_once(self):
        lines = self.naked.with_user(self.operator).b2c_readiness_text.splitlines()
        self.assertEqual(len(lines), 5)
        self.assertIn("NAKED has no NCM.", lines[0])
        self.assertTrue(lines[0].startswith("✗"))
        self.assertTrue(all(text.startswith("○") for text in lines[1:]))
        self.assertIn("GTIN", self.seen(self.naked).b2c_readiness_text)

    def test_advice_stops_no_order(self):
        self.assertIn("gtin_missing", self.codes(self.chair))
        self.assertFalse(self.chair._b2c_readiness(self.company))
        order = self.take_in(intake("1"))
        self.assertFalse(order.b2c_issue_ids)

    def test_what_blocks_keeps_the_order(self):
        [problem] = self.naked._b2c_readiness(self.company)
        self.assertEqual(problem.code, "ncm_missing")
        order = self.take_in(intake("1", (line("NAKED"),)))
        self.assertEqual(order.b2c_issue_ids.code, "ncm_missing")

    def test_company_may_hold_what_is_not_measured(self):
        """No weight, no freight quote: some would rather wait than guess."""
        other = self._make_company("Outra Indústria", "46312887000154")
        self.company.b2c_hold_unmeasured = True
        problems = self.chair._b2c_readiness(self.company)
        self.assertEqual(
            [problem.code for problem in problems],
            ["weight_missing", "dimensions_missing"],
        )
        self.chair.with_company(other).fiscal_type = "04"
        self.assertFalse(self.chair._b2c_readiness(other))
        self.assertFalse(self.ready._b2c_readiness(self.company))
        [result] = self.orders._b2c_intake([intake("1")])
        self.assertEqual(result.outcome, "held")
        order = self.orders.browse(result.order_id)
        self.assertEqual(
            set(order.b2c_issue_ids.mapped("code")),
            {"weight_missing", "dimensions_missing"},
        )
        order._b2c_advance()
        self.assertEqual(order.state, "draft")
        meter = self.env.ref("uom.product_uom_meter")
        sides = {side: COMPLETE[side] for side in COMPLETE if "product_" in side}
        self.chair.write({"weight": 7.5, "dimensional_uom_id": meter.id} | sides)
        order._b2c_advance()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.b2c_issue_ids.filtered(lambda one: one.state == "open"))

    def test_search_finds_what_a_strict_company_says(self):
        self.company.b2c_hold_unmeasured = True
        self.test_search_finds_what_the_check_says()

    def test_search_finds_what_the_check_says(self):
        bad = self._make_product("BAD", barcode="7891000315508", weight=1)
        self._make_product("SERVICE", fiscal_type=False)
        products = self.env["product.product"].search([])
        self.assertIn(bad, products)
        for state in ("blocked", "advice", "ready"):
            found = products.search([("b2c_readiness", "=", state)])
            said = products.filtered(
                lambda one, state=state: one.b2c_readiness == state
            )
            self.assertEqual(found, said)
        some = products.search([("b2c_readiness", "in", ["blocked", "ready"])])
        self.assertEqual(some, products.filtered(lambda p: p.b2c_readiness != "advice"))
        rest = products.search([("b2c_readiness", "!=", "ready")])
        self.assertEqual(rest, products.filtered(lambda p: p.b2c_readiness != "ready"))

    def test_company_without_tax_classification_is_advised(self):
        self.company.tax_classification_id = False
        self.assertEqual(self.codes(self.ready), ["tax_classification_missing"])
        products = self.env["product.product"]
        self.assertFalse(products.search([("b2c_readiness", "=", "ready")]))
        self.assertIn(self.ready, products.search([("b2c_readiness", "=", "advice")]))

    def test_fiscal_type_counts_by_company(self):
        other = self._make_company("Outra Indústria", "46312887000154")
        codes = [problem.code for problem in self.ready._b2c_readiness(other)]
        self.assertEqual(codes, ["fiscal_type_missing"])
        self.assertFalse(self.ready._b2c_readiness(self.company))

    def test_bulk_check_shows_the_chosen_products(self):
        chosen = self.every.with_user(self.operator)
        action = chosen.action_b2c_check()
        found = self.env["product.product"].search(action["domain"])
        self.assertEqual(found, self.every.sorted("id") & found)
        self.assertEqual(len(found), 3)
        server = self.env.ref("industry_b2c_sales.ir_actions_server_b2c_check_template")
        templates = self.every.product_tmpl_id
        context = {"active_model": templates._name, "active_ids": templates.ids}
        again = server.with_user(self.operator).with_context(**context).run()
        self.assertEqual(set(again["domain"][0][2]), set(self.every.ids))
