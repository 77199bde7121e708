import logging

from odoo import models
from odoo.exceptions import UserError

from ..domain.intake import redact

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
        """Reserve each transfer; one that cannot be reserved stops no other."""
        for picking in self.filtered(lambda one: one.state not in ("done", "cancel")):
            try:
                with self.env.cr.savepoint():
                    picking.action_assign()
            except UserError as error:
                _logger.info("Transfer %s: %s", picking.id, redact(str(error)))

    def _action_done(self):
        """No consumer's parcel leaves around the guard, whoever validates it."""
        # sudo: a picker may not read the order's invoice, which decides.
        deliveries = self.sudo()._b2c_outgoing()
        if deliveries and not self.env.context.get("b2c_dispatching"):
            deliveries.sale_id._b2c_ensure_dispatch()
        result = super()._action_done()
        for picking in deliveries:
            if picking.state == "done":
                picking.sale_id._b2c_handed_over(picking)
        return result
