import base64
import tempfile

from odoo.tests import TransactionCase, tagged

from simulators.common.certificates import CertificateAuthority

PRODUCT = {
    "sku": "DEMO-TESTE-1",
    "name": "Produto de teste",
    "price": 100.0,
    "ncm": "9403.60.00",
    "weight": 2.0,
    "length": 30.0,
    "width": 20.0,
    "height": 10.0,
}
COMPANY = {
    "name": "Fábrica de Teste Ltda",
    "vat": "11222333000181",
    "state_registration": "110042490114",
}
USER = {
    "login": "mesa.teste",
    "password": "mesa.teste.1",
    "name": "Mesa de Pedidos",
    "groups": ["industry_b2c_sales.industry_b2c_sales_group_user"],
}


@tagged("post_install", "-at_install")
class TestIndustryB2cDemo(TransactionCase):
    """Given: a certificate made for the test, and the demo company loaded twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with tempfile.TemporaryDirectory() as folder:
            pfx = CertificateAuthority.create(folder).client_pfx(
                COMPANY["vat"], COMPANY["name"], "demo"
            )
        certificate = {"content": base64.b64encode(pfx).decode(), "password": "demo"}
        load = cls.env["industry.b2c.demo"]._load
        cls.company = load(COMPANY, [PRODUCT], certificate, [USER])
        cls.again = load(COMPANY, [PRODUCT], certificate, [USER])

    def test_loading_again_changes_nothing(self):
        self.assertEqual(self.company, self.again)
        for model, domain in (
            ("product.product", [("default_code", "=", PRODUCT["sku"])]),
            ("res.users", [("login", "=", USER["login"])]),
            ("stock.warehouse", [("company_id", "=", self.company.id)]),
            ("l10n_br_fiscal.document.serie", [("company_id", "=", self.company.id)]),
        ):
            self.assertEqual(self.env[model].search_count(domain), 1, model)

    def test_company_can_issue(self):
        self.assertEqual(self.company.chart_template, "br_oca_generic")
        self.assertTrue(self.company._get_br_certificate(only_ecnpj=True).is_valid)
        self.assertEqual(self.company.document_type_id.code, "55")

    def test_product_is_ready_for_the_shelf(self):
        product = self.env["product.product"].search(
            [("default_code", "=", PRODUCT["sku"])]
        )
        self.assertEqual(product.ncm_id.code, PRODUCT["ncm"])
        self.assertEqual(product.with_company(self.company).fiscal_type, "04")
        self.assertGreater(product.with_company(self.company).qty_available, 0)

    def test_one_menu_holds_everything(self):
        root = self.env.ref("industry_b2c.industry_b2c_menu_root")
        self.assertEqual(
            root.child_id,
            self.env.ref("industry_b2c_sales.industry_b2c_sales_menu_root")
            | self.env.ref("nfe_batch.nfe_batch_menu_root")
            | self.env.ref("marketplace_connector.marketplace_menu_root"),
        )
