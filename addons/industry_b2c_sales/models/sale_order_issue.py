from odoo import api, models

from ..const import PROBLEMS
from ..domain.intake import Problem
from ..domain.redact import redact


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _b2c_problem_texts(self, problem: Problem, company) -> tuple[str, str]:
        """Message and suggestion of a problem in the company's language."""
        env = self.with_context(lang=company._b2c_lang()).env
        message, suggestion = PROBLEMS[problem.code]
        # Filled in afterwards: a parameter may be called like one of ``env._``.
        text = env._(message)
        return text % problem.params, env._(suggestion)

    def _b2c_report(self, problem: Problem, replay="_b2c_retry"):
        """Open an issue about each order for a problem of this addon."""
        for order in self:
            message, suggestion = self._b2c_problem_texts(problem, order.company_id)
            order.env["b2c.issue"]._report(
                problem.code,
                message=message,
                suggestion=suggestion,
                order=order,
                replay=replay,
            )

    def _b2c_report_error(self, error: Exception, code: str, replay="_b2c_retry"):
        """Open an issue for an exception; its own ``codes`` are better than ours."""
        self.ensure_one()
        codes = getattr(error, "codes", None) or ()
        codes = (codes,) if isinstance(codes, str) else tuple(map(str, codes))
        text = redact(str(error)) or type(error).__name__
        message, suggestion = self._b2c_problem_texts(
            Problem(code, {"error": text}), self.company_id
        )
        self.env["b2c.issue"]._report(
            codes[0] if codes else code,
            message=message,
            suggestion=suggestion,
            order=self,
            replay=replay,
        )

    def _b2c_solve(self, replay="_b2c_retry"):
        """Close what kept the orders from a step that has now worked."""
        # sudo: issues are written by the code that reports them, never by hand.
        issues = self.env["b2c.issue"].sudo()
        issues.search(
            [
                ("state", "=", "open"),
                ("order_id", "in", self.ids),
                ("replay", "=", replay),
            ]
        )._mark_solved()

    def _b2c_retry(self):
        """Replay of an order's issue: put it on its way again, now."""
        self._b2c_queue_advance()

    def action_b2c_retry(self):
        self.filtered("is_b2c")._b2c_queue_advance()
