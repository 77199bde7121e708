from odoo import Command, api, fields, models

from ..const import OPERATION_SELECTION


class B2cOrderControl(models.TransientModel):
    """A person holds orders, releases them or overrides the guard, with a reason."""

    _name = "b2c.order.control"
    _description = "Hold, Release or Override"

    kind = fields.Selection(
        [("hold", "Put on Hold"), ("release", "Release"), ("override", "Override")],
        required=True,
        default="hold",
    )
    order_ids = fields.Many2many("sale.order", required=True)
    operation = fields.Selection(OPERATION_SELECTION)
    minutes = fields.Integer(string="For (minutes)")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        orders = self.env["sale.order"].browse(self.env.context.get("active_ids", []))
        values.setdefault("order_ids", [Command.set(orders.ids)])
        companies = orders.company_id or self.env.company
        values.setdefault("minutes", min(companies.mapped("b2c_override_minutes")))
        return values

    def action_apply(self):
        """Do it; the rights and the reason are checked by the order."""
        self.ensure_one()
        orders = self.order_ids
        if self.kind == "hold":
            orders._b2c_hold(self.reason)
        elif self.kind == "release":
            orders._b2c_release(self.reason)
        else:
            orders._b2c_override(self.operation, self.reason, self.minutes)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
