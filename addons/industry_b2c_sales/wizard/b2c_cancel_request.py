from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..timing import aware


class B2cCancelRequest(models.TransientModel):
    """A person cancels an order, or some of its units."""

    _name = "b2c.cancel.request"
    _description = "Cancel a Consumer Order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    asker = fields.Selection(
        [("consumer", "Consumer"), ("seller", "Seller")],
        string="Who Asks",
        required=True,
        default="consumer",
    )
    asked_at = fields.Datetime(
        string="Asked On",
        required=True,
        default=fields.Datetime.now,
        help="When the consumer first asked: it decides on the seven days to regret.",
    )
    reason = fields.Char(required=True)
    line_ids = fields.One2many("b2c.cancel.request.line", "request_id")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(self.env.context.get("active_id"))
        values.setdefault("order_id", order.id)
        pending = order._b2c_pending_units()
        values["line_ids"] = [
            fields.Command.create(
                {
                    "sale_line_id": line.id,
                    "there": line.product_uom_qty - pending.get(line, 0.0),
                    "quantity": line.product_uom_qty - pending.get(line, 0.0),
                }
            )
            for line in order.order_line.filtered(lambda line: not line.display_type)
            if float_compare(line.product_uom_qty, pending.get(line, 0.0), 6) > 0
        ]
        return values

    def action_apply(self):
        """Cancel; what must be undone for it is planned and done by a job."""
        self.ensure_one()
        units = {line.sale_line_id.id: line.quantity for line in self.line_ids}
        if not any(units.values()):
            raise UserError(self.env._("Choose at least one unit."))
        if all(
            float_compare(line.quantity, line.sale_line_id.product_uom_qty, 6) == 0
            for line in self.line_ids
        ):
            self.order_id._b2c_cancel(self.asker, self.reason, aware(self.asked_at))
        else:
            self.order_id._b2c_cancel_units_by_hand(
                units, self.asker, self.reason, aware(self.asked_at)
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class B2cCancelRequestLine(models.TransientModel):
    _name = "b2c.cancel.request.line"
    _description = "Units to Cancel"

    request_id = fields.Many2one(
        "b2c.cancel.request", required=True, ondelete="cascade"
    )
    sale_line_id = fields.Many2one("sale.order.line", required=True)
    product_id = fields.Many2one(related="sale_line_id.product_id")
    there = fields.Float(string="Ordered", digits="Product Unit", readonly=True)
    quantity = fields.Float(string="Cancel", digits="Product Unit")
