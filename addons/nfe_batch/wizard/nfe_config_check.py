from odoo import api, fields, models


class NfeConfigCheck(models.TransientModel):
    """The list of the configuration check: made anew each time it is opened."""

    _name = "nfe.config.check"
    _description = "NF-e Configuration Check"
    _order = "company_id, sequence, id"

    company_id = fields.Many2one("res.company", readonly=True)
    sequence = fields.Integer()
    severity = fields.Selection(
        [("error", "Error"), ("warning", "Warning"), ("info", "Information")],
        readonly=True,
    )
    message = fields.Text("What", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)

    @api.model
    def action_check(self):
        """Check the companies that are active at the top of the screen."""
        order = [value for value, _label in self._fields["severity"].selection]
        found = self.create(
            [
                {
                    "company_id": company.id,
                    "sequence": order.index(finding["severity"]),
                    "severity": finding["severity"],
                    "message": finding["message"],
                    "res_model": finding["record"]._name,
                    "res_id": finding["record"].id,
                }
                for company in self.env.companies
                for finding in company._nfe_config_findings()
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "nfe_batch.nfe_config_check_action"
        )
        action["domain"] = [("id", "in", found.ids)]
        return action

    def action_fix(self):
        """Open what has to be mended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
