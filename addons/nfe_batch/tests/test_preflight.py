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
