"""Whose sale an order of a channel is: one placed elsewhere comes through a hub too."""

from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.axes import Axis

from ..rules import living


class MarketplaceOrder(models.Model):
    """One sale is one sale order, although a hub and its channel both tell us of it.

    Its name (``b2c_source``, ``b2c_external_id``) is that of the channel where it was
    placed, so the database itself refuses a second one. Whoever comes first leads: its
    parcels get the NF-e. The other one follows: it only adds its facts.
    """

    _inherit = "marketplace.order"

    currency_id = fields.Many2one(related="company_id.currency_id")
    total = fields.Monetary(
        "Total on the Channel",
        readonly=True,
        help="What the buyer pays, as last read.",
    )
    origin_channel = fields.Char(readonly=True)
    origin_id = fields.Char(
        "Order Where Placed",
        readonly=True,
        index="btree_not_null",
        help="Its id on the channel that the hub took it from.",
    )
    follows_id = fields.Many2one(
        "marketplace.order",
        "Same Sale As",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Another account brought this sale first and leads it.",
    )
    channel_nfe_key = fields.Char(
        "NF-e by the Channel",
        readonly=True,
        help="Key of the NF-e that the channel issued for goods in its own stock.",
    )

    def _prepare_binding(self, account, order):
        return super()._prepare_binding(account, order) | {
            "total": float(order.total),
            "origin_channel": order.origin_channel,
            "origin_id": order.origin_id,
            "channel_nfe_key": living.channel_note(order),
        }

    def _prepare_intake(self, order, buyer):
        """The reading as ``IntakeOrder``, under the name of the sale."""
        source, external_id = self._sale_identity()
        intake = living.intake_order(order, source, buyer)
        return replace(intake, external_id=external_id)

    def _sale_identity(self) -> tuple[str, str]:
        """``b2c_source`` and ``b2c_external_id`` of this order's sale.

        Those of the channel where it was placed, when its account is here as well.
        """
        self.ensure_one()
        if self.origin_channel and self.origin_id:
            placed = self.env["marketplace.account"].search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("channel", "=", self.origin_channel),
                    ("external_ref", "!=", False),
                    ("id", "!=", self.account_id.id),
                ]
            )
            # With two shops on that channel nobody knows which: the twin check of the
            # intake remains.
            if len(placed) == 1:
                return placed._b2c_source(), self.origin_id
        return self.account_id._b2c_source(), self.external_id

    def _has_sale(self) -> bool:
        self.ensure_one()
        return bool(self.sale_order_id or self.follows_id)

    def _find_sale(self):
        """Link a sale that exists already (replayed, or brought by a hub)."""
        for binding in self:
            source, external_id = binding._sale_identity()
            sale = self.env["sale.order"].search(
                [
                    ("company_id", "=", binding.company_id.id),
                    ("b2c_source", "=", source),
                    ("b2c_external_id", "=", external_id),
                ],
                limit=1,
            )
            if sale:
                binding._lead_or_follow(sale)

    def _lead_or_follow(self, sale):
        self.ensure_one()
        leader = sale.marketplace_order_ids - self
        if leader:
            self.follows_id = leader[0]
        else:
            self.sale_order_id = sale
            for model in ("marketplace.claim", "marketplace.return"):
                self.env[model]._link_orders(self)

    @api.model
    def _apply(self, account, order):
        binding = super()._apply(account, order)
        leader = binding.follows_id
        if leader.sale_order_id:
            facts = living.facts(order, account._b2c_source())
            leader.sale_order_id._b2c_log_facts(
                [fact for fact in facts if fact.axis in (Axis.ORDER, Axis.PAYMENT)]
            )
        return binding
