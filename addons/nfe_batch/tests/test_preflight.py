from odoo.tests import tagged

from ..exceptions import NfePreflightError
from .common import NfeCase


@tagged("post_install", "-at_install")
class TestPreflight(NfeCase):
    """What the SEFAZ would refuse is told before a number is used."""

    def _next_number(self):
        serie = self.env["l10n_br_fiscal.document.serie"].search(
            [("company_id", "=", self.company.id)]
        )
        return serie.internal_sequence_id.number_next_actual

    def test_all_problems_at_once_in_portuguese(self):
        self.partner.write({"district": False, "vat": False})
        self.product.ncm_id = False
        document = self._make_document()
        with self.assertRaises(NfePreflightError) as caught:
            document.action_document_confirm()
        self.assertLessEqual(
            {"recipient_vat_missing", "address_district", "item_ncm"},
            set(caught.exception.codes),
        )
        message = str(caught.exception)
        self.assertIn("NF-e para Maria Souza não pode ser emitida", message)
        self.assertIn("O cliente não tem CPF nem CNPJ", message)
        self.assertIn("O bairro está faltando (cliente)", message)
        self.assertIn("Cadeira): o produto não tem NCM", message)

    def test_no_number_is_used(self):
        before = self._next_number()
        document = self._make_document()
        self.partner.zip = "123"
        with self.assertRaises(NfePreflightError):
            document.action_document_confirm()
        self.assertEqual(self._next_number(), before)
        self.assertFalse(document.document_number)
        self.assertEqual(document.state_edoc, "em_digitacao")

    def test_invalid_cpf(self):
        # Odoo checks on saving; a connector may have to keep what a channel sent.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET vat = %s WHERE id = %s",
            ("52998224726", self.partner.id),
        )
        self.partner.invalidate_recordset()
        findings = self._make_document()._nfe_preflight_findings()
        self.assertEqual(
            findings, [("recipient_cpf", "O CPF do cliente não é válido.")]
        )

    def test_total_differs_from_the_document(self):
        document = self._make_document()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_br_fiscal_document SET fiscal_amount_total = %s WHERE id = %s",
            (200, document.id),
        )
        document.invalidate_recordset()
        codes = {code for code, _text in document._nfe_preflight_findings()}
        self.assertIn("total_mismatch", codes)

    def test_a_good_document_has_no_findings(self):
        self.assertFalse(self._make_document()._nfe_preflight_findings())

    def _carton(self, **values):
        """A document of two cartons of twelve, taxed by the unit."""
        unit = self.product.uom_id
        unit.code = "UN"
        carton = self.env["uom.uom"].create(
            {
                "name": "Carton of 12",
                "code": "CX12",
                "relative_factor": 12,
                "relative_uom_id": unit.id,
            }
        )
        document = self._make_document(price=100.0)
        document.fiscal_line_ids.write(
            {
                "uom_id": carton.id,
                "uot_id": unit.id,
                "quantity": 2,
                "fiscal_quantity": 24,
                "fiscal_price": 8.33,
            }
            | values
        )
        return document.fiscal_line_ids, carton

    def test_carton_is_taxed_by_the_unit(self):
        self.product.barcode = "7891000315507"
        line, carton = self._carton()
        item = line._nfe_item_data()
        self.assertEqual((item.unit, item.quantity), ("CX12", 2))
        self.assertEqual((item.tax_unit, item.tax_quantity), ("UN", 24))
        self.assertEqual(round(item.tax_quantity * item.tax_unit_price, 6), item.gross)
        # Without a number of its own the carton has none, so neither has the unit.
        self.assertEqual((item.gtin, item.tax_gtin), ("", ""))
        self.env["product.uom"].create(
            {
                "product_id": self.product.id,
                "uom_id": carton.id,
                "barcode": "17891000315504",
            }
        )
        item = line._nfe_item_data()
        self.assertEqual(
            (item.gtin, item.tax_gtin), ("17891000315504", "7891000315507")
        )

    def test_unit_is_taxed_as_it_is_sold(self):
        self.product.barcode = "7891000315507"
        item = self._make_document().fiscal_line_ids._nfe_item_data()
        self.assertEqual((item.gtin, item.tax_gtin), ("7891000315507", ""))
        self.assertEqual((item.tax_unit, item.tax_quantity), ("", None))
