from odoo import api, fields, models
from odoo.tools import SQL

from .. import hints


class NfeRejection(models.Model):
    """What keeps notes from being authorised: a row per company and code.

    Counted by the database each time it is looked at. The id is that of the oldest
    note of the group.
    """

    _name = "nfe.rejection"
    _description = "NF-e Problems by Code"
    _auto = False
    _order = "document_count desc, code"
    _rec_name = "code"
    _depends = {
        "l10n_br_fiscal.document": [
            "company_id",
            "document_date",
            "issuer",
            "nfe_problem_code",
            "status_name",
        ]
    }

    company_id = fields.Many2one("res.company", readonly=True)
    code = fields.Char(readonly=True)
    document_count = fields.Integer("Notes", readonly=True)
    oldest = fields.Datetime("Oldest Note", readonly=True)
    answer = fields.Char("Answer of the SEFAZ", readonly=True)
    title = fields.Char("Problem", compute="_compute_hint")
    hint = fields.Text("What to Do", compute="_compute_hint")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, company_id, nfe_problem_code AS code,
                   count(*) AS document_count, min(document_date) AS oldest,
                   (array_agg(status_name ORDER BY id DESC) FILTER (
                       WHERE nfe_problem_code LIKE 'sefaz\\_%%'
                         AND nfe_problem_code ~ '[0-9]$'
                   ))[1] AS answer
              FROM l10n_br_fiscal_document
             WHERE nfe_problem_code IS NOT NULL AND issuer = 'company'
             GROUP BY company_id, nfe_problem_code
            """
        )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_hint(self):
        for group in self:
            group.title = hints.title(self.env, group.code)
            group.hint = hints.hint(self.env, group.code)

    def _documents(self):
        documents = self.env["l10n_br_fiscal.document"]
        for group in self:
            documents |= documents.search(
                [
                    ("company_id", "=", group.company_id.id),
                    ("issuer", "=", "company"),
                    ("nfe_problem_code", "=", group.code),
                ]
            )
        return documents

    def action_retry(self):
        """Try all notes of these groups again."""
        return self._documents().action_nfe_retry_all()

    def action_open_documents(self):
        """The notes of the group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.l10n_br_fiscal_document_action"
        )
        action["domain"] = [("id", "in", self._documents().ids)]
        action["context"] = {}
        action["display_name"] = self.title
        return action
