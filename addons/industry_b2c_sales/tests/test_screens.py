from contextlib import contextmanager

from odoo.tests import tagged

from .common import B2cCase, intake


@tagged("post_install", "-at_install")
class TestScreens(B2cCase):
    """An operator's screens open with the rights of an operator, and write nothing."""

    @contextmanager
    def next_request(self):
        """Nothing is cached, and the database refuses to be written."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            yield
            self.env.flush_all()
            savepoint.rollback()

    def test_company_is_read_without_writing_it(self):
        cnae = self.env["l10n_br_fiscal.cnae"].search(
            [("internal_type", "=", "normal")], limit=1
        )
        self.company.partner_id.cnae_main_id = cnae
        company = self.company.with_user(self.operator)
        with self.next_request():
            self.assertEqual(company.cnae_main_id, cnae)
            self.assertFalse(company.legal_nature_id)
            self.assertEqual(company.tax_framework, "3")

    def test_order_screens_open_more_than_once(self):
        # The first request of a process renders the views, the later ones take them
        # from the cache of the process and find nothing read yet.
        views = [(False, "list"), (False, "form"), (False, "search")]
        orders = self.orders.with_user(self.operator)
        for _request in range(2):
            with self.next_request():
                self.assertIn("form", orders.get_views(views)["views"])

    def test_order_is_read_without_writing_it(self):
        order = self.take_in(intake("1")).with_user(self.operator)
        order._b2c_advance()
        models = order.get_views([(False, "form")])["models"]
        shown = {
            model: dict.fromkeys(models[model]["fields"], {})
            for model in ("sale.order", "sale.order.line")
        }
        shown["sale.order"]["order_line"] = {"fields": shown["sale.order.line"]}
        with self.next_request():
            [values] = order.web_read(shown["sale.order"])
        self.assertTrue(values["order_line"])
        [line] = order.order_line
        self.assertAlmostEqual(line.price_gross, line.price_unit * line.product_uom_qty)
