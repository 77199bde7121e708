from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..domain.redact import redact
from .sale_order_control import USER_GROUP


class B2cCancelStep(models.Model):
    """One step of undoing a cancelled order, or some units of it (``partial_id``).

    Life: todo → done, or manual (a person must do it), or failed (tried again), or
    dropped (the order went on meanwhile, nobody needs it). Each step is executed by
    `_b2c_cancel_step_<step>` of the order or of the partial cancellation and is
    idempotent.
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
    partial_id = fields.Many2one(
        "b2c.partial.cancellation",
        string="Units",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the step undoes the whole order.",
    )
    sequence = fields.Integer(default=10)
    step = fields.Selection(
        [
            ("release_stock", "Release Stock"),
            ("put_back", "Put Goods Back"),
            ("void_label", "Void Label"),
            ("cancel_nfe", "Cancel NF-e"),
            ("entry_nfe", "Entry NF-e"),
            ("intercept_parcel", "Intercept Parcel"),
            ("expect_return", "Expect Return"),
            ("tell_channel", "Tell Channel"),
            ("book_refund", "Book Refund"),
            ("open_claim", "Treat as Claim"),
        ],
        required=True,
    )
    state = fields.Selection(
        [
            ("todo", "To Do"),
            ("done", "Done"),
            ("manual", "Manual"),
            ("failed", "Failed"),
            ("dropped", "No Longer Needed"),
        ],
        required=True,
        default="todo",
    )
    attempts = fields.Integer()
    note = fields.Char(string="What to Do")
    answer = fields.Char(help="What the person who did it by hand has written.")
    done_at = fields.Datetime()
    done_by_id = fields.Many2one("res.users")

    _step_uniq = models.UniqueIndex("(order_id, COALESCE(partial_id, 0), step)")
    _open_idx = models.Index("(state) WHERE state IN ('todo', 'failed', 'manual')")

    def action_finish(self):
        """Button: ask for a note, then the step is done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.b2c_cancel_step_finish_action"
        )
        return action | {"context": {"default_step_id": self.id}}

    def _finish(self, answer: str):
        """A person has done these steps by hand; the plan goes on.

        :param answer: what was done (a protocol, a number), without personal data
        :raises AccessError: the user does not work with consumer orders
        :raises UserError: no note, or the step needs nobody
        """
        if not self.env.user.has_group(USER_GROUP):
            raise AccessError(self.env._("You are not allowed to do this."))
        self.check_access("read")
        answer = redact((answer or "").strip())
        if not answer:
            raise UserError(self.env._("Please write down what was done."))
        if any(step.state not in ("manual", "failed") for step in self):
            raise UserError(self.env._("This step needs nobody any more."))
        self._close_by_hand(answer)
        for step in self:
            self.env["b2c.issue"]._solve(None, step)

    def _close_by_hand(self, answer: str):
        # sudo: steps are read-only for users, this is the one way to close them.
        self.sudo().write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
                "answer": answer,
            }
        )
        self.order_id._b2c_queue_cancellation()

    def _drop(self):
        """Nobody needs these steps any more; who was asked is told so."""
        # sudo: steps are written by the plan, no user may do it by hand.
        self.sudo().state = "dropped"
        for step in self:
            self.env["b2c.issue"]._solve(None, step)

    def _b2c_retry(self):
        """Replay of a step's issue: run what is left of the plan."""
        self.order_id._b2c_queue_cancellation()

    def _b2c_after_issue_solved(self, issue):
        """A person did the step by hand and said so in the work queue."""
        open_steps = self.filtered(lambda step: step.state not in ("done", "dropped"))
        if open_steps:
            open_steps._close_by_hand(
                self.env._("Done by hand by %(user)s", user=self.env.user.name)
            )
