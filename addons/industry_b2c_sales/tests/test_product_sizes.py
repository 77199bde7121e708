from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain.gtin import is_sscc
from .stock_common import DUN, GTIN, PALLETS, StockCase


@tagged("post_install", "-at_install")
class TestProductSizes(StockCase):
    """Unit, carton and pallet of one product: numbers, weights, measures, tax unit."""

    def size(self, uom, barcode, **values):
        return self.env["product.uom"].create(
            {
                "product_id": self.bolt.id,
                "uom_id": uom.id,
                "barcode": barcode,
                "company_id": self.company.id,
            }
            | values
        )

    def test_sizes_weigh_and_measure_for_themselves(self):
        self.assertEqual((self.carton.factor, self.pallet.factor), (12, 600))
        self.assertEqual(
            (self.carton.b2c_size, self.pallet.b2c_size), ("carton", "pallet")
        )
        meter = self.env.ref("uom.product_uom_meter")
        self.bolt.dimensional_uom_id = meter
        size = self.size(
            self.carton, DUN, b2c_length=0.4, b2c_width=0.3, b2c_height=0.25
        )
        self.assertEqual(size.b2c_pieces, 12)
        self.assertAlmostEqual(size.b2c_weight, 12 * 0.5 + 0.4)
        self.assertAlmostEqual(size.b2c_volume, 0.03)
        size.b2c_weight = 7.1
        self.assertAlmostEqual(size.b2c_weight, 7.1)

    def test_bar_codes_are_checked_by_size(self):
        for uom, barcode in (
            (self.carton, "17891000315505"),
            (self.carton, PALLETS[0]),
            (self.pallet, GTIN[:-1] + "8"),
        ):
            with self.assertRaises(ValidationError):
                self.size(uom, barcode)
        self.size(self.carton, DUN)
        self.size(self.pallet, PALLETS[0])

    def test_units_without_size_may_have_any_bar_code(self):
        """A B2B company that never heard of sizes keeps its own codes."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self.size(dozen, "BOX-12").barcode, "BOX-12")

    def test_measures_are_not_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.size(self.carton, DUN, b2c_length=-1)
            self.env.flush_all()

    def test_cartons_are_numbered_from_the_unit(self):
        self.bolt.action_b2c_make_dun14()
        size = self.bolt.product_uom_ids
        self.assertEqual((size.uom_id, size.barcode), (self.carton, DUN))
        small = self.carton.copy({"name": "Test of 6", "code": "TCX6"})
        small.write({"relative_factor": 6, "b2c_size": "carton"})
        self.bolt.uom_ids = [Command.link(small.id)]
        self.bolt.action_b2c_make_dun14()
        self.assertEqual(
            self.bolt.product_uom_ids.mapped("barcode"), [DUN, "27891000315501"]
        )

    def test_product_without_gtin_has_no_carton_number(self):
        self.bolt.barcode = "INTERNAL"
        with self.assertRaises(UserError):
            self.bolt.action_b2c_make_dun14()

    def test_closed_packages_are_numbered_with_an_sscc(self):
        self.company.b2c_gs1_prefix = "7891000"
        kind = self.pallet.package_type_id
        packages = self.env["stock.package"].create(
            [{"package_type_id": kind.id} for _count in range(2)]
        )
        self.assertEqual(len(set(packages.mapped("name"))), 2)
        for package in packages:
            self.assertTrue(is_sscc(package.name))
            self.assertTrue(package.valid_sscc)
            self.assertEqual(package.name[1:8], "7891000")

    def test_other_packages_keep_their_own_numbers(self):
        self.company.b2c_gs1_prefix = "7891000"
        box = self.env["stock.package.type"].create({"name": "Box"})
        for values in ({"package_type_id": box.id}, {}):
            self.assertFalse(is_sscc(self.env["stock.package"].create(values).name))
        self.company.b2c_gs1_prefix = False
        kind = self.pallet.package_type_id
        package = self.env["stock.package"].create({"package_type_id": kind.id})
        self.assertFalse(is_sscc(package.name))

    def test_gs1_prefix_is_checked(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.b2c_gs1_prefix = "123"
            self.env.flush_all()

    # ------------------------------------------------------------ tax unit

    def line(self, uom, quantity, price):
        partner = self.env["res.partner"].create({"name": "Distribuidora"})
        order = self.orders.create(
            {
                "partner_id": partner.id,
                "fiscal_operation_id": self.operation.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bolt.id,
                            "product_uom_id": uom.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "fiscal_operation_id": self.operation.id,
                        }
                    )
                ],
            }
        )
        return order.order_line

    def test_carton_is_taxed_by_the_unit(self):
        """uCom is the carton, uTrib the unit of the GTIN; the amounts are the same."""
        line = self.line(self.carton, 2, 100.0)
        self.assertEqual((line.uom_id, line.uot_id), (self.carton, self.unit))
        self.assertEqual(line.fiscal_quantity, 24)
        self.assertAlmostEqual(line.fiscal_price, 100 / 12, 9)
        self.assertEqual(line.ipi_base, 200)
        line.write({"product_uom_qty": 3, "price_unit": 100.0})
        self.assertEqual((line.fiscal_quantity, line.ipi_base), (36, 300))

    def test_unit_is_taxed_as_it_is_sold(self):
        line = self.line(self.unit, 3, 9.99)
        self.assertEqual((line.uot_id, line.fiscal_quantity), (self.unit, 3))
        self.assertEqual((line.fiscal_price, line.ipi_base), (9.99, 29.97))

    def test_tax_unit_of_the_product_goes_first(self):
        """What the accountant has set is not overruled (OCA's uot)."""
        kilo = self.env.ref("uom.product_uom_kgm")
        self.bolt.write({"uot_id": kilo.id, "uot_factor": 6.0})
        line = self.line(self.carton, 2, 120.0)
        self.assertEqual((line.uot_id, line.fiscal_quantity), (kilo, 12))
        self.assertAlmostEqual(line.fiscal_price, 20)

    def test_unit_without_size_stays_as_the_fiscal_layer_has_it(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self.line(dozen, 2, 100.0)
        self.assertEqual((line.uot_id, line.fiscal_quantity), (dozen, 2))
        self.assertEqual(line.fiscal_price, 100)
