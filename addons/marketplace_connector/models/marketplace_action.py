"""What a channel lets us do about a claim or a return, and until when."""

from odoo import fields, models

from odoo.addons.industry_b2c_sales.timing import whole_seconds


class MarketplaceAction(models.Model):
    """One action that the channel offers, by the channel's own name."""

    _name = "marketplace.action"
    _description = "Offered Action"
    _order = "mandatory desc, due, id"
    _rec_name = "code"

    claim_id = fields.Many2one(
        "marketplace.claim", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    return_id = fields.Many2one(
        "marketplace.return", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    code = fields.Char("Action", required=True, readonly=True)
    name = fields.Char("What It Does", compute="_compute_name")
    mandatory = fields.Boolean("Must Be Done", readonly=True)
    due = fields.Datetime("Until", readonly=True)

    def _compute_name(self):
        for action in self:
            account = (action.claim_id or action.return_id).account_id
            action.name = account._action_name(action.code)

    def action_do(self):
        """Ask for the words, then do it at the channel."""
        self.ensure_one()
        subject = self.claim_id or self.return_id
        subject.account_id._ensure_state("active")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "marketplace.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }


class MarketplaceActionMixin(models.AbstractModel):
    """A claim or a return: it has actions and a deadline."""

    _name = "marketplace.action.mixin"
    _description = "With Actions of the Channel"

    _action_feature = None
    _action_field = ""

    def _keep_actions(self, actions):
        """The channel's offer as it is now (``Action`` records)."""
        self.ensure_one()
        known = self.action_ids.grouped("code")
        for one in actions:
            vals = {"mandatory": one.mandatory, "due": whole_seconds(one.due)}
            action = known.pop(one.code, None)
            if action:
                action.write(vals)
            else:
                self.env["marketplace.action"].create(
                    vals
                    | {
                        "code": one.code,
                        "company_id": self.company_id.id,
                        self._action_field: self.id,
                    }
                )
        self.env["marketplace.action"].concat(*known.values()).unlink()

    def _report_due(self, deadline):
        """A task with a deadline is in the work queue at once, until it is done."""
        self.ensure_one()
        if not deadline:
            self.env["b2c.issue"]._solve(None, self)
            return
        account = self.account_id._in_company_language()
        self.env["b2c.issue"]._report(
            "channel_claim_due",
            record=self,
            order=self.sale_order_id,
            company=self.company_id,
            message=self._due_text(account.env, account._deadline_text(deadline)),
            suggestion=account.env._("Open it and choose one of the actions."),
        )

    def _due_text(self, env, deadline) -> str:
        """Hook: the sentence about the deadline (text), in the language of ``env``."""
        raise NotImplementedError
