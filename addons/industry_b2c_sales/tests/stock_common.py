"""A warehouse with a unit pick face, a carton rack and a pallet rack."""

from odoo import Command
from odoo.tests import new_test_user

from .common import B2cCase, intake, line

# GTIN-13 of the unit, DUN-14 of its carton, SSCCs of two pallets.
GTIN, DUN = "7891000315507", "17891000315504"
PALLETS = ("376104250021234569", "376104250021234576")


class StockCase(B2cCase):
    """``bolt``: 12 to the carton, 50 cartons to the pallet; nothing in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.warehouse.lot_stock_id
        cls.face = cls._place("Picking", "unit")
        cls.rack = cls._place("Cartons", "carton")
        cls.pallets = cls._place("Pallets", "pallet")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.carton, cls.pallet = cls._make_sizes()
        cls.bolt = cls._make_product("BOLT", barcode=GTIN, weight=0.5)
        cls.bolt.uom_ids = cls.carton | cls.pallet
        cls.tasks = cls.env["b2c.open.task"]
        cls.stocker = new_test_user(
            cls.env,
            login="b2c_stocker",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _place(cls, name, size):
        return cls.env["stock.location"].create(
            {"name": name, "location_id": cls.stock.id, "b2c_size": size}
        )

    @classmethod
    def _make_sizes(cls):
        types = cls.env["stock.package.type"].create(
            [
                {"name": "Test carton", "b2c_size": "carton", "base_weight": 0.4},
                {"name": "Test pallet", "b2c_size": "pallet", "base_weight": 20},
            ]
        )
        carton = cls.env["uom.uom"].create(
            {
                "name": "Test carton of 12",
                "code": "TCX12",
                "relative_factor": 12,
                "relative_uom_id": cls.unit.id,
                "package_type_id": types[0].id,
            }
        )
        pallet = cls.env["uom.uom"].create(
            {
                "name": "Test pallet of 50",
                "code": "TPL50",
                "relative_factor": 50,
                "relative_uom_id": carton.id,
                "package_type_id": types[1].id,
            }
        )
        return carton, pallet

    @classmethod
    def _put(cls, location, quantity, package=None, product=None):
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.bolt, location, quantity, package_id=package
        )

    @classmethod
    def _pallet(cls, sscc):
        return cls.env["stock.package"].create(
            {"name": sscc, "package_type_id": cls.pallet.package_type_id.id}
        )

    @classmethod
    def _policy(cls, **values):
        defaults = {"name": "Test", "company_id": cls.company.id}
        return cls.env["b2c.stock.policy"].create(defaults | values)

    def confirmed(self, *quantities, source=None):
        """Consumer orders for so many bolts each, after the attempt to reserve."""
        start = self.orders.search_count([("is_b2c", "=", True)])
        changes = {"source": source} if source else {}
        orders = self.take_in(
            *(
                intake(str(start + index), (line("BOLT", quantity),), **changes)
                for index, quantity in enumerate(quantities)
            )
        )
        orders._b2c_advance_confirm()
        self.assertFalse(orders.b2c_issue_ids.mapped("message"))
        orders._b2c_advance_reserve()
        return orders

    def reserved(self, orders):
        return [order._b2c_is_reserved() for order in orders]

    def waits(self, orders):
        return orders.picking_ids.move_ids.mapped("b2c_wait")
