"""A cancellation of ours on its way to the channel, and orders that we cannot serve."""

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.industry_b2c_sales.domain.cancellation import Asker

from ..domain.contract import Feature
from ..rules.command import CancelReason, Kind

LOST = ("cancelled", "superseded")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    marketplace_cancel_reason = fields.Selection(
        [
            (CancelReason.OUT_OF_STOCK.value, "Out of stock"),
            (CancelReason.UNDELIVERABLE.value, "Cannot be delivered"),
            (CancelReason.BUYER_ASKED.value, "The buyer asked for it"),
        ],
        "Reason Told to the Channel",
        copy=False,
        readonly=True,
    )
    marketplace_can_refuse = fields.Boolean(compute="_compute_marketplace_can_refuse")

    @api.depends("state", "b2c_order_state", "invoice_ids.state")
    def _compute_marketplace_can_refuse(self):
        for order in self:
            order.marketplace_can_refuse = bool(
                order.marketplace_order_ids
                and order.state == "sale"
                and order.b2c_order_state not in LOST
                and not order._b2c_posted_invoices()
                and not order._b2c_is_reserved()
            )

    # ------------------------------------------------------------ the plan's step

    def _b2c_situation(self, partial=None):
        """A label that is stored here is void with the order, whatever the channel
        calls its parcel by now."""
        situation = super()._b2c_situation(partial)
        # sudo: whoever cancels may not read parcels.
        parcels = self.sudo().marketplace_parcel_ids
        printable = parcels.filtered(lambda one: one.label_id and not one.label_voided)
        return replace(situation, labelled=True) if printable else situation

    def _b2c_cancel_step_tell_channel(self):
        """Cancel at the channel where it can be told, else a person does it.

        The channel knows already when it was the channel that told us; what it may not
        know then is that the NF-e which it holds was cancelled.
        """
        self.ensure_one()
        # sudo: whoever cancels may not read bindings.
        bindings = self.sudo().marketplace_order_ids
        if not bindings:
            return super()._b2c_cancel_step_tell_channel()
        env = bindings.account_id._in_company_language().env
        living = bindings.filtered(lambda binding: binding.state not in LOST)
        if self._marketplace_told_it(bindings):
            living = living.browse()
        able = living.account_id.filtered(lambda one: one._has_feature(Feature.CANCEL))
        if living.account_id - able:
            return "manual", env._("Cancel the order on the channel's own screen.")
        for binding in living:
            self.env["marketplace.command"].sudo()._tell(
                Kind.CANCEL, binding, args={"reason": self._marketplace_reason()}
            )
        told = bindings.command_ids.filtered(
            lambda row: (
                row.kind in (Kind.CANCEL, Kind.INVOICE_CANCELLED) and not row.partial_id
            )
        )
        return told._step_result(done=env._("The channel cancelled it."))

    def _marketplace_told_it(self, bindings) -> bool:
        """Did the channel say so itself when the guard asked?"""
        sources = {account._b2c_source() for account in bindings.account_id}
        # sudo: whoever cancels may not read the log of the channel.
        facts = self.sudo().b2c_event_ids.filtered(
            lambda event: event.axis == "order" and event.state in LOST
        )
        return bool(sources & set(facts.mapped("source")))

    def _marketplace_reason(self) -> str:
        """``rules.command.CancelReason``: who asked, unless a person has said more."""
        if self.marketplace_cancel_reason:
            return self.marketplace_cancel_reason
        if self._b2c_situation().asker == Asker.CONSUMER:
            return CancelReason.BUYER_ASKED.value
        return CancelReason.UNDELIVERABLE.value

    # ------------------------------------------------------------ oversold

    def action_marketplace_refuse(self):
        """Button: nobody can serve these orders, the channel gets them back."""
        for order in self:
            if not order.marketplace_can_refuse:
                raise UserError(
                    self.env._(
                        "%s has its goods, its note, or is cancelled already.",
                        order.name,
                    )
                )
        self._marketplace_refuse(self.env._("Out of stock"))

    def _marketplace_refuse(self, reason: str):
        """Cancel as the seller; the plan tells the channel why.

        :raises AccessError: the user does not work with consumer orders
        """
        self._b2c_cancel(Asker.SELLER.value, reason)
        self._b2c_control_write(
            {"marketplace_cancel_reason": CancelReason.OUT_OF_STOCK.value}
        )
        self._b2c_solve()

    def _b2c_advance_reserve(self):
        """What was sold twice goes back at once where the account wants it so."""
        reserved = super()._b2c_advance_reserve()
        for order in self - reserved:
            # sudo: whoever puts an order on its way may not read accounts.
            account = order.sudo().marketplace_account_id
            if (
                account.refuse_oversold
                and order.marketplace_can_refuse
                and order._b2c_stock_problem().code == "out_of_stock"
            ):
                reason = account._in_company_language().env._(
                    "Out of stock: refused by the account's setting"
                )
                # sudo: the account decides, whoever put the order on its way.
                order.sudo()._marketplace_refuse(reason)
        return reserved


class B2cPartialCancellation(models.Model):
    _inherit = "b2c.partial.cancellation"

    def _b2c_cancel_step_tell_channel(self):
        """Cancel the units at the channel; it knows of those that it cut itself."""
        # sudo: whoever cancels may not read bindings.
        bindings = self.order_id.sudo().marketplace_order_ids
        if not bindings:
            return super()._b2c_cancel_step_tell_channel()
        env = bindings.account_id._in_company_language().env
        if self.asker == Asker.CHANNEL.value:
            return "done", env._("The channel cancelled it.")
        lines = _units(self)
        account = bindings[:1].account_id
        if not lines or not account._has_feature(Feature.CANCEL):
            return super()._b2c_cancel_step_tell_channel()
        earlier = self.order_id.b2c_partial_ids.filtered(lambda one: one.id <= self.id)
        consumer = self.asker == Asker.CONSUMER.value
        reason = CancelReason.BUYER_ASKED if consumer else CancelReason.OUT_OF_STOCK
        row = (
            self.env["marketplace.command"]
            .sudo()
            ._tell(
                Kind.CANCEL,
                bindings[:1],
                args={"reason": reason, "lines": lines, "cut": _units(earlier)},
                partial=self,
            )
        )
        return row._step_result(done=env._("The channel cancelled it."))


def _units(partials) -> dict[str, int]:
    """Units by the channel's line key; empty when a line has none."""
    units: dict[str, int] = {}
    for line in partials.line_ids:
        key = line.sale_line_id.b2c_line_key
        if not key:
            return {}
        units[key] = units.get(key, 0) + int(line.quantity)
    return units


class B2cIssue(models.Model):
    _inherit = "b2c.issue"

    def action_marketplace_refuse(self):
        """Button of a missing stock: the order goes back to its channel."""
        self.order_id.action_marketplace_refuse()
