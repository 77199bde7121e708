from dataclasses import replace

import psycopg2

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.axes import Axis, Fact, ParcelState
from ..domain.guard import Decision, Verdict
from ..exceptions import B2cHoldError
from ..timing import utc_now
from ..told import guarded
from .sale_order_intake import QUIET


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
        going = self.filtered(lambda order: verdicts[order.id].go)
        lacking = going._b2c_undeliverable()
        lacking |= (going - self.browse(lacking))._b2c_validate_deliveries()
        for order in self.browse(lacking):
            verdicts[order.id] = order._b2c_refuse(
                verdicts[order.id], lacking[order.id]
            )
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

    def _b2c_undeliverable(self) -> dict[int, str]:
        """Reason code of each order whose deliveries cannot be validated now."""
        reasons = {}
        for order in self:
            if order._b2c_open_deliveries():
                if not order._b2c_is_reserved():
                    reasons[order.id] = "not_reserved"
            elif "done" not in order._b2c_deliveries().mapped("state"):
                reasons[order.id] = "no_delivery"
        return reasons

    def _b2c_deliveries(self):
        return self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )

    def _b2c_open_deliveries(self):
        return self._b2c_deliveries().filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _b2c_validate_deliveries(self) -> dict[int, str]:
        """Validate the open deliveries, all at once; when that fails, each alone.

        :returns: reason code by order id of those that failed; they got an issue
        """
        try:
            with self.env.cr.savepoint():
                self._b2c_validate_open()
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except Exception as error:
            if len(self) > 1:
                failed = {}
                for order in self:
                    failed |= order._b2c_validate_deliveries()
                return failed
            self._b2c_report_error(error, "dispatch_failed", replay="_b2c_dispatch")
            return {self.id: "dispatch_failed"}
        self._b2c_solve("_b2c_dispatch")
        return {}

    def _b2c_validate_open(self):
        """Quietly: that it left stands in the order's log, not in the chatter too."""
        pickings = self._b2c_open_deliveries()
        if not pickings:
            return
        pickings.with_context(**QUIET, **guarded(self)).button_validate()
        if any(picking.state != "done" for picking in pickings):
            raise UserError(self.env._("The delivery asks for more input."))

    def _b2c_ensure_dispatch(self):
        """Refuse a delivery validated by hand when the guard does not say go.

        :raises B2cHoldError: with the reasons; what was learnt outlives the rollback
        """
        known = self._b2c_known_facts()
        verdicts = self._b2c_may_dispatch()
        held = self.filtered(lambda order: not verdicts[order.id].go)
        if held:
            self._b2c_keep_evidence(verdicts, known)
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

    def _b2c_handed_over(self, pickings):
        """The goods left with these deliveries."""
        now = utc_now()
        self._b2c_log_all(
            (
                picking.sale_id,
                [
                    Fact(
                        axis=Axis.PARCEL,
                        state=ParcelState.HANDED_OVER,
                        raw=picking.name,
                        source="odoo",
                        at=now,
                        uid=f"picking/{picking.id}",
                    )
                ],
            )
            for picking in pickings
        )
