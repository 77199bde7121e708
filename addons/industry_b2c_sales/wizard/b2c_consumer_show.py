from odoo import fields, models
from odoo.exceptions import UserError

from ..domain.person import CPF_LENGTH


class B2cConsumerShow(models.TransientModel):
    """Show one consumer's whole data once the reason is recorded."""

    _name = "b2c.consumer.show"
    _description = "Show Personal Data"

    partner_id = fields.Many2one("res.partner", "Consumer", required=True)
    reason = fields.Char(help="Stays in the record of accesses.")
    shown = fields.Boolean(compute="_compute_data")
    cpf = fields.Char("CPF/CNPJ", compute="_compute_data")
    phone = fields.Char(compute="_compute_data")
    email = fields.Char(compute="_compute_data")
    address = fields.Text(compute="_compute_data")

    def _compute_data(self):
        for wizard in self:
            wizard.shown = wizard._is_recorded()
            seen = wizard.shown and wizard.partner_id
            wizard.cpf = seen and wizard._formatted(seen.vat or "")
            wizard.phone = seen and seen.phone
            wizard.email = seen and seen.email
            wizard.address = seen and seen._display_address(without_company=True)

    def _formatted(self, vat):
        if len(vat) != CPF_LENGTH:
            return vat
        return f"{vat[:3]}.{vat[3:6]}.{vat[6:9]}-{vat[9:]}"

    def _is_recorded(self) -> bool:
        """No flag of the client opens the data, only the record of the access."""
        self.ensure_one()
        if not self.id:
            return False
        self.partner_id._ensure_can_see_personal_data()
        log = self.env["b2c.consumer.access"]
        return bool(
            log.search_count(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("user_id", "=", self.env.uid),
                    ("kind", "=", "show"),
                    ("at", ">=", self.create_date.replace(microsecond=0)),
                ],
                limit=1,
            )
        )

    def action_show(self):
        self.ensure_one()
        self.partner_id._ensure_can_see_personal_data()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write why you need to see the data."))
        self.env["b2c.consumer.access"]._log(self.partner_id, "show", reason)
        self.invalidate_recordset()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal Data"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
