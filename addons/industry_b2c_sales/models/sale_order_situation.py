from datetime import datetime

from odoo import models

from ..const import BY_USER
from ..domain.axes import Axis, Fact, FiscalState, OrderState, ParcelState
from ..domain.cancellation import Asker, Note, Situation, Stage
from ..timing import utc_now

_LABELLED = ("label_ready", "printed")
# The goods are out of the house, whatever our own transfer says.
_LEFT = (
    "handed_over",
    "in_transit",
    "failed",
    "delivered",
    "returning",
    "returned",
    "lost",
)
_UNDONE = (OrderState.CANCELLED, OrderState.SUPERSEDED)
_BACK = ("received", "in_review", "refunded", "closed")


class SaleOrder(models.Model):
    """How far an order came: what the plan of its cancellation depends on."""

    _inherit = "sale.order"

    def _b2c_situation(self, partial=None) -> Situation:
        """The order's situation for `domain.cancellation`.

        :param partial: who asks, and when, for some units only
        """
        self.ensure_one()
        facts = self._b2c_facts()[self.id]
        asker, asked_at = partial._asked() if partial else _asked(facts)
        # sudo: users need not read states of the country.
        issuer_uf = self.company_id.sudo().state_id
        return Situation(
            stage=self._b2c_stage(),
            note=self._b2c_note(),
            now=utc_now(),
            authorized_at=self._b2c_authorized_at(facts),
            cancel_hours=issuer_uf.b2c_nfe_cancel_hours or 24,
            cancel_refused=self._b2c_nfe_cancel_refused(),
            labelled=self.b2c_parcel_state in _LABELLED,
            asker=asker,
            marketplace=self._b2c_is_marketplace(),
            paid=self.b2c_payment_state not in (False, "pending", "rejected"),
            lost=self.b2c_parcel_state == ParcelState.LOST.value,
            uf=self._b2c_uf(),
            delivered_at=self._b2c_delivered_at(facts),
            asked_at=asked_at,
        )

    def _b2c_stage(self) -> Stage:
        """How far the goods came, by our own transfers first.

        Hook for addons that know more about the warehouse.
        """
        self.ensure_one()
        out = self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        parcel = self.b2c_parcel_state
        if "done" in out.mapped("state") or parcel in _LEFT:
            return _stage_outside(parcel, self.b2c_order_state, self.b2c_return_state)
        if self.state != "sale":
            return Stage.OPEN
        lines = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).move_line_ids
        if lines.result_package_id:
            return Stage.PACKED
        return Stage.PICKING if any(lines.mapped("picked")) else Stage.CONFIRMED

    def _b2c_note(self) -> Note:
        """What became of the NF-e, by our log first, then by the document."""
        if self.b2c_fiscal_state == FiscalState.CANCELLED.value:
            return Note.CANCELLED
        invoices = self._b2c_posted_invoices()
        if not invoices:
            return Note.NONE
        states = set(invoices.fiscal_document_id.mapped("state_edoc"))
        if "autorizada" in states:
            return Note.AUTHORIZED
        return Note.CANCELLED if states <= {"cancelada"} else Note.POSTED

    def _b2c_authorized_at(self, facts):
        """When the SEFAZ authorised the note, as our log knows it (aware UTC)."""
        times = [
            fact.at
            for fact in facts.get(Axis.FISCAL, [])
            if fact.state == FiscalState.AUTHORIZED
        ]
        return max(times, default=None)

    def _b2c_delivered_at(self, facts):
        """The newest proof of delivery (aware UTC), None when nobody has proven it.

        Only who carried the parcel proves it: that the order is "delivered" for the
        channel starts no clock. A later correction moves it.
        """
        times = [
            fact.at
            for fact in facts.get(Axis.PARCEL, [])
            if fact.state == ParcelState.DELIVERED
        ]
        return max(times, default=None)

    def _b2c_nfe_cancel_refused(self) -> bool:
        """Hook: has the SEFAZ refused to cancel the note for good?"""
        return False

    def _b2c_is_marketplace(self) -> bool:
        """Did an intermediary take the money (infIntermed of the NF-e)?"""
        self.ensure_one()
        return bool(self.b2c_intermediary_vat)


def _stage_outside(parcel, order_state, return_state) -> Stage:
    if parcel == ParcelState.RETURNED.value or return_state in _BACK:
        return Stage.RETURNED
    if parcel == ParcelState.DELIVERED.value or order_state in (
        OrderState.DELIVERED.value,
        OrderState.COMPLETED.value,
    ):
        return Stage.DELIVERED
    return Stage.DISPATCHED


def requested_at(facts: dict[Axis, list[Fact]]) -> list[datetime]:
    """When a cancellation was requested, as the log knows it (aware UTC)."""
    return [
        fact.at
        for fact in facts.get(Axis.ORDER, [])
        if fact.state == OrderState.CANCEL_REQUESTED
    ]


def _asked(facts: dict[Axis, list[Fact]]):
    """Who cancelled the order, and since when it was wanted.

    A channel that tells it too knows of it. The consumer's wish counts from the day it
    was first made: the request, when there was one, not the cancellation that followed.
    """
    told = facts.get(Axis.ORDER, [])
    undone = [fact for fact in told if fact.state in _UNDONE]
    wishes = [*requested_at(facts), *(fact.at for fact in undone)]
    asked_at = min(wishes, default=None)
    if any(fact.source != BY_USER for fact in undone):
        return Asker.CHANNEL, asked_at
    askers = {fact.raw for fact in undone}
    if Asker.SELLER.value in askers:
        return Asker.SELLER, asked_at
    return (Asker.CONSUMER if askers else Asker.CHANNEL), asked_at
