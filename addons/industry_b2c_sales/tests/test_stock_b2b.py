from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .stock_common import PALLETS, StockCase


@tagged("post_install", "-at_install")
class TestStockB2b(StockCase):
    """A distributor buys pallets of the same stock: nothing is different for him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.distributor = cls.env["res.partner"].create(
            {
                "name": "Distribuidora Exemplo",
                "is_company": True,
                "vat": "11222333000181",
                "country_id": cls.env.ref("base.br").id,
                "state_id": cls.env.ref("base.state_br_sp").id,
                "city_id": cls.env.ref("l10n_br_base.city_3550308").id,
                "ind_ie_dest": "1",
                "fiscal_profile_id": cls.env.ref(
                    "l10n_br_fiscal.partner_fiscal_profile_cnt"
                ).id,
            }
        )
        cls.salesman = new_test_user(
            cls.env,
            login="b2b_salesman",
            groups="sales_team.group_sale_salesman_all_leads,"
            "l10n_br_fiscal.group_user,stock.group_stock_user,uom.group_uom",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls._put(cls.pallets, 600, cls._pallet(PALLETS[0]))
        cls._put(cls.pallets, 600, cls._pallet(PALLETS[1]))
        cls._put(cls.face, 5)

    def order(self, quantity=2, uom=None):
        return self.orders.with_user(self.salesman).create(
            {
                "partner_id": self.distributor.id,
                "fiscal_operation_id": self.operation.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bolt.id,
                            "product_uom_id": (uom or self.pallet).id,
                            "product_uom_qty": quantity,
                            "price_unit": 6000.0,
                            "fiscal_operation_id": self.operation.id,
                        }
                    )
                ],
            }
        )

    def test_pallets_are_sold_reserved_and_delivered(self):
        # A policy that leaves nothing to consumers, and consumers who ask all the same.
        self._policy(share=0, b2b_minimum=5000)
        consumers = self.confirmed(1, 1)
        order = self.order()
        order.action_confirm()
        move = order.picking_ids.move_ids
        self.assertFalse(order.is_b2c)
        self.assertEqual((move.product_uom_qty, move.quantity), (1200, 1200))
        self.assertEqual((move.packaging_uom_id, move.state), (self.pallet, "assigned"))
        self.assertEqual(
            sorted(move.move_line_ids.package_id.mapped("name")), sorted(PALLETS)
        )
        self.assertFalse(move.b2c_wait)
        # The salesman may read none of these.
        hidden = order.sudo()
        self.assertFalse(hidden.b2c_event_ids)
        self.assertFalse(hidden.b2c_verdict_ids)
        self.assertFalse(hidden.b2c_issue_ids)
        order.picking_ids.button_validate()
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(self.reserved(consumers), [False, False])

    def test_pallets_are_invoiced_as_sold_and_taxed_by_the_unit(self):
        order = self.order()
        order.action_confirm()
        invoice = order.sudo()._create_invoices(grouped=True)
        invoice.action_post()
        line = invoice.invoice_line_ids
        self.assertEqual((line.product_uom_id, line.quantity), (self.pallet, 2))
        self.assertEqual((line.uot_id, line.fiscal_quantity), (self.unit, 1200))
        self.assertEqual((line.price_unit, line.ipi_base), (6000, 12000))
        self.assertEqual(invoice.amount_total, 12000 + line.ipi_value)

    def test_b2b_may_take_what_consumers_may_not(self):
        self._policy(b2b_minimum=1205)
        self.confirmed(1)
        order = self.order(1205, self.unit)
        order.action_confirm()
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_b2b_does_not_get_what_a_consumer_holds(self):
        consumer = self.confirmed(5)
        order = self.order(1205, self.unit)
        order.action_confirm()
        self.assertEqual(self.reserved(consumer), [True])
        self.assertEqual(order.picking_ids.move_ids.quantity, 1200)

    def test_product_that_no_consumer_buys_is_not_registered(self):
        self.order().action_confirm()
        self.assertFalse(self.env["b2c.shared.stock"].search([]))

    def test_form_of_the_order_is_the_same(self):
        with Form(self.orders.with_user(self.salesman)) as form:
            form.partner_id = self.distributor
            with form.order_line.new() as row:
                row.product_id = self.bolt
                row.product_uom_id = self.pallet
                row.product_uom_qty = 1
        self.assertEqual(form.record.order_line.product_uom_id, self.pallet)
