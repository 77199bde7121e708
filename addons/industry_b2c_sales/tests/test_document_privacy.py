from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CPFS, intake
from .test_consumer_privacy import SHOWN, PrivacyCase

CPF = CPFS[0]
NUMBER = "partner_cnpj_cpf"


@tagged("post_install", "-at_install")
class TestDocumentPrivacy(PrivacyCase):
    """Note and invoice tell no more of the recipient's number than the partner does."""

    def documents(self):
        invoice = self.invoiced().invoice_ids
        return invoice, invoice.fiscal_document_id

    def leaks(self, answer):
        return CPF in "".join(char for char in str(answer) if char.isalnum())

    def test_export_is_masked_without_the_group(self):
        for record in self.documents():
            rows = self.as_(self.seller, record).export_data([NUMBER])["datas"]
            self.assertEqual(rows, [[SHOWN]], record._name)
        self.assertFalse(self.log())

    def test_export_with_the_group_is_recorded(self):
        for count, record in enumerate(self.documents(), 1):
            mine = self.as_(self.officer, record)
            rows = mine.export_data(["partner_id/name", NUMBER])["datas"]
            self.assertEqual(rows, [["Consumidora Exemplo", CPF]], record._name)
            self.assertEqual(len(self.log()), count)
        self.assertEqual(set(self.log().mapped("kind")), {"export"})
        self.assertEqual(self.log().user_id, self.officer)

    def test_export_through_another_model_is_masked(self):
        order = self.invoiced()
        fields = ["invoice_ids/" + NUMBER, "invoice_ids/fiscal_document_id/" + NUMBER]
        orders = self.as_(self.seller, order).with_context(import_compat=False)
        rows = orders.export_data(fields)["datas"]
        self.assertEqual(rows, [[SHOWN, SHOWN]])

    def test_choosing_a_consumer_does_not_tell_the_number(self):
        spec = {"partner_id": {}, NUMBER: {}}
        for model in ("account.move", "l10n_br_fiscal.document"):
            records = self.env[model].with_user(self.seller)
            records = records.with_context(default_move_type="out_invoice")
            answers = {
                partner: records.onchange(
                    {"partner_id": partner.id}, ["partner_id"], spec
                )
                for partner in (self.consumer, self.shop)
            }
            self.assertFalse(self.leaks(answers[self.consumer]), model)
        # The note knows the number at once, the invoice only when it has a note.
        value = answers[self.consumer]["value"]
        self.assertEqual(value[NUMBER], SHOWN)
        self.assertEqual(answers[self.shop]["value"][NUMBER], "11222333000181")

    def test_choosing_a_consumer_on_a_draft_does_not_tell_the_number(self):
        spec = {"partner_id": {}, NUMBER: {}}
        for record in self.documents():
            answer = self.as_(self.seller, record).onchange(
                {"partner_id": self.shop.id, NUMBER: SHOWN}, ["partner_id"], spec
            )
            self.assertFalse(self.leaks(answer), record._name)
            answer = self.as_(self.seller, record).onchange(
                {"partner_id": self.consumer.id, NUMBER: False}, ["partner_id"], spec
            )
            self.assertFalse(self.leaks(answer), record._name)

    def test_groups_and_order_tell_nothing(self):
        for record in self.documents():
            mine = self.as_(self.seller, record)
            domain = [("id", "in", record.ids)]
            groups = mine.formatted_read_group(domain, [NUMBER], ["__count"])
            self.assertFalse(self.leaks(groups), record._name)
            with self.assertRaises(AccessError):
                mine._read_group(domain, [], [f"{NUMBER}:array_agg"])
            query = mine._search(domain, order=f"{NUMBER}, id")
            self.assertNotIn('"vat"', str(query.select().code), record._name)

    def test_complete_name_of_a_note_is_masked(self):
        note = self.invoiced().invoice_ids.fiscal_document_id
        complete = self.as_(self.seller, note).with_context(
            fiscal_document_complete_name=True
        )
        [row] = complete.read(["display_name"])
        self.assertIn(SHOWN, row["display_name"])
        self.assertFalse(self.leaks(row))

    def test_note_of_a_distributor_is_exported_as_ever(self):
        note = self.env["l10n_br_fiscal.document"].create(
            {
                "fiscal_operation_id": self.operation.id,
                "partner_id": self.shop.id,
                "document_type_id": self.env.ref("l10n_br_fiscal.document_55").id,
            }
        )
        rows = self.as_(self.seller, note).export_data([NUMBER])["datas"]
        self.assertEqual(rows, [["11222333000181"]])

    def test_code_of_the_server_reads_the_number(self):
        self.take_in(intake("1"))
        for record in self.documents():
            self.assertEqual(self.as_(self.operator, record)[NUMBER], CPF)
