from lxml import etree

from odoo import Command
from odoo.tests import tagged

from odoo.addons.nfe_batch.tests.common import NfeInvoiceCase

NS = {"n": "http://www.portalfiscal.inf.br/nfe"}


@tagged("post_install", "-at_install")
class TestPackages(NfeInvoiceCase):
    """Three chairs of 7.5 kg are packed: one in a box, two in another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.box = cls.env["stock.package.type"].create(
            {"name": "Caixa", "base_weight": 0.5}
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, cls.warehouse.lot_stock_id, 10
        )
        cls.order = cls.env["sale.order"].create(
            {
                "company_id": cls.company.id,
                "partner_id": cls.partner_sp.id,
                "warehouse_id": cls.warehouse.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "product_uom_qty": 3})
                ],
            }
        )
        cls.order.action_confirm()
        cls.picking = cls.order.picking_ids

    def _pack(self, name, quantity, **values):
        package = self.env["stock.package"].create({"name": name, **values})
        self.env["stock.move.line"].create(
            {
                "picking_id": self.picking.id,
                "move_id": self.picking.move_ids.id,
                "product_id": self.product.id,
                "quantity": quantity,
                "location_id": self.picking.location_id.id,
                "location_dest_id": self.picking.location_dest_id.id,
                "result_package_id": package.id,
            }
        )
        return package

    def _invoice(self):
        move = self._make_invoice(partner=self.partner_sp)
        move.sudo().invoice_line_ids.sale_line_ids = self.order.order_line
        return move

    def _volumes(self, move):
        """Post; the groups vol that the SEFAZ was sent, as (qVol, esp, nVol, L, B)."""
        move.action_post()
        self._run_jobs()
        document = move.fiscal_document_id
        self.assertAuthorised(document)
        root = etree.fromstring(document.nfe_signed_id.raw)
        return [
            tuple(
                volume.findtext(f"n:{tag}", namespaces=NS)
                for tag in ("qVol", "esp", "nVol", "pesoL", "pesoB")
            )
            for volume in root.findall(".//n:vol", NS)
        ]

    def test_packages_by_type_with_the_weight_of_the_scale(self):
        self.picking.move_line_ids.unlink()
        self._pack("CX-1", 1, package_type_id=self.box.id, shipping_weight=8.2)
        self._pack("CX-2", 1, package_type_id=self.box.id, shipping_weight=8.1)
        self._pack("SOLTO", 1)
        self.assertEqual(
            self._volumes(self._invoice()),
            [
                ("2", "Caixa", "CX-1, CX-2", "15.000", "16.300"),
                ("1", "VOLUME", "SOLTO", "7.500", "7.500"),
            ],
        )

    def test_each_note_names_what_left_with_it(self):
        self.picking.move_line_ids.unlink()
        first = self._pack("CX-1", 1, shipping_weight=8)
        move = self._invoice()
        self.assertEqual(self._volumes(move)[0][:3], ("1", "VOLUME", "CX-1"))
        second = self._pack("CX-2", 2, shipping_weight=16)
        later = self._invoice()
        self.assertEqual(
            self._volumes(later), [("1", "VOLUME", "CX-2", "15.000", "16.000")]
        )
        self.assertEqual(later.fiscal_document_id.sudo().nfe_package_ids, second)
        # A cancelled note ships nothing.
        move.fiscal_document_id.sudo().state_edoc = "cancelada"
        self.assertEqual(self._invoice().fiscal_document_id._nfe_free_packages(), first)

    def test_typed_volumes_go_first(self):
        self.picking.move_line_ids.unlink()
        self._pack("CX-1", 3)
        move = self._invoice()
        move.fiscal_document_id.nfe_volume_count = 7
        self.assertEqual(self._volumes(move)[0][0], "7")

    def test_nothing_packed(self):
        """As without stock: one volume with the weight of the product."""
        self.assertEqual(
            self._volumes(self._invoice()), [("1", "VOLUME", None, "7.500", "7.500")]
        )
