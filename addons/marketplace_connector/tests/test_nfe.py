from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..rules.payment import payments
from .common import ConnectorCase
from .shop import order_of


@tagged("post_install", "-at_install")
class TestPaymentGroups(BaseCase):
    """detPag of the NF-e (NT 2025.001)."""

    def groups(self, *rows, total="100.00"):
        return payments(rows, Decimal(total), "Paid")

    def test_pix(self):
        [pix] = self.groups({"method": "pix", "amount": "100.00"})
        self.assertEqual((pix.method, pix.amount, pix.card), ("17", 100, None))

    def test_credit_card_carries_acquirer_brand_and_authorisation(self):
        [card] = self.groups(
            {
                "method": "credit_card",
                "amount": "100.00",
                "brand": "master",
                "acquirer_cnpj": "03.007.331/0001-41",
                "auth_code": "A1",
            }
        )
        self.assertEqual(card.method, "03")
        self.assertEqual(card.card.integration, "1")
        self.assertEqual(card.card.brand, "02")
        self.assertEqual(card.card.acquirer_cnpj, "03007331000141")
        self.assertEqual(card.card.auth_code, "A1")

    def test_card_without_authorisation_is_not_called_integrated(self):
        [card] = self.groups({"method": "debit_card", "amount": "100", "brand": "new"})
        self.assertEqual(card.method, "04")
        self.assertEqual((card.card.integration, card.card.brand), ("2", "99"))

    def test_unknown_method_is_described(self):
        [other] = self.groups({"method": "shells", "amount": "100"})
        self.assertEqual((other.method, other.description), ("99", "Paid"))

    def test_amounts_add_up_to_the_note(self):
        found = self.groups(
            {"method": "wallet", "amount": "30.00"},
            {"method": "pix", "amount": "75.00"},
        )
        self.assertEqual(
            [(p.method, p.amount) for p in found], [("17", 70), ("18", 30)]
        )

    def test_payment_larger_than_the_note_leaves_one_group(self):
        found = self.groups(
            {"method": "pix", "amount": "80"}, {"method": "wallet", "amount": "70"}
        )
        self.assertEqual(sum(p.amount for p in found), 100)

    def test_nothing_known(self):
        self.assertEqual(self.groups(), ())


@tagged("post_install", "-at_install")
class TestDocument(ConnectorCase):
    def test_note_names_payment_and_marketplace(self):
        sale = self.read(order_of("9001")).sale_order_id
        sale._b2c_advance()
        document = sale.invoice_ids.fiscal_document_id
        [payment] = document._nfe_prepare_payments()
        self.assertEqual((payment.method, payment.amount), ("17", Decimal("199.90")))
        intermediary = document._nfe_prepare_intermediary()
        self.assertEqual(intermediary.cnpj, "03007331000141")
        self.assertEqual(intermediary.seller_id, "77")

    def test_parcel_that_turns_up_late_gets_the_note(self):
        binding = self.read(order_of("9001", parcels=(), invoice_targets=()))
        sale = binding.sale_order_id
        sale._b2c_advance()
        document = sale.invoice_ids.fiscal_document_id
        document.action_document_send()
        document._nfe_after_authorize()
        rows = self.env["marketplace.outbox"]
        self.assertFalse(rows.search([("document_id", "=", document.id)]))
        self.read(order_of("9001"))
        self.assertTrue(rows.search([("document_id", "=", document.id)]))
