from odoo import models
from odoo.tools import SQL

from ..domain.intake import unpunctuated


class ResPartner(models.Model):
    """What was kept of the consumer's orders beside the orders: the work queue and the
    files of orders. No tax law wants it, so it goes at once.

    A file that nobody has checked is not known to hold anything; it goes by itself
    after a month, see ``b2c.import``.
    """

    _inherit = "res.partner"

    def _b2c_erase_kept(self):
        """To be called while the CPF is still known."""
        self.ensure_one()
        if not self.vat:
            return
        self._b2c_erase_issues()
        self._b2c_erase_files()

    def _b2c_erase_issues(self):
        """An order that waits for a correction waits no more: nobody can take it in."""
        for issue in self._b2c_kept_in("b2c.issue"):
            if issue.state == "open":
                issue._mark_solved()
            note = issue.with_context(lang=issue.company_id._b2c_lang()).env._(
                "The consumer asked to be forgotten: the order kept here was erased."
            )
            issue.write({"payload": False, "suggestion": note})

    def _b2c_erase_files(self):
        """Rows lose their order; a file goes whole, as orders come from its rows."""
        rows = self._b2c_kept_in("b2c.import.row")
        for row in rows:
            note = row.import_id._in_words().env._(
                "The consumer asked to be forgotten."
            )
            row._note({"outcome": "skipped", "message": note})
        (rows | self._b2c_rows_of_orders()).import_id.file = False

    def _b2c_kept_in(self, model: str):
        """The records whose payload is an order of this consumer, with the rights to
        erase it. A consumer of one company is another one to the others; one without
        a company is forgotten by all."""
        # sudo: no user reads payloads.
        records = self.env[model].sudo()
        records.flush_model(["company_id", "payload"])
        vat = SQL(
            "upper(regexp_replace("
            "payload->'consumer'->>'vat', '[^0-9A-Za-z]', '', 'g'))"
        )
        company = self.company_id
        query = SQL(
            "SELECT id FROM %s WHERE %s = %s AND %s",
            SQL.identifier(records._table),
            vat,
            unpunctuated(self.vat),
            SQL("company_id = %s", company.id) if company else SQL("true"),
        )
        return records.browse([id_ for (id_,) in self.env.execute_query(query)])

    def _b2c_rows_of_orders(self):
        """Rows of files that became orders of this consumer, at once or later."""
        # sudo: files are for who uploaded them.
        orders = self.env["sale.order"].sudo()
        orders = orders.search(
            [("partner_id", "in", self._b2c_family().ids), ("is_b2c", "=", True)]
        )
        keys = {(order.b2c_source, order.b2c_external_id) for order in orders}
        rows = self.env["b2c.import.row"].sudo()
        rows = rows.search(
            [
                ("company_id", "in", orders.company_id.ids),
                ("external_id", "in", orders.mapped("b2c_external_id")),
            ]
        )
        return rows.filtered(
            lambda row: (row.import_id.layout_id.source, row.external_id) in keys
        )
