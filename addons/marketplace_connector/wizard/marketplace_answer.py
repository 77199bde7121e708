"""The words of an answer, or of an action on a claim or return."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import SERVICE_GROUP


class MarketplaceAnswer(models.TransientModel):
    _name = "marketplace.answer"
    _description = "Answer a Buyer"

    message_id = fields.Many2one("marketplace.message", readonly=True)
    action_id = fields.Many2one("marketplace.action", readonly=True)
    question = fields.Text(
        "Buyer's Message", related="message_id.text", related_sudo=False, readonly=True
    )
    text = fields.Text()
    percentage = fields.Integer(
        "Refund (%)", help="For actions that pay back a part; 0: as the channel does."
    )
    text_limit = fields.Integer("Characters Allowed", compute="_compute_text_limit")

    @api.depends("message_id", "action_id")
    def _compute_text_limit(self):
        for answer in self:
            account = answer._account()
            answer.text_limit = account and account._adapter().caps.text_limit

    def _account(self):
        subject = self.action_id.claim_id or self.action_id.return_id
        return (self.message_id or subject).account_id

    def action_send(self):
        """Check what the channel would refuse, then hand it to the background."""
        self.ensure_one()
        if not self.env.user.has_group(SERVICE_GROUP):
            raise AccessError(self.env._("Only customer service answers buyers."))
        text = self._checked_text()
        # sudo: customer service asks for it here, only the machinery writes requests.
        requests = self.env["marketplace.request"].sudo()
        requests.create(self._prepare_request(text))._queue()
        return {"type": "ir.actions.act_window_close"}

    def _checked_text(self) -> str:
        """:raises UserError: nothing to say, too long, or no answer possible here"""
        # Ids come from the client: of another company they do not exist.
        (self.message_id or self.action_id).check_access("read")
        text = (self.text or "").strip()
        if not 0 <= self.percentage <= 100:
            raise UserError(self.env._("A refund is 1 to 100 percent."))
        if self.message_id:
            self.message_id._ensure_can_reply()
            if not text:
                raise UserError(self.env._("Please write an answer."))
        if len(text) > self.text_limit:
            raise UserError(
                self.env._(
                    "The channel takes %(limit)s characters, these are %(count)s: "
                    "please shorten it.",
                    limit=self.text_limit,
                    count=len(text),
                )
            )
        return text

    def _prepare_request(self, text) -> dict:
        subject = self.action_id.claim_id or self.action_id.return_id
        values = {
            "account_id": self._account().id,
            "text": text,
            "user_id": self.env.uid,
        }
        if self.message_id:
            return values | {"operation": "reply", "message_id": self.message_id.id}
        subject.account_id._ensure_feature(subject._action_feature)
        name = "claim" if self.action_id.claim_id else "return"
        return values | {
            "operation": f"{name}_action",
            f"{name}_id": subject.id,
            "action": self.action_id.code,
            "args": {"percentage": self.percentage} if self.percentage else {},
        }
