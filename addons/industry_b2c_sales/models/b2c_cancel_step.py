from odoo import fields, models


class B2cCancelStep(models.Model):
    """One step of undoing a cancelled order.

    Life: todo → done, or manual (a person must do it), or failed (tried again). Each
    step is executed by `sale.order._b2c_cancel_step_<step>` and is idempotent.
    """

    _name = "b2c.cancel.step"
    _description = "Cancellation Step"
    _order = "order_id, sequence, id"
    _rec_name = "step"

    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10)
    step = fields.Selection(
        [
            ("release_stock", "Release Stock"),
            ("void_label", "Void Label"),
            ("cancel_nfe", "Cancel NF-e"),
            ("entry_nfe", "Entry NF-e"),
            ("expect_return", "Expect Return"),
            ("tell_channel", "Tell Channel"),
        ],
        required=True,
    )
    state = fields.Selection(
        [
            ("todo", "To Do"),
            ("done", "Done"),
            ("manual", "Manual"),
            ("failed", "Failed"),
        ],
        required=True,
        default="todo",
    )
    attempts = fields.Integer()
    note = fields.Char()
    done_at = fields.Datetime()

    _step_uniq = models.UniqueIndex("(order_id, step)")

    def _b2c_retry(self):
        """Replay of a step's issue: run what is left of the plan."""
        self.order_id._b2c_queue_cancellation()

    def _b2c_after_issue_solved(self, issue):
        """A person did the step by hand and said so in the work queue."""
        # sudo: steps are read-only for users, the work queue is the way to close them.
        self.sudo().filtered(lambda step: step.state != "done").write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "note": self.env._("Done by hand by %(user)s", user=self.env.user.name),
            }
        )
        self.order_id._b2c_queue_cancellation()
