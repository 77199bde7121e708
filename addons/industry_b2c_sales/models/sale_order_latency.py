from odoo import fields, models

from ..const import USER_GROUP
from ..timing import whole_seconds


class SaleOrder(models.Model):
    """When each step of an order was done, as far as no fact of the log tells it."""

    _inherit = "sale.order"

    # Confirming overwrites the order date with the time of the confirmation.
    b2c_ordered_at = fields.Datetime(string="Ordered", copy=False, readonly=True)
    b2c_confirmed_at = fields.Datetime(string="Confirmed", copy=False, readonly=True)
    b2c_reserved_at = fields.Datetime(
        string="Reserved",
        copy=False,
        readonly=True,
        help="When all of its goods were first seen reserved.",
    )
    b2c_latency_ids = fields.One2many(
        "b2c.order.latency", "order_id", readonly=True, groups=USER_GROUP
    )

    # The report on times looks at the last months only.
    _b2c_created_idx = models.Index("(create_date) WHERE is_b2c")

    def _b2c_order_vals(self, order, partner, shipping, lines):
        vals = super()._b2c_order_vals(order, partner, shipping, lines)
        return vals | {"b2c_ordered_at": whole_seconds(order.ordered_at)}

    def _prepare_confirmation_values(self):
        """The stamp is written together with the state."""
        vals = super()._prepare_confirmation_values()
        if any(self.mapped("is_b2c")):
            vals["b2c_confirmed_at"] = fields.Datetime.now()
        return vals

    def _b2c_advance_reserve(self):
        reserved = super()._b2c_advance_reserve()
        new = reserved.filtered(lambda order: not order.b2c_reserved_at)
        new.write({"b2c_reserved_at": fields.Datetime.now()})
        return reserved
