from odoo.tests import tagged

from odoo.addons.marketplace_shopee.domain.errors import BUG, INVOICE_TEXTS

from .common import ShopeeCase


@tagged("post_install", "-at_install")
class TestProblems(ShopeeCase):
    def problem(self, code, detail=""):
        account = self.account._in_company_language()
        return account._invoice_problem(code, detail)

    def test_whatever_a_person_can_repair_has_a_sentence(self):
        for _words, code, who in INVOICE_TEXTS:
            if who != BUG:
                self.assertTrue(self.problem(code), code)

    def test_the_sentence_is_portuguese(self):
        self.assertIn("não é o cadastrado na Shopee", self.problem("cnpj"))

    def test_refused_cfop_is_named(self):
        self.assertIn("5949", self.problem("cfop", "CFOP 5949"))

    def test_what_nobody_knows_is_left_to_the_connector(self):
        self.assertEqual(self.problem("brand_new", "x"), "")
