from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import AXIS_FIELDS, BY_USER, CONTROL_STATES, EVENT_SELECTION
from ..domain.control import CONTROL


class B2cOrderEvent(models.Model):
    """One fact about an order, as somebody outside (or a step of ours) told it.

    The log is append only: the states of an order are folded from it, so a changed or
    deleted row would change history. Facts are written by `sale.order._b2c_log`; what
    persons did (hold, release, override) stands beside them, see ``domain.control``.
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
    axis = fields.Selection(EVENT_SELECTION, required=True)
    state = fields.Char(required=True, help="Normalised value on the axis.")
    state_label = fields.Char(compute="_compute_state_label", string="What Happened")
    raw = fields.Char(string="Raw Value", help="The source's own word.")
    source = fields.Char(required=True)
    origin = fields.Char(compute="_compute_origin", string="Who Says So")
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

    @api.depends("axis", "state", "raw")
    @api.depends_context("lang")
    def _compute_state_label(self):
        """The state in the words of its axis; else the source's own."""
        for event in self:
            label = self._state_words(event.axis).get(event.state)
            event.state_label = label or self.env._(
                "Not understood: %(word)s", word=event.raw or event.state
            )

    @api.depends("source")
    def _compute_origin(self):
        for event in self:
            by_user = event.source == BY_USER
            event.origin = event.create_uid.name if by_user else event.source

    @api.model
    def _state_words(self, axis: str) -> dict[str, str]:
        """The states of an entry under ``axis``, in the reader's language."""
        if axis == CONTROL:
            return {code: self.env._(text) for code, text in CONTROL_STATES.items()}
        field = self.env["sale.order"]._fields[AXIS_FIELDS[axis]]
        return dict(field._description_selection(self.env))

    def write(self, vals):
        raise UserError(self.env._("The log of an order is never changed."))
