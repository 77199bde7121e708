from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.industry_b2c_sales.tests.common import intake, line
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import MagaluCase

NFE = """<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe"><NFe>\
<infNFe Id="NFe{key}"><ide><tpAmb>1</tpAmb></ide><dest><CPF>{cpf}</CPF></dest>\
<total><ICMSTot><vNF>{total:.2f}</vNF></ICMSTot></total></infNFe></NFe>\
<protNFe><infProt><chNFe>{key}</chNFe><cStat>100</cStat></infProt></protNFe>\
</nfeProc>"""


@tagged("post_install", "-at_install")
class TestDeliveries(MagaluCase):
    """An order with two deliveries: two invoices, two NF-e, each to its delivery."""

    def setUp(self):
        super().setUp()
        self.connect()
        lines = [
            {"seller_sku": "CAD-1", "price": "199.90", "quantity": 2},
            {"seller_sku": "CAD-1", "price": "199.90", "delivery": 1},
        ]
        self.code = self.market.place(lines=lines, freight="30.00")["order_id"]
        self.order = self.read(self.code)

    def invoiced(self):
        with trap_jobs():
            self.order._b2c_advance()
        self.assertEqual(self.order.b2c_issue_ids.mapped("message"), [])
        return self.order.invoice_ids.sorted("id")

    def authorise(self, documents):
        """The SEFAZ says yes; rows of the outbox come of it."""
        for document in documents:
            with trap_jobs():
                document.action_document_send()
                xml = NFE.format(
                    key=document.document_key,
                    cpf="".join(filter(str.isdigit, document.partner_id.vat)),
                    total=document.fiscal_amount_total,
                )
                document.nfe_proc_id = self.env["ir.attachment"].create(
                    {"name": "nfe.xml", "raw": xml.encode()}
                )
                document._nfe_after_authorize()
        return self.env["marketplace.outbox"].search(
            [("document_id", "in", documents.ids)]
        )

    def send(self, rows):
        rows.next_try = fields.Datetime.now()
        with trap_jobs():
            rows._send()

    def truth(self):
        rows = self.market.orders()
        return next(row for row in rows if row["order_id"] == self.code)

    def test_one_binding_two_parcels_two_targets(self):
        binding = self.order.marketplace_order_ids
        self.assertEqual(len(binding), 1)
        parcels = binding.parcel_ids
        self.assertEqual(len(parcels), 2)
        self.assertEqual(set(parcels.mapped("target_unit")), {"delivery"})
        self.assertEqual(set(parcels.mapped("invoice_state")), {"needed"})

    def test_one_invoice_for_each_delivery(self):
        invoices = self.invoiced()
        self.assertEqual(len(invoices), 2)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        wanted = [
            self.market.engine.lifecycle.delivery(ref).total / 100
            for ref in self.truth()["delivery_ids"]
        ]
        for total, amount in zip(invoices.mapped("amount_total"), wanted, strict=True):
            self.assertAlmostEqual(total, amount, places=2)
        self.assertAlmostEqual(sum(wanted), self.order.b2c_paid_total, places=2)

    def test_nothing_is_invoiced_twice(self):
        invoices = self.invoiced()
        with self.assertRaises(UserError):
            self.order._b2c_guarded()._create_invoices()
        self.assertEqual(self.order.invoice_ids, invoices)

    def test_each_nfe_goes_to_its_delivery_and_is_accepted(self):
        documents = self.invoiced().fiscal_document_id
        rows = self.authorise(documents)
        self.assertEqual(len(rows), 2)
        self.send(rows)
        # Taken is not accepted: the channel is asked again.
        self.assertEqual(set(rows.mapped("state")), {"sending"})
        self.send(rows)
        self.assertEqual(set(rows.mapped("state")), {"accepted"})
        keys = {row.parcel_id.external_id: row.document_key for row in rows}
        self.assertEqual(self.truth()["fiscal_keys"], keys)
        # Both notes are there, both labels are still to come.
        gap = self.order.marketplace_order_ids._shipping_gap()
        self.assertEqual(gap, "label_missing")

    def test_first_note_alone_is_not_sent_for_the_second_delivery(self):
        first, _second = self.invoiced().fiscal_document_id.sorted("id")
        rows = self.authorise(first)
        self.assertEqual(len(rows), 1)
        self.assertEqual({rows.parcel_id.external_id}, first._magalu_deliveries())

    def test_note_of_both_deliveries_goes_to_a_person(self):
        both = self.invoiced().invoice_line_ids.sale_line_ids
        document = self.order.invoice_ids.fiscal_document_id.sorted("id")[0]
        line = document.move_ids.invoice_line_ids.filtered("sale_line_ids")[:1]
        line.sale_line_ids = both
        rows = self.authorise(document)
        self.assertFalse(rows)
        issue = self.issues.search([("code", "=", "magalu_note_of_several_deliveries")])
        self.assertEqual(issue.order_id, self.order)
        self.assertIn("2 entregas", issue.message)

    def test_refusal_is_told_in_words(self):
        document = self.invoiced().fiscal_document_id.sorted("id")[0]
        rows = self.authorise(document)
        raw = document.nfe_proc_id.raw.replace(b"<cStat>100", b"<cStat>302")
        document.nfe_proc_id.raw = raw
        self.send(rows)
        self.assertEqual((rows.state, rows.error_class), ("rejected", "operator"))
        self.assertIn("SEFAZ", rows.error_message)
        self.assertNotIn("invoice_not_authorized", rows.error_message)

    def test_other_channels_are_invoiced_as_ever(self):
        lines = (line(key="a:1"), line(key="b:1"))
        self.orders._b2c_intake([intake("ML-1", lines=lines)])
        sale = self.sale("ML-1")
        self.assertEqual(sale._magalu_deliveries(), {})
