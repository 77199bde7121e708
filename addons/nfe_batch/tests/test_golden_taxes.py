from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NfeInvoiceCase
from .tax_common import (
    CENT,
    CFOP_RETURN,
    CFOP_SALE,
    PLAIN,
    RATES,
    TaxMixin,
    golden,
    part_of,
)

CHAIRS = {"quantity": 3, "discount": "10", "freight": "30"}
LAMPS = {"quantity": 2, "discount": "10", "freight": "20"}


@tagged("post_install", "-at_install")
class TestGoldenTaxes(TaxMixin, NfeInvoiceCase):
    """Invoices of several pieces with freight and discount, from SP to consumers in
    five states; one piece of each article comes back by credit note. Expected:
    ``tax_common.golden``, computed without the engine.
    """

    # Notes one by one: what becomes of lots is another test.
    lot_from = 50

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = {
            field: cls.env["account.account"].create(
                {
                    "name": field,
                    "code": f"9.9.{place}",
                    "account_type": kind,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
            for place, (field, kind) in enumerate(
                {
                    "nfe_difal_expense_account_id": "expense",
                    "nfe_difal_account_id": "liability_current",
                    "nfe_fcp_account_id": "liability_current",
                }.items()
            )
        }
        cls.company.write({name: acc.id for name, acc in cls.accounts.items()})

    def _items(self):
        """A chair of own make and a lamp that is resold."""
        return [(self.product, CHAIRS), (self.resale, LAMPS)]

    def _invoice(self, state, items=None):
        lines = [self._line_command(*item) for item in items or self._items()]
        return self._make_invoice(partner=self.consumers[state], lines=lines)

    def _authorise(self, moves):
        moves.action_post()
        self._run_jobs()
        for move in moves:
            self.assertAuthorised(move.fiscal_document_id)

    def assertLedger(self, move, expected, sign):
        """DIFAL and FCP beside the invoice: same total, same receivable."""
        by_account = {
            account: Decimal(str(round(sum(lines.mapped("balance")), 2)))
            for account, lines in move.line_ids.grouped("account_id").items()
        }
        difal = sign * sum(taxes["difal"] for taxes in expected)
        fcp = sign * sum(taxes["fcp"] for taxes in expected)
        for field, balance in (
            ("nfe_difal_expense_account_id", difal + fcp),
            ("nfe_difal_account_id", -difal),
            ("nfe_fcp_account_id", -fcp),
        ):
            self.assertEqual(by_account.get(self.accounts[field], 0), balance, field)
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertAlmostEqual(sign * sum(terms.mapped("balance")), move.amount_total)
        self.assertAlmostEqual(move.amount_total, move.fiscal_amount_total)

    def _return(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.user)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        action = wizard.reverse_moves()
        return self.env["account.move"].with_user(self.user).browse(action["res_id"])

    def test_sold_and_returned(self):
        sales = self.env["account.move"].with_user(self.user)
        for state in RATES:
            sales += self._invoice(state)
        self._authorise(sales)
        for state, move in zip(RATES, sales, strict=True):
            with self.subTest("sale", state=state):
                expected = self._expected(state, self._items())
                xml = self.assertNote(
                    move.fiscal_document_id, expected, CFOP_SALE[state == "SP"]
                )
                self.assertLedger(move, expected, 1)
                self.assertEqual(
                    Decimal(xml.texts("total/ICMSTot/vNF")[0]),
                    sum(taxes["total"] for taxes in expected),
                )
        returns = self.env["account.move"].with_user(self.user)
        for move in sales:
            returns += self._return(move)
        # One piece of each article comes back.
        returns.invoice_line_ids.write({"quantity": 1})
        self._authorise(returns)
        for state, sale, move in zip(RATES, sales, returns, strict=True):
            with self.subTest("return", state=state):
                expected = [
                    part_of(taxes, sold=amounts["quantity"])
                    for taxes, (_product, amounts) in zip(
                        self._expected(state, self._items()), self._items(), strict=True
                    )
                ]
                xml = self.assertNote(
                    move.fiscal_document_id, expected, CFOP_RETURN[state == "SP"]
                )
                self.assertLedger(move, expected, -1)
                self.assertReturnOf(xml, sale.fiscal_document_id)

    def test_by_hand(self):
        """The oracle itself, against figures worked out on paper (one chair)."""
        for state, figures in {
            "SP": "24.77 0.00 0.00 156.64 0.16 1.41",
            "RJ": "24.77 20.64 8.26 127.74 0.13 1.15",
            "MG": "24.77 12.38 4.13 140.13 0.14 1.26",
            "BA": "14.45 27.86 4.13 134.97 0.13 1.21",
            "SC": "24.77 10.32 0.00 146.32 0.15 1.32",
        }.items():
            taxes = golden(state, own_make=True, gross="199.90")
            names = ("icms", "difal", "fcp", "reform", "ibs", "cbs")
            self.assertEqual(" ".join(str(taxes[name]) for name in names), figures)
            self.assertEqual(taxes["ipi"] + Decimal("199.90"), taxes["total"])
            self.assertEqual(taxes["total"] % CENT, 0)

    def test_draft_again_and_second_return(self):
        items = [(self.product, CHAIRS), (self.resale, PLAIN)]
        sale = self._invoice("RJ", items)
        sale.action_post()
        self._drop_jobs()
        self.assertEqual(len(sale.line_ids.filtered("nfe_destination_tax")), 4)
        first = self._return(sale)
        first.invoice_line_ids[1].unlink()
        first.invoice_line_ids.quantity = 1
        first.action_post()
        first.button_draft()
        self.assertFalse(first.line_ids.filtered("nfe_destination_tax"))
        first.action_post()
        self.assertEqual(len(first.line_ids.filtered("nfe_destination_tax")), 4)
        # What is left is what the next credit note proposes.
        second = self._return(sale)
        self.assertEqual(second.invoice_line_ids.mapped("quantity"), [2.0, 1.0])
        self.assertAlmostEqual(second.invoice_line_ids[0].freight_value, 20.0)
        self.assertFalse(second.line_ids.filtered("nfe_destination_tax"))
        second.invoice_line_ids[0].quantity = 3
        with self.assertRaisesRegex(UserError, "1 a mais"):
            second.action_post()

    def test_without_accounts_nothing_is_posted(self):
        self.company.nfe_difal_expense_account_id = False
        move = self._invoice("RJ", [(self.product, PLAIN)])
        move.action_post()
        self.assertFalse(move.line_ids.filtered("nfe_destination_tax"))

    def test_fcp_that_the_chart_posts_is_not_posted_twice(self):
        fcp = self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("name", "=", "ICMS Saída FCP"),
            ]
        )
        lines = fcp.invoice_repartition_line_ids
        lines.filtered(
            lambda line: line.repartition_type == "tax"
        ).account_id = self.accounts["nfe_fcp_account_id"]
        move = self._invoice("RJ", [(self.product, PLAIN)])
        move.action_post()
        items = move.line_ids.filtered("nfe_destination_tax")
        self.assertEqual(items.mapped("nfe_destination_tax"), ["difal", "difal"])
        payable = move.line_ids.filtered(
            lambda line: line.account_id == self.accounts["nfe_fcp_account_id"]
        )
        self.assertAlmostEqual(sum(payable.mapped("credit")), 8.26)
