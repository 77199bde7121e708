from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.tests import tagged

from .common import NfeInvoiceCase

NS = {"n": "http://www.portalfiscal.inf.br/nfe"}


@tagged("post_install", "-at_install")
class TestBilling(NfeInvoiceCase):
    """A B2B invoice, with nothing but this addon: payment, instalments, incoterm."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "30/60 dias",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (30, 60)
                ],
            }
        )

    def _sent(self, **values):
        """Post and send an invoice; the root of what was sent."""
        move = self._make_invoice(partner=self.partner_sp)
        move.sudo().write(values)
        move.action_post()
        self._run_jobs()
        document = move.fiscal_document_id
        self.assertAuthorised(document)
        return etree.fromstring(document.nfe_signed_id.raw), document

    def _texts(self, root, path):
        return [one.text for one in root.findall(f".//n:{path}", NS)]

    def test_at_sight(self):
        root, document = self._sent()
        self.assertEqual(self._texts(root, "detPag/n:indPag"), ["0"])
        self.assertEqual(self._texts(root, "detPag/n:tPag"), ["99"])
        self.assertEqual(
            self._texts(root, "detPag/n:vPag"), [f"{document.fiscal_amount_total:.2f}"]
        )
        self.assertIsNone(root.find(".//n:cobr", NS))

    def test_instalments(self):
        self.term.nfe_payment_method = "15"
        root, document = self._sent(invoice_payment_term_id=self.term.id)
        self.assertEqual(self._texts(root, "detPag/n:indPag"), ["1"])
        self.assertEqual(self._texts(root, "detPag/n:tPag"), ["15"])
        self.assertEqual(self._texts(root, "dup/n:nDup"), ["001", "002"])
        today = document._nfe_local(document.document_date).date()
        days = [str(today + timedelta(days=count)) for count in (30, 60)]
        self.assertEqual(self._texts(root, "dup/n:dVenc"), days)
        amounts = [float(text) for text in self._texts(root, "dup/n:vDup")]
        self.assertAlmostEqual(sum(amounts), document.fiscal_amount_total, 2)
        self.assertEqual(self._texts(root, "fat/n:nFat"), [document.document_number])

    def test_other_means_name_the_terms(self):
        root, _document = self._sent(invoice_payment_term_id=self.term.id)
        self.assertEqual(self._texts(root, "detPag/n:xPag"), ["30/60 dias"])

    def test_card_of_the_terms(self):
        self.term.nfe_payment_method = "03"
        root, _document = self._sent(invoice_payment_term_id=self.term.id)
        self.assertEqual(self._texts(root, "card/n:tpIntegra"), ["2"])

    def test_due_before_the_issue_is_told(self):
        self.term.line_ids[0].nb_days = 0
        self.term.line_ids[1].nb_days = 10
        move = self._make_invoice(partner=self.partner_sp)
        move.invoice_date = fields.Date.today() - timedelta(days=5)
        move.invoice_payment_term_id = self.term
        findings = dict(move.fiscal_document_id._nfe_preflight_findings())
        self.assertIn("billing_due", findings)
        self.assertIn("vencimentos", findings["billing_due"])

    def test_incoterm_tells_who_pays_the_freight(self):
        fob = self.env.ref("account.incoterm_FOB")
        root, _document = self._sent(invoice_incoterm_id=fob.id)
        self.assertEqual(self._texts(root, "transp/n:modFrete"), ["1"])

    def test_order_of_a_company(self):
        self.partner_sp.is_company = True
        root, _document = self._sent(ref="PC-4711")
        self.assertEqual(self._texts(root, "compra/n:xPed"), ["PC-4711"])
