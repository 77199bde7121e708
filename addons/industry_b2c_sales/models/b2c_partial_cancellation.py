from odoo import fields, models
from odoo.tools import float_is_zero

from ..const import ASKER_SELECTION
from ..domain.cancellation import Asker
from ..timing import aware


class B2cPartialCancellation(models.Model):
    """Some units of an order are cancelled, the rest goes on.

    Its steps are planned once, when the job first sees it, and executed by the methods
    below. Before the note the order itself is made smaller, so the note gets the rest;
    after it an entry NF-e takes back what it bears too much. Written by
    `sale.order._b2c_cancel_units` only.
    """

    _name = "b2c.partial.cancellation"
    _description = "Partial Cancellation"
    _order = "id"
    _rec_name = "summary"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    uid = fields.Char(string="External ID", required=True)
    asker = fields.Selection(ASKER_SELECTION, required=True)
    asked_at = fields.Datetime(required=True)
    reason = fields.Char(required=True)
    refund = fields.Monetary(help="What was paid for these units.")
    line_ids = fields.One2many("b2c.partial.cancellation.line", "partial_id")
    step_ids = fields.One2many("b2c.cancel.step", "partial_id")
    summary = fields.Char(compute="_compute_summary")

    _uid_uniq = models.UniqueIndex("(order_id, uid)")

    def _compute_summary(self):
        for partial in self:
            partial.summary = ", ".join(
                f"{line.quantity:g} × "
                f"{line.sale_line_id.product_id.default_code or line.sale_line_id.name}"
                for line in partial.line_ids
            )

    def _asked(self):
        """Who wants it and since when (aware UTC), for the situation."""
        self.ensure_one()
        return Asker(self.asker), aware(self.asked_at)

    # ------------------------------------------------------------ steps

    def _b2c_cancel_step_release_stock(self):
        """Take the units out of the order; with a note, out of its delivery only.

        What is left keeps its goods, whatever holds the order meanwhile.
        """
        self.ensure_one()
        order = self.order_id._b2c_guarded()
        if order._b2c_posted_invoices():
            self.with_env(order.env)._take_out_of_delivery()
        else:
            order._b2c_take_out(self)
        return "done", False

    def _take_out_of_delivery(self):
        for line in self.line_ids:
            left = line.quantity
            moves = line.sale_line_id.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            for move in moves:
                back = min(left, move.product_uom_qty)
                left -= back
                move._b2c_shrink(back)

    def _b2c_cancel_step_put_back(self):
        return "manual", self._company_env()._(
            "Warn picking and packing table, and put %(units)s of %(order)s back.",
            **self._params(),
        )

    def _b2c_cancel_step_entry_nfe(self):
        """No NF-e is cancelled in part: another one takes back what is too much."""
        return "manual", self._company_env()._(
            "Issue an entry NF-e (devolução) of %(units)s for invoice %(invoice)s.",
            invoice=self.order_id._b2c_invoice_names(),
            **self._params(),
        )

    def _b2c_cancel_step_expect_return(self):
        return "manual", self._company_env()._(
            "%(units)s of %(order)s must come back: await, inspect and receive them.",
            **self._params(),
        )

    def _b2c_cancel_step_tell_channel(self):
        order = self.order_id
        if not order.b2c_source:
            return "done", False
        return "manual", self._company_env()._(
            "Tell %(channel)s that %(units)s of order %(reference)s are cancelled.",
            channel=order.b2c_source,
            reference=order.b2c_external_id,
            **self._params(),
        )

    def _b2c_cancel_step_book_refund(self):
        order = self.order_id
        amount = order._b2c_amount_text(self.refund)
        if order._b2c_is_marketplace():
            return "manual", self._company_env()._(
                "Book %(amount)s for %(units)s when the channel's statement shows it.",
                amount=amount,
                **self._params(),
            )
        return "manual", self._company_env()._(
            "Pay %(amount)s for %(units)s back to the consumer now, by the way it was "
            "paid.",
            amount=amount,
            **self._params(),
        )

    def _b2c_cancel_step_open_claim(self):
        return "manual", self._company_env()._(
            "%(units)s of %(order)s: the seven days to regret are over. Ask whether "
            "there is a defect, and treat it as a claim.",
            **self._params(),
        )

    def _company_env(self):
        return self.order_id._b2c_company_text()

    def _params(self) -> dict:
        return {"units": self.summary, "order": self.order_id.name}


class B2cPartialCancellationLine(models.Model):
    """How many units of a line leave the order."""

    _name = "b2c.partial.cancellation.line"
    _description = "Line of a Partial Cancellation"

    partial_id = fields.Many2one(
        "b2c.partial.cancellation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="partial_id.company_id", store=True, precompute=True, index=True
    )
    sale_line_id = fields.Many2one("sale.order.line", required=True, index=True)
    quantity = fields.Float(digits="Product Unit", required=True)
    taken_out = fields.Boolean(help="The order's line bears them no more.")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _b2c_shrink(self, quantity: float):
        """Let ``quantity`` fewer units leave; what was reserved for them is free."""
        self.ensure_one()
        rest = self.product_uom_qty - quantity
        if float_is_zero(rest, precision_rounding=self.product_uom.rounding):
            self._action_cancel()
            return
        self._do_unreserve()
        self.product_uom_qty = rest
        self._action_assign()
