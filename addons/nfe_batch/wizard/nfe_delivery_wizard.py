import base64

from odoo import api, fields, models


class NfeDeliveryWizard(models.TransientModel):
    """Asks for what a delivery event tells; the document checks and queues it."""

    _name = "nfe.delivery.wizard"
    _description = "Delivery of an NF-e"

    document_id = fields.Many2one(
        "l10n_br_fiscal.document", "NF-e", required=True, ondelete="cascade"
    )
    result = fields.Selection(
        [("delivered", "Delivered"), ("failed", "Not delivered")],
        required=True,
        default="delivered",
    )
    moment = fields.Datetime("Time", required=True, default=fields.Datetime.now)
    receiver = fields.Char("Received by", size=60)
    receiver_document = fields.Char("Document of the Receiver", size=20)
    reason = fields.Selection(
        lambda self: self.env["l10n_br_fiscal.event"]._fields["nfe_reason"].selection,
        "Reason of the Failure",
    )
    explanation = fields.Char(size=250)
    attempt = fields.Integer("Delivery Attempt", default=1)
    has_position = fields.Boolean("Tell the Position")
    latitude = fields.Float(digits=(9, 6))
    longitude = fields.Float(digits=(9, 6))
    image = fields.Binary(
        "Proof",
        required=True,
        attachment=False,
        help="Signature, photo of the goods or of the place. Only its hash goes to the "
        "SEFAZ; the image stays here.",
    )

    @api.onchange("document_id")
    def _onchange_document_id(self):
        self.receiver = self.document_id.partner_id.name
        self.receiver_document = self.document_id.partner_id.vat

    def action_register(self):
        """Queue the event.

        :raises UserError: the SEFAZ would refuse it
        """
        self.ensure_one()
        values = {
            "moment": self.moment,
            "image": base64.b64decode(self.image),
            "position": (self.latitude, self.longitude) if self.has_position else None,
        }
        if self.result == "delivered":
            self.document_id._nfe_register_delivery(
                name=self.receiver, document=self.receiver_document, **values
            )
        else:
            self.document_id._nfe_register_failed_delivery(
                reason=self.reason,
                explanation=self.explanation if self.reason == "4" else "",
                attempt=self.attempt,
                **values,
            )
        return {"type": "ir.actions.act_window_close"}
