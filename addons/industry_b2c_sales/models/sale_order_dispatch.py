from dataclasses import replace

import psycopg2

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.axes import Axis, ParcelState
from ..domain.guard import Decision, Verdict
from ..exceptions import B2cHoldError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_shipping_ready(self) -> dict[int, str]:
        """Hook: reason code (see ``const.REASONS``) why an order may not leave yet.

        No goods leave without an authorised NF-e (Ajuste SINIEF 07/05, clause 9). Other
        addons add the label and the channel's acceptance of the XML.

        :returns: reason code by order id; an order that is missing is ready
        """
        reasons = {}
        for order in self:
            invoices = order._b2c_posted_invoices()
            notes = invoices.fiscal_document_id
            if not invoices:
                reasons[order.id] = "not_invoiced"
            elif not notes or set(notes.mapped("state_edoc")) != {"autorizada"}:
                reasons[order.id] = "nfe_not_authorized"
        return reasons

    def _b2c_dispatch(self) -> dict[int, Verdict]:
        """Hand the parcels over: guard, papers, then the delivery is validated.

        :returns: Verdict by order id; with ``go`` the delivery is done
        """
        verdicts = self._b2c_may_dispatch()
        for order in self:
            if not verdicts[order.id].go:
                continue
            reason = order._b2c_validate_delivery()
            if reason:
                verdicts[order.id] = order._b2c_refuse(verdicts[order.id], reason)
        return verdicts

    def _b2c_may_dispatch(self) -> dict[int, Verdict]:
        """The guard's word on dispatch, and what the papers say."""
        verdicts = self._b2c_guard("dispatch")
        lacking = self._b2c_shipping_ready()
        for order in self:
            if verdicts[order.id].go and order.id in lacking:
                verdicts[order.id] = order._b2c_refuse(
                    verdicts[order.id], lacking[order.id]
                )
        return verdicts

    def _b2c_refuse(self, verdict: Verdict, reason_code: str) -> Verdict:
        """Turn a go into a stored hold."""
        self.ensure_one()
        held = replace(verdict, decision=Decision.HOLD, reason_code=reason_code)
        # sudo: verdicts are evidence, no user may write them by hand.
        self.env["b2c.guard.verdict"].sudo().create(
            self._b2c_verdict_vals(self.id, held)
        )
        return held

    def _b2c_validate_delivery(self) -> str | None:
        """Validate the order's open deliveries; the reason code when it cannot be."""
        self.ensure_one()
        out = self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        pickings = out.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if not pickings:
            return None if "done" in out.mapped("state") else "no_delivery"
        if not self._b2c_is_reserved():
            return "not_reserved"
        try:
            with self.env.cr.savepoint():
                pickings.with_context(b2c_dispatching=True).button_validate()
                if any(picking.state != "done" for picking in pickings):
                    raise UserError(self.env._("The delivery asks for more input."))
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except Exception as error:
            self._b2c_report_error(error, "dispatch_failed", replay="_b2c_dispatch")
            return "dispatch_failed"
        self._b2c_solve("_b2c_dispatch")
        return None

    def _b2c_ensure_dispatch(self):
        """Refuse a delivery validated by hand when the guard does not say go."""
        verdicts = self._b2c_may_dispatch()
        held = self.filtered(lambda order: not verdicts[order.id].go)
        if held:
            raise B2cHoldError(
                held._b2c_verdict_text(verdicts),
                [verdicts[held[0].id].reason_code],
            )

    def _b2c_verdict_text(self, verdicts) -> str:
        reason_text = self.env["b2c.guard.verdict"]._reason_text
        return "\n".join(
            self.env._(
                "%(order)s must not leave: %(reason)s.",
                order=order.name,
                reason=reason_text(verdicts[order.id].reason_code),
            )
            for order in self
        )

    def action_b2c_dispatch(self):
        """Button: dispatch, and say which orders stay and why."""
        orders = self.filtered("is_b2c")
        verdicts = orders._b2c_dispatch()
        held = orders.filtered(lambda order: not verdicts[order.id].go)
        message = held._b2c_verdict_text(verdicts) or self.env._(
            "%(count)s orders handed over.", count=len(orders)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if held else "success",
                "sticky": bool(held),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _b2c_handed_over(self, picking):
        """The goods left with this delivery."""
        self._b2c_log(
            Axis.PARCEL,
            ParcelState.HANDED_OVER,
            source="odoo",
            uid=f"picking/{picking.id}",
            raw=picking.name,
        )
