from odoo import fields, models

from ..domain.cancellation import Asker
from ..domain.control import Control
from ..domain.intake import IntakeOrder
from ..domain.partial import excess
from .sale_order_cancel import UNDONE


class SaleOrder(models.Model):
    """The channel takes units out of an order that is here already."""

    _inherit = "sale.order"

    def _b2c_line_vals(self, order: IntakeOrder, products: dict) -> tuple:
        lines, totals = super()._b2c_line_vals(order, products)
        keyed = [
            vals | {"b2c_line_key": line.key}
            for vals, line in zip(lines, order.lines, strict=True)
        ]
        return keyed, totals

    def _b2c_follow_units(self, left, *, source, at):
        """Cancel what the channel does not sell any more; told again, nothing happens.

        Where nobody can tell which units are meant the order is held instead.

        :param dict left: how many units (``Decimal``) are still sold of each line of
            which some were cancelled, by the channel's key (`IntakeLine.key`)
        :param source: the channel, as in `_b2c_log`
        :param at: aware UTC time of the news at the channel
        """
        self.ensure_one()
        if not left or self.state == "cancel" or self.b2c_order_state in UNDONE:
            return
        lines = self.order_line.filtered("b2c_line_key").grouped("b2c_line_key")
        pending = self._b2c_pending_units()
        there = {
            key: line.product_uom_qty - pending.get(line, 0.0)
            for key, line in lines.items()
        }
        gone = excess(there, left)
        lost = sorted(key for key, units in left.items() if units and key not in lines)
        # sudo: the payload of an unfinished order is on no screen.
        if lost or (gone and self.sudo().b2c_pending_payload):
            self._b2c_hold_for_units(source, lost or sorted(gone))
        elif gone:
            state = ",".join(f"{key}={left[key]:f}" for key in sorted(gone))
            self._b2c_cancel_units(
                {lines[key].id: float(units) for key, units in gone.items()},
                asker=Asker.CHANNEL,
                reason=self._b2c_company_text()._("Cancelled on the channel"),
                source=source,
                uid=f"{source}/{state}",
                at=at,
            )

    def _b2c_hold_for_units(self, source, keys):
        if self.b2c_held:
            return
        reason = self._b2c_company_text()._(
            "The channel cancelled units of %(lines)s: take them out by hand, then "
            "release the order.",
            lines=", ".join(keys),
        )
        self._b2c_control_write({"b2c_held": True, "b2c_hold_note": reason})
        self._b2c_log_control(Control.HELD, reason, source=source)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    b2c_line_key = fields.Char(
        string="Channel Line",
        copy=False,
        readonly=True,
        help="How the channel calls this line of its order.",
    )
