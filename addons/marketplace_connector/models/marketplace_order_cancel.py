"""A buyer asks for a cancellation, and what became of what we told the channel."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.industry_b2c_sales.domain.cancellation import Stage
from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import aware, whole_seconds

from ..domain.contract import Feature
from ..rules.command import Kind
from .marketplace_command import OPEN

ORDER_DESK = "industry_b2c_sales.industry_b2c_sales_group_user"


class MarketplaceOrder(models.Model):
    _inherit = "marketplace.order"

    cancel_by = fields.Char("Cancellation Asked By", readonly=True)
    cancel_reason = fields.Char("Buyer's Reason", readonly=True)
    cancel_answer_by = fields.Datetime("Answer the Buyer Until", readonly=True)
    command_ids = fields.One2many("marketplace.command", "order_id", readonly=True)

    def _prepare_binding(self, account, order):
        wish = order.cancellation
        return super()._prepare_binding(account, order) | {
            "cancel_by": wish and wish.by,
            "cancel_reason": wish and redact(wish.reason)[:200],
            "cancel_answer_by": wish and whole_seconds(wish.answer_by),
        }

    @api.model
    def _apply(self, account, order):
        binding = super()._apply(account, order)
        binding._watch_cancel_request()
        return binding

    def _watch_cancel_request(self):
        """A work-queue item with the channel's deadline while an answer is due."""
        issues = self.env["b2c.issue"]
        code = "channel_cancel_requested"
        if self.state != "cancel_requested":
            issues._solve(code, self)
            return
        texts = self.account_id._in_company_language().env
        limit = self.cancel_answer_by
        message = texts._(
            "The buyer wants to cancel order %(order)s: %(reason)s. Answer until "
            "%(limit)s; after that the channel decides.",
            order=self.external_id,
            reason=self.cancel_reason or texts._("no reason given"),
            limit=self.sale_order_id._b2c_local_text(aware(limit))
            if limit and self.sale_order_id
            else limit or texts._("the channel's deadline"),
        )
        # sudo: whoever reads an order may not read the work queue.
        told = issues.sudo().search(
            [
                ("code", "=", code),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("state", "=", "open"),
                ("message", "=", message),
            ],
            limit=1,
        )
        if told:
            return
        issues._report(
            code,
            record=self,
            order=self.sale_order_id,
            company=self.company_id,
            message=message,
            suggestion=texts._("Open the order and accept or refuse the cancellation."),
        )

    # ------------------------------------------------------------ answering

    def _answer_cancel(self, accept: bool):
        """Tell the channel what a person has decided.

        :raises AccessError: the user does not work with consumer orders
        :raises UserError: nobody asks, or the goods have left
        """
        self._ensure_can_answer(accept)
        for binding in self:
            self.env["marketplace.command"].sudo()._tell(
                Kind.ANSWER_CANCEL,
                # sudo: the order desk sees bindings, only the machinery tells channels.
                binding.sudo(),
                args={
                    "accept": accept,
                    "asked": binding.updated_at and str(binding.updated_at),
                },
            )

    def _ensure_can_answer(self, accept):
        if not self.env.user.has_group(ORDER_DESK):
            raise AccessError(self.env._("You are not allowed to do this."))
        for binding in self:
            if binding.state != "cancel_requested":
                raise UserError(
                    self.env._("Nobody asks to cancel %s.", binding.external_id)
                )
            if binding.command_ids.filtered(
                lambda row: row.kind == Kind.ANSWER_CANCEL and row.state in OPEN
            ):
                raise UserError(
                    self.env._("%s is being answered already.", binding.external_id)
                )
            if not binding.account_id._has_feature(Feature.ANSWER_CANCEL):
                raise UserError(
                    self.env._("Answer it on the channel's own screen, then re-read.")
                )
            left = (
                binding.sale_order_id
                and binding.sale_order_id._b2c_stage() == Stage.DISPATCHED
            )
            if accept and left:
                raise UserError(
                    self.env._(
                        "%s has left the house: refuse the cancellation, the buyer may "
                        "return the goods.",
                        binding.sale_order_id.name,
                    )
                )


class MarketplaceCommand(models.Model):
    _inherit = "marketplace.command"

    def _step_result(self, *, done):
        """State and note of a step of a plan that waits for these."""
        env = self.env
        if self:
            env = self.account_id[:1]._in_company_language().env
        rejected = self.filtered(lambda row: row.state in ("rejected", "manual"))
        if rejected:
            return "manual", rejected[0].error_message or rejected[0]._task()
        if self.filtered(lambda row: row.state in ("waiting", "sending", "failed")):
            return "todo", env._("The channel is being told.")
        return "done", done


class SaleOrder(models.Model):
    _inherit = "sale.order"

    marketplace_cancel_answer_by = fields.Datetime(
        "Answer the Buyer Until", compute="_compute_marketplace_cancel_request"
    )
    marketplace_cancel_asked = fields.Boolean(
        compute="_compute_marketplace_cancel_request"
    )
    marketplace_cancel_text = fields.Char(
        "Buyer's Reason", compute="_compute_marketplace_cancel_request"
    )

    @api.depends(
        "marketplace_order_ids.state", "marketplace_order_ids.cancel_answer_by"
    )
    def _compute_marketplace_cancel_request(self):
        for order in self:
            asked = order._marketplace_asked()
            limits = [one for one in asked.mapped("cancel_answer_by") if one]
            order.marketplace_cancel_asked = bool(asked)
            order.marketplace_cancel_answer_by = min(limits, default=False)
            order.marketplace_cancel_text = asked[:1].cancel_reason

    def _marketplace_asked(self):
        return self.marketplace_order_ids.filtered(
            lambda binding: binding.state == "cancel_requested"
        )

    def action_marketplace_accept_cancel(self):
        """Button: the buyer may cancel; the channel is told."""
        self._marketplace_asked()._answer_cancel(True)

    def action_marketplace_refuse_cancel(self):
        """Button: the sale stands; the channel is told."""
        self._marketplace_asked()._answer_cancel(False)
