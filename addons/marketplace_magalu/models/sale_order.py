"""Magalu wants an NF-e for each delivery: one of two deliveries has two invoices."""

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ..const import CHANNEL


@dataclass(frozen=True, slots=True)
class OnlyLines:
    """In the context: the lines of the delivery whose invoice is being made. Nobody can
    send such an object from outside."""

    line_ids: frozenset[int]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        """An invoice per delivery, for orders that have more than one.

        Freight and discounts stand on the lines, so each note amounts to its delivery.
        """
        if self._magalu_only_lines() is not None:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        several = self.filtered(lambda order: len(order._magalu_deliveries()) > 1)
        if not several:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        # Whether there was nothing at all is known at the end only.
        quiet = self.with_context(raise_if_nothing_to_invoice=False)
        moves = self.env["account.move"]
        if quiet - several:
            moves = super(SaleOrder, quiet - several)._create_invoices(
                grouped=grouped, final=final, date=date
            )
        for order in quiet & several:
            for lines in order._magalu_deliveries().values():
                moves |= order._magalu_invoice(lines, grouped, final, date)
        if not moves and self.env.context.get("raise_if_nothing_to_invoice", True):
            raise UserError(self._nothing_to_invoice_error_message())
        return moves

    def _magalu_invoice(self, lines, grouped, final, date):
        """The invoice of one delivery; none when its lines have theirs."""
        part = self.with_context(magalu_lines=OnlyLines(frozenset(lines.ids)))
        return part._create_invoices(grouped=grouped, final=final, date=date)

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        wanted = self._magalu_only_lines()
        return lines if wanted is None else lines.filtered(lambda x: x.id in wanted)

    def _magalu_only_lines(self):
        """Ids of the lines that the present invoice is for; None = all."""
        told = self.env.context.get("magalu_lines")
        return told.line_ids if isinstance(told, OnlyLines) else None

    def _magalu_deliveries(self) -> dict:
        """Lines by delivery, as the channel's line keys name it; {} = not Magalu's.

        A line that was added by hand goes with the first delivery.
        """
        self.ensure_one()
        if not (self.b2c_source or "").startswith(f"{CHANNEL}/"):
            return {}
        groups = {}
        for line in self.order_line.filtered("b2c_line_key"):
            groups.setdefault(line._magalu_delivery(), line.browse())
            groups[line._magalu_delivery()] |= line
        if groups:
            first = next(iter(groups))
            groups[first] |= self.order_line - self.order_line.filtered("b2c_line_key")
        return groups


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _magalu_delivery(self) -> str:
        """The delivery that a line of Magalu is in (``<delivery>:<place>``)."""
        return (self.b2c_line_key or "").partition(":")[0]
