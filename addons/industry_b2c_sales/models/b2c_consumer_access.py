from odoo import api, fields, models
from odoo.exceptions import UserError


class B2cConsumerAccess(models.Model):
    """Who saw, exported or erased which consumer's full data, when and why.

    The record of art. 37 of the LGPD (Lei 13.709/2018). Append only; written by
    `_log`, never by hand. A consumer with a record here is erased by the action made
    for it, not by deleting the partner.
    """

    _name = "b2c.consumer.access"
    _description = "Access to Consumer Data"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Consumer", required=True, ondelete="restrict", index=True
    )
    # The consumer's company; consumers without one are seen by all companies.
    company_id = fields.Many2one("res.company", index=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    at = fields.Datetime("Time", required=True, default=fields.Datetime.now)
    kind = fields.Selection(
        [
            ("show", "Shown"),
            ("export", "Exported"),
            ("forget", "Erasure Requested"),
            ("erase", "Erased"),
        ],
        required=True,
    )
    reason = fields.Char(required=True)

    @api.model
    def _log(self, partners, kind: str, reason: str):
        """Record an access of the current user to the data of consumers."""
        # sudo: nobody may write the record by hand, whoever looks leaves a trace.
        return self.sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": partner.company_id.id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "reason": reason,
                }
                for partner in partners
            ]
        )

    def write(self, vals):
        raise UserError(self.env._("The record of accesses is never changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The record of accesses is never deleted."))
