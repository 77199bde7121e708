"""The channel's orders as one reconciliation found them."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.axes import ParcelState
from odoo.addons.industry_b2c_sales.timing import utc_now, whole_seconds

from ..domain.contract import NotFound, Order
from ..rules import living

GONE = frozenset(
    {
        ParcelState.HANDED_OVER,
        ParcelState.IN_TRANSIT,
        ParcelState.DELIVERED,
        ParcelState.FAILED,
        ParcelState.LOST,
        ParcelState.RETURNING,
        ParcelState.RETURNED,
    }
)


class MarketplaceSnapshot(models.Model):
    """One order of the channel, staged; thrown away when the comparison is done.

    ``listed`` (the search showed it, nothing newer than what we read) or ``asked`` (to
    be read by its id) → ``read``, ``missing`` (the channel does not know it) or
    ``unread`` (an error: nothing is concluded).
    """

    _name = "marketplace.snapshot"
    _description = "Staged Channel Order"
    _rec_name = "external_id"
    _log_access = False

    reconciliation_id = fields.Many2one(
        "marketplace.reconciliation", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="reconciliation_id.company_id")
    external_id = fields.Char(required=True)
    found = fields.Selection(
        [
            ("listed", "Listed"),
            ("asked", "To be read"),
            ("read", "Read"),
            ("missing", "Not there"),
            ("unread", "Could not be read"),
        ],
        required=True,
    )
    changed_at = fields.Datetime()
    state = fields.Char()
    payment_state = fields.Char()
    total = fields.Float(digits=(16, 2))
    flags = fields.Char()
    held = fields.Boolean()
    partial = fields.Boolean()
    gone = fields.Boolean()

    _order_uniq = models.UniqueIndex("(reconciliation_id, external_id)")

    @api.model
    def _keep_readings(self, run, readings):
        """Store what was read, by the order's id; None: the channel said nothing."""
        rows = self.search(
            [
                ("reconciliation_id", "=", run.id),
                ("external_id", "in", list(readings)),
            ]
        )
        for row in rows:
            answer = readings[row.external_id]
            if isinstance(answer, NotFound):
                row.found = "missing"
            elif isinstance(answer, Order):
                row._keep_reading(answer)
            else:
                row.found = "unread"

    def _keep_reading(self, order):
        """What a reading (``Order``) says, as far as it is compared."""
        hold = order.hold_until
        self.write(
            {
                "found": "read",
                "changed_at": whole_seconds(order.updated_at),
                "state": order.state.value,
                "payment_state": order.payment_state.value,
                "total": float(order.total),
                "flags": ", ".join(sorted(order.flags)),
                "held": bool(hold and hold > utc_now()),
                "partial": order.partial,
                "gone": any(p.state in GONE for p in living.forward(order)),
            }
        )
