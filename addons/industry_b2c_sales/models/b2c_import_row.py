from odoo import fields, models

from ..const_import import OUTCOMES
from ..domain.axes import OrderState
from ..domain.payload import load


class B2cImportRow(models.Model):
    """What became of one row of a file. The first row of an order carries it."""

    _name = "b2c.import.row"
    _description = "Row of a File of Orders"
    _order = "import_id desc, number"
    _rec_name = "number"

    import_id = fields.Many2one(
        "b2c.import", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    number = fields.Integer(string="Row", required=True, aggregator=None)
    external_id = fields.Char(string="Channel Order")
    head_id = fields.Many2one(
        "b2c.import.row",
        string="First Row of the Order",
        ondelete="cascade",
        index="btree_not_null",
    )
    outcome = fields.Selection(OUTCOMES, required=True)
    message = fields.Text()
    order_id = fields.Many2one(
        "sale.order", ondelete="set null", index="btree_not_null"
    )
    issue_id = fields.Many2one("b2c.issue", ondelete="set null", index="btree_not_null")
    pending = fields.Boolean(help="The order waits to be handed to the intake.")
    payload = fields.Json(groups="base.group_system", copy=False)

    def action_open_issue(self):
        self.ensure_one()
        return self.issue_id.get_formview_action()

    def _follower_vals(self, number: int, message: str | None) -> dict:
        """Values of another row of this row's order."""
        self.ensure_one()
        return {
            "import_id": self.import_id.id,
            "company_id": self.company_id.id,
            "head_id": self.id,
            "number": number,
            "external_id": self.external_id,
            "outcome": self.outcome,
            "message": message
            or self.import_id._in_words().env._(
                "Belongs to the order of row %s.", self.number
            ),
        }

    def _take_in(self):
        """Job: hand these orders to the intake and note what became of each.

        Killed in between it runs again from the start: nothing of it is committed, and
        the intake knows what it has.
        """
        # sudo: the payload holds personal data, no screen shows it; rows are read-only.
        rows = self.exists().sudo().filtered("pending")
        for company, group in rows.grouped("company_id").items():
            orders = self.env["sale.order"].with_company(company)
            wanted = group._without_cancelled(orders)
            payloads = [load(row.payload) for row in wanted]
            results = orders._b2c_intake(payloads)
            for row, result in zip(wanted, results, strict=True):
                row._note_result(result)

    def _without_cancelled(self, orders):
        """The rows to take in: a sale that was cancelled before we knew it is none."""
        loaded = {row: load(row.payload) for row in self}
        known = orders._b2c_known(list(loaded.values()))
        gone = self.filtered(
            lambda row: (
                orders._b2c_ref(loaded[row]) not in known
                and any(
                    fact.state == OrderState.CANCELLED for fact in loaded[row].facts
                )
            )
        )
        gone._note({"outcome": "skipped"})
        return self - gone

    def _note_result(self, result):
        texts = self.import_id._texts(result.problems)
        self._note(
            {
                "outcome": result.outcome,
                "message": texts or False,
                "order_id": result.order_id,
                "issue_id": result.issue_id,
            }
        )

    def _note(self, values: dict):
        """Write what became of orders into all of their rows."""
        self.write(values | {"pending": False, "payload": False})
        followers = self.search([("head_id", "in", self.ids)])
        followers.write(
            {key: value for key, value in values.items() if key != "message"}
        )
