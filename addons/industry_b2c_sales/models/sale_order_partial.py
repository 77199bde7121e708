from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..const import BY_USER, USER_GROUP
from ..domain.axes import Axis, OrderState
from ..domain.cancellation import Asker
from ..domain.control import Control
from ..domain.partial import SoldLine, explains, less_paid, net_rest, refund_of
from ..domain.redact import redact
from ..timing import naive


class SaleOrder(models.Model):
    """Units leave an order that goes on: its lines, delivery and note get the rest."""

    _inherit = "sale.order"

    b2c_partial_ids = fields.One2many(
        "b2c.partial.cancellation", "order_id", readonly=True, groups=USER_GROUP
    )
    b2c_refunded = fields.Monetary(
        string="Paid Back by Channel",
        copy=False,
        readonly=True,
        help="Zero while the channel has not told how much.",
    )
    b2c_changing = fields.Boolean(
        string="Units Leave It",
        copy=False,
        readonly=True,
        help="Nothing moves until the units that were cancelled are out of the order.",
    )

    def _b2c_cancel_units_by_hand(self, units, asker, reason, asked_at=None):
        """A person takes units out; see `_b2c_cancel_units` and `_b2c_cancel`."""
        self.ensure_one()
        reason = self._b2c_ensure_control(USER_GROUP, reason)
        wished_at = self._b2c_ensure_right(asker, asked_at)
        uid = f"{BY_USER}/{len(self.b2c_partial_ids) + 1}"
        self._b2c_cancel_units(
            units, asker=asker, reason=reason, source=BY_USER, uid=uid, at=wished_at
        )

    def _b2c_cancel_units(self, units, *, asker, reason, source, uid, at=None):
        """Cancel some units of one order; all of them is a cancellation of the order.

        The guard holds the order until the units are out of it, so no note is made of
        quantities that nobody wants any more.

        :param dict units: quantity to cancel by id of the order's line
        :param asker: an ``Asker`` or its value
        :param source: who says so, as in `_b2c_log`
        :param uid: identity of the wish: told again, nothing happens
        :param at: aware UTC time of the wish, now when it does not tell
        :returns: the partial cancellation, empty when the whole order is cancelled
        :raises UserError: a quantity that the order does not have
        """
        self.ensure_one()
        partials = self.env["b2c.partial.cancellation"]
        if known := self.b2c_partial_ids.filtered(lambda item: item.uid == uid):
            return known
        lines = self._b2c_sold_lines(units)
        if all(sold.left <= 0 for sold in lines.values()):
            self._b2c_log(
                Axis.ORDER,
                OrderState.CANCELLED,
                source=source,
                uid=f"units/{uid}",
                at=at,
                raw=Asker(asker).value,
                note=reason,
            )
            return partials
        # sudo: written here only, never by hand.
        partial = partials.sudo().create(
            {
                "order_id": self.id,
                "uid": uid,
                "asker": Asker(asker).value,
                "asked_at": naive(at) if at else fields.Datetime.now(),
                "reason": redact(reason),
                "refund": float(refund_of(list(lines.values()))),
                "line_ids": [
                    Command.create(
                        {"sale_line_id": line.id, "quantity": units[line.id]}
                    )
                    for line in lines
                    if units.get(line.id)
                ],
            }
        )
        self._b2c_control_write({"b2c_changing": True})
        note = f"{partial.summary}: {partial.reason}"
        self._b2c_log_control(Control.UNITS_CANCELLED, note, source=source)
        self._b2c_queue_cancellation()
        return partial.with_env(self.env)

    def _b2c_sold_lines(self, units) -> dict:
        """Each line of the order as ``domain.partial`` wants it.

        :raises UserError: more units than there are, less than none, or another's line
        """
        if not set(units) <= set(self.order_line.ids) or not any(units.values()):
            raise UserError(self.env._("Choose units of this order."))
        pending = self._b2c_pending_units()
        sold = {}
        for line in self.order_line.filtered(lambda line: not line.display_type):
            taken = units.get(line.id, 0.0)
            there = line.product_uom_qty - pending.get(line, 0.0)
            if taken < 0 or float_compare(taken, there, precision_digits=6) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: only %(quantity)s can be cancelled.",
                        product=line.product_id.display_name,
                        quantity=f"{there:g}",
                    )
                )
            sold[line] = line._b2c_sold(taken, pending.get(line, 0.0))
        return sold

    def _b2c_pending_units(self) -> dict:
        """Units that are cancelled but still stand on the order's lines."""
        pending = {}
        for item in self.b2c_partial_ids.line_ids:
            if not item.taken_out:
                line = item.sale_line_id
                pending[line] = pending.get(line, 0.0) + item.quantity
        return pending

    def _b2c_note_refund(self, amount: Decimal):
        """Remember how much the channel has paid back of one order so far, in BRL."""
        self.ensure_one()
        if float_compare(self.b2c_refunded, float(amount), 2):
            self._b2c_control_write({"b2c_refunded": float(amount)})

    def _b2c_refund_explained(self) -> bool:
        """Was nothing paid back but the units that left the order?"""
        self.ensure_one()
        # sudo: whoever asks the guard need not read what was cancelled.
        partials = self.sudo().b2c_partial_ids
        refunds = [Decimal(str(partial.refund)) for partial in partials]
        return explains(refunds, Decimal(str(self.b2c_refunded)))

    def _b2c_take_out(self, partial):
        """Make the order smaller: quantities, prices, what was paid, its delivery."""
        self.ensure_one()
        # sudo: the payload of an unfinished order is on no screen.
        if self.sudo().b2c_pending_payload:
            raise UserError(
                self.env._("First complete the products of %s.", self.display_name)
            )
        if self.locked:
            self.action_unlock()
        self._b2c_invoices().filtered(lambda m: m.state == "draft").button_cancel()
        taken = {item.sale_line_id: item.quantity for item in partial.line_ids}
        sold = {
            line: line._b2c_sold(taken.get(line, 0.0), 0.0)
            for line in self.order_line.filtered(lambda line: not line.display_type)
        }
        refund = Decimal(str(partial.refund))
        paid = Decimal(str(self.b2c_paid_total)) - refund
        freight = Decimal(str(self.amount_freight_value))
        nets, gap = net_rest(list(sold.values()), freight, paid)
        for line, net in zip(sold, nets, strict=True):
            line.write(
                self._b2c_price_vals(net) | {"product_uom_qty": float(net.quantity)}
                if net
                else {"product_uom_qty": 0.0, "discount_value": 0.0}
            )
        self.amount_freight_value = float(freight)
        self.amount_other_value = float(gap)
        self._b2c_control_write(
            {"b2c_paid_total": float(paid), "b2c_payment_data": self._b2c_less(refund)}
        )
        # sudo: see _b2c_cancel_units.
        partial.sudo().line_ids.taken_out = True

    def _b2c_less(self, refund: Decimal) -> list[dict]:
        """The order's payments without what goes back."""
        payments = self.b2c_payment_data or []
        amounts = [Decimal(payment["amount"]) for payment in payments]
        return [
            payment | {"amount": str(amount)}
            for payment, amount in zip(
                payments, less_paid(amounts, refund), strict=True
            )
            if amount
        ]

    def _b2c_settle_changing(self):
        """The units are out (or never will be): the order may go on."""
        self.ensure_one()
        waiting = self.b2c_cancel_step_ids.filtered(
            lambda step: (
                step.partial_id
                and step.step == "release_stock"
                and step.state in ("todo", "failed")
            )
        )
        if self.b2c_changing and not waiting:
            self._b2c_control_write({"b2c_changing": False})
            self._b2c_queue_advance()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _b2c_sold(self, taken: float, gone: float) -> SoldLine:
        """The line for ``domain.partial``; ``gone`` units were cancelled before."""
        self.ensure_one()
        quantity = Decimal(str(self.product_uom_qty))
        paid = Decimal(str(self.price_total)) - Decimal(str(self.freight_value))
        left = quantity - Decimal(str(gone))
        return SoldLine(
            quantity=left,
            taken=Decimal(str(taken)),
            paid=(paid * left / quantity) if quantity else Decimal(0),
            discount=Decimal(str(self.discount_value)),
            ipi_percent=(
                Decimal(str(self.ipi_percent)) if self.ipi_value else Decimal(0)
            ),
        )
