from odoo import api, fields, models

from ..const import OPERATION_SELECTION


class B2cGuardOverride(models.Model):
    """A person lets one operation of one order go on against the guard's hold.

    Life: granted → expired, or withdrawn before. It counts for its operation only, for
    every look of the guard until it ends: an operation asks before it starts and again
    under lock. Granted by `sale.order._b2c_override`; a later hold withdraws it.
    """

    _name = "b2c.guard.override"
    _description = "Guard Override"
    _order = "id desc"
    _rec_name = "operation"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    operation = fields.Selection(OPERATION_SELECTION, required=True)
    reason = fields.Char(required=True)
    expires_at = fields.Datetime(required=True)
    withdrawn = fields.Boolean()
    state = fields.Selection(
        [("granted", "Granted"), ("expired", "Expired"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
    )

    @api.depends("expires_at", "withdrawn")
    def _compute_state(self):
        now = fields.Datetime.now()
        for override in self:
            if override.withdrawn:
                override.state = "withdrawn"
            else:
                override.state = "granted" if now < override.expires_at else "expired"
