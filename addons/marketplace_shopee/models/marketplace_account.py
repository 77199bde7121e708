from odoo import fields, models

from ..const import CHANNEL, QUOTA_ZONE
from ..domain.adapter import ShopeeAdapter


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    channel = fields.Selection(
        selection_add=[(CHANNEL, "Shopee")], ondelete={CHANNEL: "cascade"}
    )
    shopee_handover = fields.Selection(
        [("dropoff", "We take them to the agency"), ("pickup", "The carrier picks up")],
        "Hand-over of Parcels",
        default="dropoff",
        required=True,
        help="Used where Shopee lets choose; otherwise what the carrier offers.",
    )
    shopee_push_url = fields.Char(
        "Registered Push Address",
        groups="marketplace_connector.marketplace_connector_group_manager",
        help="Shopee signs its push messages together with the address that is "
        "registered in the application. Fill it in when that is not the notification "
        "address letter by letter.",
    )

    def _adapter_class(self):
        self.ensure_one()
        if self.channel == CHANNEL:
            return ShopeeAdapter
        return super()._adapter_class()

    def _adapter_params(self):
        params = super()._adapter_params()
        if self.channel != CHANNEL:
            return params
        return {
            **params,
            "push_url": self.shopee_push_url or self.hook_url or "",
            "pickup": self.shopee_handover == "pickup",
        }

    def _limit_zone(self):
        """The daily quota of calls begins anew at midnight in Singapore."""
        if self.channel == CHANNEL:
            return QUOTA_ZONE
        return super()._limit_zone()
