from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class B2cProductCodeWizard(models.TransientModel):
    """Give the unknown codes of a quarantined order their products, and take it in."""

    _name = "b2c.product.code.wizard"
    _description = "Choose the Products of an Order"

    issue_id = fields.Many2one("b2c.issue", required=True, readonly=True)
    source = fields.Char(string="Channel Account", readonly=True)
    line_ids = fields.One2many("b2c.product.code.wizard.line", "wizard_id")

    @api.model
    def _prepare(self, issue):
        lines = issue._unknown_codes()
        if not lines:
            raise UserError(
                self.env._("Every code has a product by now: try again instead.")
            )
        return self.create(
            {
                "issue_id": issue.id,
                "source": issue._quarantined_order().source,
                "line_ids": [
                    Command.create({"code": code, "title": line.title})
                    for code, line in lines.items()
                ],
            }
        )

    def action_apply(self):
        """Remember the codes, take the order in, and try the others that wait."""
        self.ensure_one()
        chosen = self.line_ids.filtered("product_id")
        if not chosen:
            raise UserError(self.env._("Choose a product."))
        issue = self.issue_id
        codes = self.env["b2c.product.code"].with_company(issue.company_id)
        codes._set(self.source, {line.code: line.product_id for line in chosen})
        issue.action_replay()
        waiting = issue.search(
            [
                ("company_id", "=", issue.company_id.id),
                ("state", "=", "open"),
                ("code", "=", "sku_unknown"),
                ("external_ref", "=like", f"{self.source}/%"),
                ("id", "!=", issue.id),
            ]
        )
        waiting._queue_replay()
        return {"type": "ir.actions.act_window_close"}


class B2cProductCodeWizardLine(models.TransientModel):
    _name = "b2c.product.code.wizard.line"
    _description = "Code Without Product"

    wizard_id = fields.Many2one(
        "b2c.product.code.wizard", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(readonly=True)
    title = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", domain=[("sale_ok", "=", True)])
