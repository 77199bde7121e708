from odoo import api, fields, models
from odoo.exceptions import UserError

from ..domain import delivery
from .fiscal_document_result import naive_utc

WITHDRAWALS = {
    delivery.DELIVERED: delivery.DELIVERED_WITHDRAWN,
    delivery.FAILED: delivery.FAILED_WITHDRAWN,
}


class FiscalEventDelivery(models.Model):
    """The facts of a delivery event; moments are kept in UTC."""

    _inherit = "l10n_br_fiscal.event"

    nfe_code = fields.Selection(
        [
            (delivery.DELIVERED, "Proof of delivery"),
            (delivery.DELIVERED_WITHDRAWN, "Proof of delivery withdrawn"),
            (delivery.FAILED, "Failed delivery"),
            (delivery.FAILED_WITHDRAWN, "Failed delivery withdrawn"),
        ],
        "Delivery",
        readonly=True,
        index="btree_not_null",
    )
    nfe_moment = fields.Datetime("Delivery Time", readonly=True)
    nfe_receiver = fields.Char("Received by", readonly=True)
    nfe_receiver_document = fields.Char(
        "Document of the Receiver",
        readonly=True,
        groups="nfe_batch.nfe_batch_group_user",
    )
    nfe_attempt_number = fields.Integer("Delivery Attempt", readonly=True)
    nfe_reason = fields.Selection(
        [
            ("1", "Receiver not found"),
            ("2", "Refused by the receiver"),
            ("3", "Address does not exist"),
            (delivery.OTHER_REASON, "Other"),
        ],
        "Reason of the Failure",
        readonly=True,
    )
    nfe_explanation = fields.Char("Explanation", readonly=True)
    nfe_position = fields.Char(
        "Position", readonly=True, help="Latitude and longitude in degrees."
    )
    nfe_image = fields.Binary(
        "Proof",
        attachment=True,
        readonly=True,
        groups="nfe_batch.nfe_batch_group_user",
    )
    nfe_image_hash = fields.Char("Hash of the Proof", readonly=True)
    nfe_hashed_at = fields.Datetime("Hash Time", readonly=True)
    nfe_withdraws = fields.Char(
        "Withdraws", readonly=True, help="Protocol of the event that is taken back."
    )
    nfe_withdrawn = fields.Boolean(compute="_compute_nfe_withdrawn")
    nfe_can_withdraw = fields.Boolean(compute="_compute_nfe_withdrawn")

    @api.depends("protocol_number", "nfe_code", "document_id.event_ids.nfe_withdraws")
    def _compute_nfe_withdrawn(self):
        for record in self:
            others = record.document_id.event_ids.filtered(
                lambda row: row.nfe_withdraws and row.nfe_state != "refused"
            )
            taken_back = others.filtered(
                lambda row, mine=record: row.nfe_withdraws == mine.protocol_number
            )
            record.nfe_withdrawn = any(taken_back.mapped("protocol_number"))
            record.nfe_can_withdraw = bool(
                record.nfe_code in WITHDRAWALS
                and record.protocol_number
                and not taken_back
            )

    def action_nfe_withdraw(self):
        """Take a registered delivery event back (110131, 110193).

        :raises UserError: it does not stand
        """
        self.ensure_one()
        if not self.nfe_can_withdraw:
            raise UserError(
                self.env._("Only a delivery event that stands can be withdrawn.")
            )
        facts = delivery.Facts(
            code=WITHDRAWALS[self.nfe_code], protocol_number=self.protocol_number
        )
        return self.document_id._nfe_queue_delivery(facts)

    @api.model
    def _nfe_facts_vals(self, facts):
        """Values of ``domain.delivery.Facts``."""
        place = facts.position
        return {
            "nfe_code": facts.code,
            "nfe_moment": facts.moment and naive_utc(facts.moment),
            "nfe_receiver": facts.receiver_name or False,
            "nfe_receiver_document": facts.receiver_document or False,
            "nfe_attempt_number": facts.attempt,
            "nfe_reason": facts.reason or False,
            "nfe_explanation": facts.explanation or False,
            "nfe_position": place and f"{place[0]:.6f} {place[1]:.6f}",
            "nfe_image_hash": facts.image_hash or False,
            "nfe_hashed_at": facts.hashed_at and naive_utc(facts.hashed_at),
            "nfe_withdraws": facts.protocol_number or False,
        }

    def _nfe_facts(self):
        """The facts as ``domain.delivery.Facts``, in the issuer's local time."""
        self.ensure_one()
        local = self.document_id._nfe_local
        return delivery.Facts(
            code=self.nfe_code,
            moment=local(self.nfe_moment) if self.nfe_moment else None,
            receiver_name=self.nfe_receiver or "",
            receiver_document=self.nfe_receiver_document or "",
            attempt=self.nfe_attempt_number,
            reason=self.nfe_reason or "",
            explanation=self.nfe_explanation or "",
            position=delivery.place(*self.nfe_position.split())
            if self.nfe_position
            else None,
            image_hash=self.nfe_image_hash or "",
            hashed_at=local(self.nfe_hashed_at) if self.nfe_hashed_at else None,
            protocol_number=self.nfe_withdraws or "",
        )
