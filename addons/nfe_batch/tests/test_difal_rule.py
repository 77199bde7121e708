from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import NfeCase
from .tax_common import CFOP_RETURN, CFOP_SALE, PLAIN, RATES, TaxMixin, Xml


@tagged("post_install", "-at_install")
class TestDifalRule(TaxMixin, NfeCase):
    """Which base counts is a dated rule of the consumer's state."""

    def _rule(self, state, since, base="double"):
        return self.env["nfe.difal.rule"].create(
            {
                "state_id": self.env.ref(f"base.state_br_{state.lower()}").id,
                "date_from": since,
                "base": base,
                "legal_basis": "Regulamento do estado",
            }
        )

    def _line(self, state="MG", **values):
        return self._make_document(self.consumers[state], **values).fiscal_line_ids

    def test_double_base_has_the_fcp_inside(self):
        """(206.40 − 24.77) ÷ (1 − 0.18 − 0.02) = 227.04; × 18 % − 24.77 = 16.10."""
        self._rule("MG", date(2026, 1, 1))
        document = self._confirm(partner=self.consumers["MG"])
        line = document.fiscal_line_ids
        self.assertAlmostEqual(line.icms_destination_base, 227.04)
        self.assertAlmostEqual(line.icms_destination_value, 16.10)
        self.assertAlmostEqual(line.icmsfcp_base, 227.04)
        self.assertAlmostEqual(line.icmsfcp_value, 4.54)
        self._run_jobs()
        self.assertAuthorised(document)

    def test_rule_counts_from_its_day(self):
        today = fields.Date.today()
        self._rule("MG", today + timedelta(days=2))
        self.assertAlmostEqual(self._line().icms_destination_base, 206.40)
        issued = fields.Datetime.now() + timedelta(days=4)
        line = self._line(document_date=issued)
        self.assertAlmostEqual(line.icms_destination_base, 227.04)
        self.assertAlmostEqual(line.icmsfcp_value, 4.54)

    def test_other_states_keep_theirs(self):
        rule = self._rule("MG", date(2026, 1, 1))
        self.assertAlmostEqual(self._line("BA").icms_destination_base, 206.40)
        rule.unlink()
        self.assertAlmostEqual(self._line().icms_destination_base, 206.40)

    def test_shipped_for_every_state(self):
        rules = self.env["nfe.difal.rule"].search([])
        self.assertEqual(len(rules.state_id), 27)
        self.assertEqual(set(rules.mapped("base")), {"single"})

    def test_only_managers_change_it(self):
        rule = self.env.ref("nfe_batch.nfe_difal_rule_mg")
        self.assertEqual(rule.with_user(self.user).base, "single")
        with self.assertRaises(AccessError):
            rule.with_user(self.user).base = "double"
        manager = new_test_user(
            self.env, "fiscal_manager", groups="l10n_br_fiscal.group_manager"
        )
        rule.with_user(manager).base = "double"

    def test_no_fcp_where_there_is_nothing_to_share(self):
        line = self._line("RJ")
        exempt = self.env.ref("l10n_br_fiscal.tax_icms_isento")
        line.fiscal_tax_ids = (
            line.fiscal_tax_ids.filtered(lambda tax: tax.tax_domain != "icms") + exempt
        )
        self.assertFalse(line.icms_destination_value)
        self.assertFalse(line.icmsfcp_value)

    def test_no_query_for_each_line(self):
        """Once known, a rule is not read again."""
        rules = self.env["nfe.difal.rule"]
        state = self.consumers["MG"].state_id
        rules._nfe_base(state, date(2026, 5, 1))
        with self.assertQueryCount(0):
            self.assertEqual(rules._nfe_base(state, date(2026, 5, 2)), "single")


@tagged("post_install", "-at_install")
class TestReturnWithoutInvoice(TaxMixin, NfeCase):
    """Goods of a note without invoice come back, and those of a supplier go back."""

    lot_from = 50

    def _sold(self):
        document = self._make_document(self.consumers["RJ"])
        document.fiscal_line_ids.quantity = 3
        document.action_document_confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        return document

    def test_golden_taxes_in_five_states(self):
        """One piece each of own make and resale, without freight and discount."""
        items = [(self.product, PLAIN), (self.resale, PLAIN)]
        lines = [self._line_command(*item) for item in items]
        sales = self.env["l10n_br_fiscal.document"].with_user(self.user)
        for state in RATES:
            sales += self._make_document(self.consumers[state], fiscal_line_ids=lines)
        sales.action_document_confirm()
        self._run_jobs()
        returns = sales.browse()
        for sale in sales:
            self.assertAuthorised(sale)
            returns += sale._nfe_create_return()
        returns.action_document_confirm()
        self._run_jobs()
        for state, sale, back in zip(RATES, sales, returns, strict=True):
            with self.subTest(state=state):
                expected, at_home = self._expected(state, items), state == "SP"
                self.assertNote(sale, expected, CFOP_SALE[at_home])
                self.assertAuthorised(back)
                xml = self.assertNote(back, expected, CFOP_RETURN[at_home])
                self.assertReturnOf(xml, sale)

    def test_part_then_rest(self):
        sold = self._sold()
        line = sold.fiscal_line_ids
        back = sold._nfe_create_return({line: 1})
        self.assertEqual(back.fiscal_line_ids.nfe_returned_line_id, line)
        back.action_document_confirm()
        rest = sold._nfe_create_return()
        self.assertEqual(rest.fiscal_line_ids.quantity, 2)
        rest.action_document_confirm()
        self._run_jobs()
        for note in back + rest:
            self.assertAuthorised(note)
            self.assertEqual(Xml(note).texts("ide/NFref/refNFe"), [sold.document_key])
        for name in ("icms_value", "icms_destination_value", "icmsfcp_value"):
            whole = sum((back + rest).fiscal_line_ids.mapped(name))
            self.assertAlmostEqual(whole, line[name])
        with self.assertRaisesRegex(UserError, "já foram devolvidas"):
            sold._nfe_create_return()

    def test_taxes_of_the_sale_not_of_today(self):
        sold = self._sold()
        self.env["nfe.difal.rule"].create(
            {
                "state_id": self.consumers["RJ"].state_id.id,
                "date_from": "2026-01-01",
                "base": "double",
                "legal_basis": "Regulamento do estado",
            }
        )
        line = sold._nfe_create_return().fiscal_line_ids
        for name in ("icms_destination_base", "icms_destination_value", "ibs_base"):
            self.assertEqual(line[name], sold.fiscal_line_ids[name])

    def test_more_than_was_sold(self):
        sold = self._sold()
        back = sold._nfe_create_return()
        back.fiscal_line_ids.quantity = 4
        with self.assertRaisesRegex(UserError, "1 a mais"):
            back.action_document_confirm()

    def test_only_an_authorised_note(self):
        document = self._confirm()
        with self.assertRaisesRegex(UserError, "autorizada"):
            document._nfe_create_return()

    def test_ipi_of_a_supplier_goes_back(self):
        """Who owes no IPI gives it back in impostoDevol: it counts in vNF."""
        key = self._sold().document_key
        self.company.ripi = False
        operation = self.env.ref("l10n_br_fiscal.fo_devolucao_compras")
        document = self._make_document(
            self.consumers["RJ"],
            product=self.resale,
            fiscal_operation_id=operation.id,
            document_related_ids=[Command.create({"document_key": key})],
            fiscal_line_ids=[
                Command.create(
                    {
                        "product_id": self.resale.id,
                        "quantity": 1,
                        "price_unit": 100.0,
                        "fiscal_operation_id": operation.id,
                    }
                )
            ],
        )
        document.action_document_confirm()
        self._run_jobs()
        self.assertAuthorised(document)
        xml = Xml(document)
        self.assertEqual(xml.texts("det/impostoDevol/IPI/vIPIDevol"), ["3.25"])
        self.assertEqual(xml.texts("det/impostoDevol/pDevol"), ["100.00"])
        self.assertFalse(xml.texts("det/imposto/IPI"))
        self.assertEqual(xml.texts("total/ICMSTot/vNF"), ["103.25"])


@tagged("post_install", "-at_install")
class TestCheckTaxes(NfeCase):
    """What of the taxes an accountant should look at."""

    def test_doubts_are_told(self):
        self.env.ref(
            "l10n_br_fiscal.tax_icms_regulation_sp_sp_icms_4"
        ).state = "approved"
        findings = dict(self.company._nfe_check_taxes())
        self.assertIn("difal_accounts", findings)
        self.assertNotIn("difal_rules", findings)
        self.assertIn("RJ 4 %", findings["fcp_general"])
        self.assertIn("RJ", findings["fcp_high"])
        self.assertIn("De SP para SP", findings["icms_ambiguous"])

    def test_missing_rule(self):
        self.env.ref("nfe_batch.nfe_difal_rule_mg").unlink()
        findings = dict(self.company._nfe_check_taxes())
        self.assertIn("MG", findings["difal_rules"])
