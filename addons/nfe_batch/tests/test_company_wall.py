from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import NfeCase

LOOPHOLE = {"allow_fiscal_access": True}
OTHER_CNPJ = "46312887000154"
FORGED = (True, 1, "object", {"_FROM_DECORATOR": 1})


@tagged("post_install", "-at_install")
class TestCompanyWall(NfeCase):
    """A client puts into the context what it likes: the companies stay apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._make_company("Outra Indústria Ltda", OTHER_CNPJ)
        cls.stranger = cls._make_user("nfe_stranger", cls.other)
        cls.both = cls._make_user("nfe_both", cls.other | cls.company)

    @classmethod
    def _make_user(cls, login, companies):
        return new_test_user(
            cls.env,
            login,
            groups="account.group_account_invoice,nfe_batch.nfe_batch_group_user",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    def _documents_of(self, user, **context):
        return (
            self.env["l10n_br_fiscal.document"]
            .with_user(user)
            .with_context(allowed_company_ids=self.other.ids, **context)
        )

    def test_the_flag_of_the_context_opens_nothing(self):
        document = self._make_document()
        own = self._make_document_of_other()
        documents = self._documents_of(self.stranger, **LOOPHOLE)
        self.assertEqual(documents.search([]), own)
        with self.assertRaises(AccessError):
            documents.browse(document.id).read(["document_number"])
        with self.assertRaises(AccessError):
            documents.browse(document.id).write({"document_number": "9"})
        lines = documents.env["l10n_br_fiscal.document.line"]
        self.assertEqual(lines.search([]), own.fiscal_line_ids)
        with self.assertRaises(AccessError):
            lines.browse(document.fiscal_line_ids.ids).read(["name"])

    def test_the_server_s_own_value_cannot_be_sent(self):
        document = self._make_document()
        for value in FORGED:
            documents = self._documents_of(
                self.stranger, nfe_from_decorator=value, **LOOPHOLE
            )
            with self.assertRaises(AccessError):
                documents.browse(document.id).read(["document_number"])

    def test_the_flag_reaches_the_user_s_own_companies(self):
        document = self._make_document()
        self.assertNotIn(document, self._documents_of(self.both).search([]))
        wide = self._documents_of(self.both, **LOOPHOLE)
        self.assertIn(document, wide.search([]))

    def _make_document_of_other(self):
        return (
            self._documents_of(self.stranger)
            .create(
                {
                    "company_id": self.other.id,
                    "partner_id": self.partner.id,
                    "fiscal_operation_id": self.operation.id,
                    "document_type_id": self.other.document_type_id.id,
                    "fiscal_line_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "fiscal_operation_id": self.operation.id,
                                "quantity": 1,
                                "price_unit": 10,
                            }
                        )
                    ],
                }
            )
            .with_context(**LOOPHOLE)
        )
