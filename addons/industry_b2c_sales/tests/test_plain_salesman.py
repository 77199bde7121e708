from lxml import etree

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestPlainSalesman(B2cCase):
    """Who sells to distributors opens orders without any right on consumer sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env,
            login="b2c_plain_salesman",
            # l10n_br_sale opens no order at all without the fiscal group.
            groups="sales_team.group_sale_salesman,l10n_br_fiscal.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def shown(self, order):
        """What the form asks of the server when the order is opened."""
        orders = self.orders.with_user(self.salesman)
        arch = etree.fromstring(orders.get_view(view_type="form")["arch"])
        asked = arch.xpath("//field[not(ancestor::field)]/@name")
        self.env.flush_all()
        self.env.invalidate_all()
        [values] = order.with_user(self.salesman).web_read(dict.fromkeys(asked, {}))
        return values

    def test_order_of_a_distributor_opens(self):
        distributor = self.env["res.partner"].create({"name": "Distribuidora"})
        order = self.orders.create(
            {
                "partner_id": distributor.id,
                "user_id": self.salesman.id,
                "order_line": [Command.create({"product_id": self.chair.id})],
            }
        )
        self.assertEqual(self.shown(order)["name"], order.name)
        self.env.invalidate_all()
        # As a program reads it: every field that there is.
        [values] = order.with_user(self.salesman).read()
        self.assertFalse(values["b2c_hold_reason"])
        self.assertNotIn("b2c_issue_ids", values)

    def test_order_of_a_consumer_opens_without_what_the_queue_says(self):
        order = self.take_in(intake("1", (line(),)))
        order.user_id = self.salesman
        order._b2c_hold("Aguardar")
        self.assertNotIn("b2c_hold_reason", self.shown(order))
        # Nor does another way to read the field end in an error.
        self.env.invalidate_all()
        [values] = order.with_user(self.salesman).read(["b2c_hold_reason"])
        self.assertIn("Aguardar", values["b2c_hold_reason"])

    def test_search_offers_nothing_that_may_not_be_read(self):
        orders = self.orders.with_user(self.salesman)
        search = self.env.ref("sale.view_sales_order_filter")
        arch = orders.get_view(search.id, "search")["arch"]
        self.assertIn('name="b2c"', arch)
        self.assertNotIn("b2c_issue_count", arch)
