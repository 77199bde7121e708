from odoo import fields, models
from odoo.exceptions import UserError

from ..const import AXIS_SELECTION


class B2cOrderEvent(models.Model):
    """One fact about an order, as somebody outside (or a step of ours) told it.

    The log is append only: the states of an order are folded from it, so a changed or
    deleted row would change history. Facts are written by `sale.order._b2c_log`.
    """

    _name = "b2c.order.event"
    _description = "Order Event"
    _order = "at desc, id desc"
    _rec_name = "state"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    axis = fields.Selection(AXIS_SELECTION, required=True)
    state = fields.Char(required=True, help="Normalised value on the axis.")
    raw = fields.Char(string="Raw Value", help="The source's own word.")
    source = fields.Char(required=True)
    at = fields.Datetime(
        string="Time at Source", required=True, help="When it happened at the source."
    )
    received_at = fields.Datetime(
        string="Received", required=True, default=fields.Datetime.now
    )
    uid = fields.Char(
        string="External ID", required=True, help="A fact told twice has the same one."
    )
    note = fields.Char()

    _uid_uniq = models.UniqueIndex("(order_id, axis, uid)")

    def write(self, vals):
        raise UserError(self.env._("The log of an order is never changed."))
