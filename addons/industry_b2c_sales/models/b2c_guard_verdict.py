from odoo import api, fields, models

from ..const import OPERATION_SELECTION, REASONS


class B2cGuardVerdict(models.Model):
    """An answer of the guard: might an operation go on, why, how fresh was the look.

    ``checked_at`` is when the provider was asked successfully; empty when the order has
    no provider, or when the provider did not answer.
    """

    _name = "b2c.guard.verdict"
    _description = "Guard Verdict"
    _order = "id desc"
    _rec_name = "operation"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    operation = fields.Selection(OPERATION_SELECTION, required=True)
    decision = fields.Selection(
        [("go", "Go"), ("hold", "Hold"), ("stop", "Stop")], required=True
    )
    reason_code = fields.Char(required=True)
    overridden_code = fields.Char(help="The reason that a person has set aside.")
    reason = fields.Char(compute="_compute_reason")
    source = fields.Char()
    checked_at = fields.Datetime()
    age = fields.Integer(string="Age (s)")

    @api.depends("reason_code", "overridden_code")
    @api.depends_context("lang")
    def _compute_reason(self):
        for verdict in self:
            codes = filter(None, (verdict.reason_code, verdict.overridden_code))
            verdict.reason = ": ".join(map(self._reason_text, codes))

    @api.model
    def _reason_text(self, code: str) -> str:
        """The words of a reason code; a code of another addon stands for itself."""
        text = REASONS.get(code)
        return self.env._(text) if text else code
