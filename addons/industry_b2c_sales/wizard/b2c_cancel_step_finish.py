from odoo import fields, models


class B2cCancelStepFinish(models.TransientModel):
    """A person has done a step of a cancellation by hand and writes down how."""

    _name = "b2c.cancel.step.finish"
    _description = "Finish a Cancellation Step"

    step_id = fields.Many2one("b2c.cancel.step", required=True, readonly=True)
    step = fields.Selection(related="step_id.step", string="Cancellation Step")
    task = fields.Char(related="step_id.note")
    answer = fields.Char(
        string="What Was Done",
        required=True,
        help="A protocol, a number, a name: it stays with the order. No CPF.",
    )

    def action_apply(self):
        self.ensure_one()
        self.step_id._finish(self.answer)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
