from odoo.tests import tagged

from .common import OrderTourCase


@tagged("post_install", "-at_install")
class TestOrderTour(OrderTourCase):
    """What the order desk sees of an order, in a browser, in Portuguese."""

    def test_order_note_and_label(self):
        order = self.labelled("9001")
        self.assertEqual(order.b2c_fiscal_state, "accepted")
        self.assertEqual(order.b2c_parcel_state, "label_ready")
        self.assertFalse(self.open_issues())
        self.start_tour(
            f"/odoo/action-industry_b2c_sales.sale_order_action/{order.id}",
            "test_industry_b2c.order",
            login=self.desk.login,
        )
