from odoo import api, fields, models
from odoo.exceptions import UserError


class NfeRegistryWizard(models.TransientModel):
    """The inscriptions that the registry of a state has for a partner."""

    _name = "nfe.registry.wizard"
    _description = "Registry of Taxpayers"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    line_ids = fields.One2many("nfe.registry.wizard.line", "wizard_id")

    @api.model
    def _of(self, partner, answer):
        """The wizard for an answer (``domain.registry.RegistryAnswer``)."""
        return self.create(
            {
                "partner_id": partner.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "inscription": row.inscription,
                            "name": row.name,
                            "state": row.state,
                            "is_enabled": row.is_enabled,
                        }
                    )
                    for row in answer.taxpayers
                ],
            }
        )


class NfeRegistryWizardLine(models.TransientModel):
    _name = "nfe.registry.wizard.line"
    _description = "Inscription of a Taxpayer"
    _order = "is_enabled desc, inscription"

    wizard_id = fields.Many2one(
        "nfe.registry.wizard", required=True, ondelete="cascade", index=True
    )
    inscription = fields.Char("State Registration", readonly=True)
    name = fields.Char(readonly=True)
    state = fields.Char("UF", readonly=True)
    is_enabled = fields.Boolean("Enabled", readonly=True)

    def action_use(self):
        """Write the inscription on the partner.

        :raises UserError: it is not enabled
        """
        self.ensure_one()
        if not self.is_enabled:
            raise UserError(self.env._("This inscription is not enabled."))
        self.wizard_id.partner_id.l10n_br_ie_code = self.inscription
        return {"type": "ir.actions.act_window_close"}
