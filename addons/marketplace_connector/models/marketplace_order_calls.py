"""From an order to everything that was asked of its channel for it."""

from odoo import models


class MarketplaceOrder(models.Model):
    _inherit = "marketplace.order"

    def action_view_calls(self):
        """Calls of their accounts about these orders, their carts and parcels."""
        references = {
            *self.mapped("external_id"),
            *filter(None, self.mapped("pack_id")),
            *self.parcel_ids.mapped("external_id"),
        }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "marketplace_connector.marketplace_call_log_action"
        )
        action["domain"] = [
            ("account_id", "in", self.account_id.ids),
            ("ref", "in", sorted(references)),
        ]
        return action
