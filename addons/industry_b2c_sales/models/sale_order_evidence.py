import logging

from odoo import models
from odoo.service.model import retrying

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """A refusal rolls back the step that was refused, not what was learnt from it."""

    _inherit = "sale.order"

    def _b2c_keep_evidence(self, verdicts, known):
        """Write down once more, when this transaction is rolled back, what the guard
        said and which facts it learnt; they move the order, and queue its cancellation,
        as they did here.

        To be called right before the exception that refuses the step.

        :param verdicts: Verdict by order id
        :param known: uids of the facts by order id, before the guard was asked
        """
        rows = [self._b2c_verdict_vals(*item) for item in verdicts.items()]
        news = {
            order_id: [
                fact
                for facts in log.values()
                for fact in facts
                if fact.uid not in known[order_id]
            ]
            for order_id, log in self._b2c_facts().items()
        }

        def write_down():
            # A cursor that has been rolled back has nothing to lose: whatever happens
            # here, the user sees why the step was refused.
            try:
                with self.env.registry.cursor() as cr:
                    orders = self.with_env(self.env(cr=cr))
                    retrying(lambda: orders._b2c_write_down(rows, news), orders.env)
            except Exception:
                _logger.exception("Evidence on orders %s was not kept", list(news))

        self.env.cr.postrollback.add(write_down)

    def _b2c_known_facts(self) -> dict[int, set[str]]:
        """The uids of each order's facts."""
        return {
            order_id: {fact.uid for facts in log.values() for fact in facts}
            for order_id, log in self._b2c_facts().items()
        }

    def _b2c_write_down(self, rows, news):
        # An order that was made in the transaction is gone with it.
        orders = self.exists()
        # sudo: verdicts are evidence, no user may write them by hand.
        self.env["b2c.guard.verdict"].sudo().create(
            [row for row in rows if row["order_id"] in orders._ids]
        )
        orders._b2c_log_all([(order, news[order.id]) for order in orders])
