from dataclasses import replace
from pathlib import Path

from lxml import etree

from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import NITEROI, RIO, intake
from odoo.addons.nfe_batch.domain import schema
from odoo.addons.nfe_batch.domain.builder import build
from odoo.addons.nfe_batch.domain.serializer import serialize

from .common import OrderNfeCase

GOLDEN = Path(__file__).parent / "files" / "entrega.xml"
NAMESPACE = ' xmlns="http://www.portalfiscal.inf.br/nfe"'


@tagged("post_install", "-at_install")
class TestDeliveryOfOrder(OrderNfeCase):
    """The address of the parcel goes from the channel's order to the note."""

    def _root(self, note):
        return etree.fromstring(serialize(build(note._nfe_document_data()), "NFe"))

    def test_parcel_elsewhere_is_the_group_entrega(self):
        parcel = replace(NITEROI, phone="(21) 3333-4444", complement="BLOCO B")
        order = self.invoiced(shipping=parcel)
        note = self._note(order)
        self.assertEqual(note.partner_id, order.partner_id)
        self.assertEqual(note.partner_shipping_id, order.partner_shipping_id)
        root = self._root(note)
        group = etree.tostring(root.find(".//{*}entrega"), encoding="unicode")
        self.assertEqual(
            group.replace(NAMESPACE, ""), GOLDEN.read_text("utf-8").strip()
        )
        # What the consumer is billed at stays the consumer's own address.
        self.assertEqual(root.findtext(".//{*}enderDest/{*}cMun"), "3304557")
        self._run_jobs()
        self.assertEqual(note.state_edoc, "autorizada")
        signed = etree.fromstring(note.nfe_proc_id.raw).find("{*}NFe")
        self.assertEqual(schema.errors("NFe", etree.tostring(signed)), ())
        self.assertEqual(signed.findtext(".//{*}entrega/{*}xLgr"), parcel.street)

    def test_same_place_is_no_group(self):
        same = replace(RIO, street="RUA DA ASSEMBLEIA", phone="21 98765-4321")
        order = self.invoiced(shipping=same)
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        self.assertIsNone(self._root(self._note(order)).find(".//{*}entrega"))

    def test_another_telephone_is_no_other_place(self):
        order = self.take_in(intake("1"))
        partner = order.partner_id
        vals = partner._b2c_address_vals(RIO)[0]
        order.partner_shipping_id = partner.create(
            vals
            | {
                "name": "Recepção",
                "parent_id": partner.id,
                "type": "delivery",
                "phone": "+55 21 3333-4444",
            }
        )
        self.assertNotEqual(order.partner_shipping_id, partner)
        order._b2c_advance()
        self.assertIsNone(self._root(self._note(order)).find(".//{*}entrega"))
