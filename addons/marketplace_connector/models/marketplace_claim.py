"""Complaints of buyers, as the channel handles them."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.timing import whole_seconds

from ..domain.contract import Feature

MONEY = [
    ("retained", "Held by the channel"),
    ("refunded", "Paid back to the buyer"),
    ("available", "Ours"),
]


class MarketplaceClaim(models.Model):
    """A complaint about one order, until the channel closes it.

    What we may do about it, and until when, stands in its actions: the channel offers
    them anew with every reading.
    """

    _name = "marketplace.claim"
    _description = "Buyer's Claim"
    _inherit = ["marketplace.service.mixin", "marketplace.action.mixin"]
    _order = "is_open desc, due, id desc"
    _rec_name = "external_id"

    kind = fields.Selection(
        [
            ("mediation", "Mediation"),
            ("return", "Return"),
            ("cancel", "Cancellation"),
            ("exchange", "Exchange"),
            ("service", "Service"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
    )
    is_open = fields.Boolean("Open", readonly=True, index=True)
    stage = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    resolution = fields.Char(readonly=True)
    money_state = fields.Selection(MONEY, "Money", readonly=True)
    opened_at = fields.Datetime("Opened", readonly=True)
    due = fields.Datetime("Act Until", readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late")
    action_ids = fields.One2many("marketplace.action", "claim_id", readonly=True)
    return_ids = fields.One2many("marketplace.return", "claim_id", readonly=True)
    message_ids = fields.One2many("marketplace.message", "claim_id", readonly=True)
    request_ids = fields.One2many("marketplace.request", "claim_id", readonly=True)

    _told_uniq = models.UniqueIndex("(account_id, external_id)")

    _action_feature = Feature.CLAIMS
    _action_field = "claim_id"

    @api.depends("is_open", "due")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for claim in self:
            claim.is_late = bool(claim.is_open and claim.due and claim.due < now)

    @api.model
    def _prepare_vals(self, account, one):
        kinds = dict(self._fields["kind"].selection)
        return super()._prepare_vals(account, one) | {
            "kind": one.kind if one.kind in kinds else "other",
            "is_open": one.open,
            "stage": one.stage,
            "reason": one.reason,
            "resolution": one.resolution,
            "money_state": one.money_state or False,
            "opened_at": whole_seconds(one.opened_at),
            "due": whole_seconds(one.due),
        }

    def _after_keep(self, one, is_new):
        self._keep_actions(one.actions)
        returns = self.env["marketplace.return"].search(
            [
                ("account_id", "=", self.account_id.id),
                ("external_id", "in", list(one.return_ids)),
                ("claim_id", "=", False),
            ]
        )
        returns.claim_id = self
        self._report_due(self.is_open and self.due)
        self._marketplace_after_claim(is_new)

    def _due_text(self, env, deadline):
        return env._(
            "%(account)s: claim %(claim)s on order %(order)s, act until %(deadline)s.",
            account=self.account_id.name,
            claim=self.external_id,
            order=self.sale_order_id.name or self.order_ref,
            deadline=deadline,
        )

    def _marketplace_after_claim(self, is_new: bool):
        """Hook: a claim was read and stored (one record, as superuser).

        Called with every newer reading, in the transaction that stored it: anything
        slow belongs in a job.

        :param is_new: for the first time
        """
        self.ensure_one()
