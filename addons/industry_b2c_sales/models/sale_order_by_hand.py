from odoo import models

from ..domain.guard import judge
from ..exceptions import B2cHoldError
from ..timing import utc_now
from ..told import guarded, guarded_ids


class SaleOrder(models.Model):
    """What the job does after it asked the guard, nobody does by hand without."""

    _inherit = "sale.order"

    def action_confirm(self):
        self.filtered("is_b2c")._b2c_ensure_go("reserve")
        return super().action_confirm()

    def _create_invoices(self, grouped=False, final=False, date=None):
        self.filtered("is_b2c")._b2c_ensure_go("nfe")
        return super()._create_invoices(grouped=grouped, final=final, date=date)

    def _b2c_guarded(self):
        """These orders, for which the guard was asked: the steps that follow do not
        ask again."""
        return self.with_context(**guarded(self))

    def _b2c_ensure_go(self, operation: str):
        """Ask the guard, unless our own job has done it.

        :returns: the orders that were asked about
        :raises B2cHoldError: which order must not go on, and why
        """
        known = guarded_ids(self.env)
        asked = self.filtered(lambda order: order.id not in known)
        if not asked:
            return asked
        verdicts = asked._b2c_guard(operation)
        held = asked.filtered(lambda order: not verdicts[order.id].go)
        if held:
            reason_text = self.env["b2c.guard.verdict"]._reason_text
            lines = [
                self.env._(
                    "%(order)s must not go on: %(reason)s.",
                    order=order.name,
                    reason=reason_text(verdicts[order.id].reason_code),
                )
                for order in held
            ]
            codes = [verdicts[held[0].id].reason_code]
            raise B2cHoldError("\n".join(lines), codes)
        return asked

    def _b2c_refused_by_log(self, operation: str):
        """The orders that must not go on by what is known here, nobody being asked.

        For the scheduler, which looks at every order again and again: it reads what is
        stored, asks no channel and writes no verdict.
        """
        known = guarded_ids(self.env)
        now = utc_now()
        return self.filtered(
            lambda order: (
                order.id not in known
                and not judge(operation, order._b2c_states(now), None, now).go
            )
        )
