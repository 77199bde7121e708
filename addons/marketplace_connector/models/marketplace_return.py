"""Goods that come back through a channel, or money that goes back without them."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.axes import Axis
from odoo.addons.industry_b2c_sales.timing import aware, utc_now, whole_seconds

from ..domain.contract import Feature
from .marketplace_claim import MONEY


class MarketplaceReturn(models.Model):
    """A return as the channel tells it; the sale order's return axis follows it.

    Receiving the goods, inspecting them and the return NF-e belong to other addons:
    they pick it up in ``_marketplace_after_return``.
    """

    _name = "marketplace.return"
    _description = "Channel Return"
    _inherit = ["marketplace.service.mixin", "marketplace.action.mixin"]
    _order = "id desc"
    _rec_name = "external_id"

    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("in_transit", "On its way"),
            ("received", "Received"),
            ("in_review", "In review"),
            ("disputed", "Disputed"),
            ("refunded", "Paid back"),
            ("rejected", "Refused"),
            ("cancelled", "Cancelled"),
            ("closed", "Closed"),
            ("unknown", "Unknown"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    claim_id = fields.Many2one(
        "marketplace.claim",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    needs_goods = fields.Boolean("Goods Come Back", readonly=True)
    line_data = fields.Json(
        readonly=True,
        help="List of {key, qty}: the channel's line and how many units (text). "
        "Empty: the whole order.",
    )
    parcel_data = fields.Json(
        readonly=True,
        # The direction tells the way to the channel's warehouse from the way on to us.
        help="List of {external_id, state, tracking, carrier, direction}.",
    )
    tracking = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)
    refund_at = fields.Selection(
        [("shipped", "When sent"), ("delivered", "When received")],
        "Pays Back",
        readonly=True,
    )
    refund_amount = fields.Monetary(readonly=True)
    money_state = fields.Selection(MONEY, "Money", readonly=True)
    review = fields.Selection(
        [
            ("saleable", "Can be sold"),
            ("unsaleable", "Cannot be sold"),
            ("discard", "Discard"),
            ("missing", "Missing"),
        ],
        "Channel's Inspection",
        readonly=True,
    )
    answer_by = fields.Datetime("Act Until", readonly=True)
    action_ids = fields.One2many("marketplace.action", "return_id", readonly=True)
    request_ids = fields.One2many("marketplace.request", "return_id", readonly=True)

    _told_uniq = models.UniqueIndex("(account_id, external_id)")

    _action_feature = Feature.RETURNS
    _action_field = "return_id"

    @api.model
    def _prepare_vals(self, account, one):
        claim = self.env["marketplace.claim"].search(
            [("account_id", "=", account.id), ("external_id", "=", one.claim_id)]
        )
        parcels = [
            {
                "external_id": parcel.external_id,
                "state": parcel.state.value,
                "tracking": parcel.tracking,
                "carrier": parcel.carrier,
                "direction": parcel.direction,
            }
            for parcel in one.parcels
        ]
        return super()._prepare_vals(account, one) | {
            "state": one.state.value,
            "claim_id": claim.id,
            "needs_goods": one.needs_goods,
            "line_data": [
                {"key": line.key, "qty": str(line.qty)} for line in one.lines
            ],
            "parcel_data": parcels,
            "tracking": ", ".join(filter(None, (p["tracking"] for p in parcels))),
            "reason": one.reason,
            "refund_at": one.refund_at or False,
            "refund_amount": float(one.refund_amount or 0),
            "money_state": one.money_state or False,
            "review": one.review or False,
            "answer_by": whole_seconds(one.answer_by),
        }

    def _after_keep(self, one, is_new):
        self._keep_actions(one.actions)
        self._tell_sale()
        over = self.state in ("refunded", "rejected", "cancelled", "closed")
        self._report_due(not over and self.answer_by)
        self._marketplace_after_return(is_new)

    def _tell_sale(self):
        """The return axis of the sale order."""
        for one in self.filtered("sale_order_id"):
            source = one.account_id._b2c_source()
            one.sale_order_id._b2c_log(
                Axis.RETURN,
                one.state,
                source=source,
                uid=f"{source}:return:{one.external_id}:{one.state}:{one.updated_at}",
                at=aware(one.updated_at) or utc_now(),
                raw=one.state_raw,
            )

    def _link_orders(self, binding):
        waiting = super()._link_orders(binding)
        waiting._tell_sale()
        return waiting

    def _due_text(self, env, deadline):
        return env._(
            "%(account)s: return %(number)s of order %(order)s, act until "
            "%(deadline)s.",
            account=self.account_id.name,
            number=self.external_id,
            order=self.sale_order_id.name or self.order_ref,
            deadline=deadline,
        )

    def _marketplace_after_return(self, is_new: bool):
        """Hook: a return was read and stored (one record, as superuser).

        Called with every newer reading, in the transaction that stored it: anything
        slow belongs in a job. ``needs_goods``: whether a parcel is to be expected.

        :param is_new: for the first time
        """
        self.ensure_one()
