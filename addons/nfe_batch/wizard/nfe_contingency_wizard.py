from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..domain import contingency
from ..domain.contingency import Mode


class NfeContingencyWizard(models.TransientModel):
    """The question before a company issues in contingency."""

    _name = "nfe.contingency.wizard"
    _description = "Enter NF-e Contingency"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    mode = fields.Selection(
        [
            ("svc", "SVC: the notes are authorised by the contingency office"),
            ("epec", "EPEC: only when SVC is closed or does not answer either"),
        ],
        required=True,
        default="svc",
    )
    nfe_svc = fields.Selection(related="company_id.nfe_svc", string="SVC of the State")
    reason = fields.Char(required=True, size=contingency.REASON_MAX)
    current_id = fields.Many2one("nfe.contingency", compute="_compute_current_id")

    @api.depends("company_id")
    def _compute_current_id(self):
        for wizard in self:
            wizard.current_id = wizard.company_id._nfe_contingency().id

    def action_enter(self):
        """Enter the chosen mode, and show it.

        :raises AccessError: the user is no manager of the NF-e
        :raises UserError: the company does not issue by this program, or is in this
            mode already
        """
        self.ensure_one()
        log = self.env["nfe.contingency"]
        log._ensure_manager()
        company = self.company_id
        company.check_access("read")
        if company.processador_edoc != const.PROCESSOR:
            raise UserError(
                self.env._("%(company)s issues no NF-e here.", company=company.name)
            )
        if self.current_id.mode == self.mode:
            raise UserError(
                self.env._(
                    "%(company)s issues in this contingency already.",
                    company=company.name,
                )
            )
        entered = log._enter(company, Mode(self.mode), self.reason, "user")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.nfe_contingency_action"
        )
        return {**action, "view_mode": "form", "views": False, "res_id": entered.id}
