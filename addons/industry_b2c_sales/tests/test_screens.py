from odoo.tests import tagged

from .common import B2cCase, intake


@tagged("post_install", "-at_install")
class TestScreens(B2cCase):
    """An operator's screens open with the rights of an operator."""

    def as_next_request(self, records):
        """The records as a new request finds them: the operator's, nothing cached."""
        self.env.flush_all()
        self.env.invalidate_all()
        return records.with_user(self.operator)

    def test_company_is_read_without_writing_it(self):
        cnae = self.env["l10n_br_fiscal.cnae"].search([("internal_type", "=", "normal")])
        self.company.partner_id.cnae_main_id = cnae[:1]
        company = self.as_next_request(self.company)
        self.assertEqual(company.cnae_main_id, cnae[:1])
        self.assertFalse(company.legal_nature_id)
        self.assertEqual(company.tax_framework, "3")

    def test_order_screens_open_more_than_once(self):
        # The first request of a process renders the views, the later ones take them
        # from the cache of the process and find nothing read yet.
        views = [(False, "list"), (False, "form"), (False, "search")]
        for _request in range(2):
            orders = self.as_next_request(self.orders)
            self.assertIn("form", orders.get_views(views)["views"])

    def test_order_is_read_with_all_that_its_form_shows(self):
        order = self.take_in(intake("1"))
        order._b2c_advance()
        views = self.orders.with_user(self.operator).get_views([(False, "form")])
        names = list(views["models"]["sale.order"]["fields"])
        self.assertTrue(self.as_next_request(order).read(names))
