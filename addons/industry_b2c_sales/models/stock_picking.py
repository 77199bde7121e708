import logging

import psycopg2

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.redact import redact
from ..told import guarded_ids

_logger = logging.getLogger(__name__)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _b2c_outgoing(self):
        """The deliveries of consumer orders among these transfers."""
        return self.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing" and picking.sale_id.is_b2c
            )
        )

    def _b2c_reserve(self):
        """Reserve the transfers, all at once; when that fails each alone, so that one
        that cannot be reserved stops no other.

        :raises RetryableJobError: another transaction reserves the same products
        """
        waiting = self.filtered(lambda one: one.state not in ("done", "cancel"))
        if not waiting:
            return
        try:
            with self.env.cr.savepoint():
                waiting.action_assign()
        except psycopg2.OperationalError as error:
            raise RetryableJobError(f"reservation: {error.pgcode}") from error
        except UserError as error:
            if len(waiting) == 1:
                _logger.info("Transfer %s: %s", waiting.id, redact(str(error)))
                return
            for picking in waiting:
                picking._b2c_reserve()

    def _action_done(self):
        """No consumer's parcel leaves around the guard, whoever validates it."""
        # sudo: a picker may not read the order's invoice, which decides.
        deliveries = self.sudo()._b2c_outgoing()
        known = guarded_ids(self.env)
        asked = deliveries.sale_id.filtered(lambda order: order.id not in known)
        if asked:
            asked._b2c_ensure_dispatch()
        result = super()._action_done()
        left = deliveries.filtered(lambda picking: picking.state == "done")
        left.sale_id._b2c_handed_over(left)
        return result
