from dataclasses import replace

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CPFS, B2cCase, intake


@tagged("post_install", "-at_install")
class TestConsumerSpeed(B2cCase):
    """A consumer costs the same with 200,000 fiscal lines as with none."""

    def plan(self, model, domain):
        """The plan of a search when the table is too big to be read whole."""
        query = self.env[model].sudo()._search(domain)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in self.env.cr.fetchall())

    def test_lines_of_a_partner_are_found_by_index(self):
        plan = self.plan("l10n_br_fiscal.document.line", [("partner_id", "in", [1, 2])])
        self.assertIn("l10n_br_fiscal_document_line__partner_id_index", plan)
        self.assertNotIn("Seq Scan on l10n_br_fiscal_document_line", plan)

    def test_consumer_is_found_by_index(self):
        plan = self.plan("res.partner", [("cnpj_cpf_stripped", "=", CPFS[0])])
        self.assertIn("res_partner_b2c_cnpj_cpf_idx", plan)

    def test_queries_of_a_new_and_of_a_known_consumer(self):
        partners = self.env["res.partner"].with_user(self.operator)
        partners._b2c_find_or_create(intake("1").consumer, self.company)
        self.env.flush_all()
        known = intake("1").consumer
        new = replace(known, vat=CPFS[1])
        with self.assertQueryCount(16):
            partners._b2c_find_or_create(new, self.company)
            self.env.flush_all()
        with self.assertQueryCount(2):
            partners._b2c_find_or_create(known, self.company)
            self.env.flush_all()
