"""What a sale order of a marketplace answers to the hooks of the living order."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.industry_b2c_sales.domain.guard import LiveStatus
from odoo.addons.industry_b2c_sales.timing import aware, utc_now

from ..const import CHUNK
from ..domain.contract import AuthDead, ChannelError, OrderState

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    marketplace_order_ids = fields.One2many(
        "marketplace.order", "sale_order_id", readonly=True
    )
    marketplace_account_id = fields.Many2one(
        related="marketplace_order_ids.account_id", string="Marketplace Account"
    )
    marketplace_parcel_ids = fields.Many2many(
        "marketplace.parcel", compute="_compute_marketplace_parcel_ids"
    )

    @api.depends("marketplace_order_ids.parcel_ids")
    def _compute_marketplace_parcel_ids(self):
        for order in self:
            order.marketplace_parcel_ids = order.marketplace_order_ids.parcel_ids

    # ------------------------------------------------------------ intake

    @api.model
    def _b2c_intake(self, orders):
        results = super()._b2c_intake(orders)
        # sudo: whoever replays an order may not write bindings.
        waiting = (
            self.env["marketplace.order"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    "|",
                    ("external_id", "in", [order.external_id for order in orders]),
                    ("origin_id", "in", [order.external_id for order in orders]),
                    ("sale_order_id", "=", False),
                    ("follows_id", "=", False),
                ],
                order="id",
            )
        )
        bindings = waiting.grouped(lambda binding: binding._sale_identity())
        for order, result in zip(orders, results, strict=True):
            for binding in bindings.get((order.source, order.external_id), ()):
                if result.order_id:
                    binding._link_sale(self.sudo().browse(result.order_id))
        return results

    def _b2c_find_products(self, order):
        """The listing decides; what no listing knows is looked up by SKU."""
        found = super()._b2c_find_products(order)
        account = self._marketplace_account_of(order.source)
        if not account:
            return found
        # sudo: whoever takes an order in may not read the listings of channels.
        listed = self.env["marketplace.listing"].sudo()._find(account, order.lines)
        products = {key: product.with_env(self.env) for key, product in listed.items()}
        return found | products

    @api.model
    def _marketplace_account_of(self, source):
        """The account that a sale order names (``b2c_source``), with all rights."""
        channel, _slash, seller = source.partition("/")
        # sudo: whoever takes an order in may not read the accounts of channels.
        return (
            self.env["marketplace.account"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("channel", "=", channel),
                    ("external_ref", "=", seller),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------ guard

    def _b2c_live_status(self):
        """Ask each account about its orders, 50 at a time; errors are answers."""
        answers = super()._b2c_live_status()
        # sudo: a picker may not read accounts and bindings.
        bindings = self.sudo().marketplace_order_ids
        for account, orders in bindings.grouped("account_id").items():
            answers |= self._marketplace_live_status(account, orders)
        return answers

    def _b2c_last_looks(self):
        """A whole reading of an order is a look at it, too; its states are logged."""
        last = super()._b2c_last_looks()
        for order in self:
            # sudo: a picker may not read bindings.
            moments = order.sudo().marketplace_order_ids.mapped("read_at")
            if moments and all(moments):
                at = aware(min(moments))
                last[order.id] = max(at, last.get(order.id, at))
        return last

    def _marketplace_live_status(self, account, bindings):
        source = account._b2c_source()
        if account.state != "active":
            status = LiveStatus(source=source, error=f"account_{account.state}")
            return {binding.sale_order_id.id: status for binding in bindings}
        checks, asked_at = {}, {}
        for chunk in split_every(CHUNK, bindings.mapped("external_id"), list):
            # Before the question: an answer that took a minute is a minute old.
            asked_at |= dict.fromkeys(chunk, utc_now())
            try:
                checks |= account._adapter().still_shippable(chunk)
            except ChannelError as error:
                _logger.warning("Live status of account %s: %s", account.id, error)
                checks |= {ref: error for ref in chunk}
        for error in filter(None, map(_error_of, checks.values())):
            if isinstance(error, AuthDead):
                account._mark_dead(str(error))
                break
        answers = {}
        for binding in bindings:
            ref = binding.external_id
            answers[binding] = _live(checks.get(ref), source, asked_at[ref])
        # The answer is short; what changed (parcel, refund) stands in the whole order.
        bindings.filtered(
            lambda binding: _is_news(answers[binding], binding)
        ).action_reread()
        return {binding.sale_order_id.id: live for binding, live in answers.items()}

    # ------------------------------------------------------------ dispatch, cancel

    def _b2c_dispatch(self):
        """Readings of these orders wait: a packer should not, nor be told to try again,
        because the channel's news of yesterday's labels is written at the same time."""
        # sudo: a picker may not read bindings.
        bindings = self.sudo().marketplace_order_ids
        for account, orders in bindings.grouped("account_id").items():
            orders._lock_orders(account, orders.mapped("external_id"))
        return super()._b2c_dispatch()

    def _b2c_shipping_ready(self):
        """``xml_not_accepted`` or ``label_missing`` until the channel lets us ship."""
        reasons = super()._b2c_shipping_ready()
        for order in self:
            # sudo: a picker may not read parcels.
            channel_orders = order.sudo().marketplace_order_ids
            if channel_orders and order.id not in reasons:
                reason = channel_orders._shipping_gap()
                if reason:
                    reasons[order.id] = reason
        return reasons

    def _b2c_cancel_step_void_label(self):
        """Void the labels of parcels that hold nothing but cancelled orders."""
        self.ensure_one()
        # sudo: whoever cancels may not write parcels.
        parcels = self.sudo().marketplace_order_ids.parcel_ids
        if not parcels:
            return super()._b2c_cancel_step_void_label()
        env = self.sudo().marketplace_account_id._in_company_language().env
        shared = parcels.filtered(
            lambda parcel: any(
                order.b2c_order_state not in ("cancelled", "superseded")
                for order in parcel.sale_order_ids - self
            )
        )
        (parcels - shared)._void_label()
        (parcels - shared).outbox_ids._block("order_cancelled")
        if shared:
            note = env._(
                "Parcel %(parcels)s also holds orders that are still sold: take the "
                "cancelled goods out by hand.",
                parcels=", ".join(shared.mapped("external_id")),
            )
            return "manual", note
        return "done", env._(
            "Label void: %s.", ", ".join(parcels.mapped("external_id"))
        )

    # ------------------------------------------------------------ NF-e

    def _marketplace_documents(self):
        """Authorised NF-e of these orders."""
        documents = self.invoice_ids.fiscal_document_id
        return documents.filtered(lambda doc: doc.state_edoc == "autorizada")

    # ------------------------------------------------------------ buttons

    def action_marketplace_reread(self):
        """Read the orders from their channel again, whatever was heard before."""
        self.check_access("read")
        # sudo: salespersons see bindings, only the machinery writes the inbox.
        self.sudo().marketplace_order_ids.action_reread()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The order is being read from the channel."),
            },
        }

    def action_marketplace_label(self):
        """Open the stored label of the order's parcel."""
        self.ensure_one()
        parcel = self.marketplace_parcel_ids[:1]
        if not parcel:
            raise UserError(self.env._("The channel has no parcel for it yet."))
        return parcel.action_print_label()

    def action_view_marketplace_parcels(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "marketplace_connector.marketplace_parcel_action"
        )
        action["domain"] = [("id", "in", self.marketplace_parcel_ids.ids)]
        action["context"] = {}
        return action


def _is_news(live, binding) -> bool:
    """Did the channel answer another state than it had when the order was read?"""
    pairs = (
        (live.order_state, binding.state),
        (live.payment_state, binding.payment_state),
    )
    return any(state and state.value != known for state, known in pairs)


def _error_of(check):
    """The error of a LiveCheck, or the error that stands in its place."""
    return check if isinstance(check, ChannelError) else check.error


def _live(check, source, asked_at) -> LiveStatus:
    """An order that is missing from the answer is held like a failed one."""
    if check is None:
        return LiveStatus(source=source, error="no_answer")
    error = _error_of(check)
    if error:
        return LiveStatus(source=source, error=error.code or type(error).__name__)
    state = check.order_state
    if "fraud_risk" in check.flags and state == OrderState.READY:
        state = OrderState.ON_HOLD
    return LiveStatus(
        order_state=state,
        payment_state=check.payment_state,
        source=source,
        checked_at=asked_at,
    )
