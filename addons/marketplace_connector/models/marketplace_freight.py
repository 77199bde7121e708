"""Parcels that our own carrier takes: the channel hears the tracking and the end."""

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.domain.axes import Axis, ParcelState
from odoo.addons.industry_b2c_sales.timing import aware

from ..const import CHUNK
from ..rules.command import Kind

OVER = ("delivered", "cancelled", "returned", "lost")


class MarketplaceParcel(models.Model):
    _inherit = "marketplace.parcel"

    command_ids = fields.One2many("marketplace.command", "parcel_id", readonly=True)

    @api.model
    def _cron_own_freight(self):
        """Tell the tracking of what has left and was not told yet."""
        parcels = self.search(
            [
                ("account_id.state", "=", "active"),
                ("own_freight", "=", True),
                ("state", "not in", OVER),
                ("command_ids", "=", False),
            ],
            order="id desc",
            limit=20 * CHUNK,
        )
        parcels._tell_tracking()

    def _tell_tracking(self):
        """Commands for the tracking codes of the orders' deliveries; once per code."""
        commands = self.env["marketplace.command"]
        for parcel in self.filtered("own_freight"):
            sent = parcel.sale_order_ids._b2c_deliveries().filtered(
                lambda one: one.state == "done" and one.carrier_tracking_ref
            )
            for delivery in sent[:1]:
                commands += commands._tell(
                    Kind.OWN_TRACKING,
                    parcel.channel_order_ids[:1],
                    parcel=parcel,
                    args={
                        "carrier": delivery.carrier_id.name or "",
                        "code": delivery.carrier_tracking_ref,
                        "url": delivery.carrier_tracking_url or "",
                        "at": aware(delivery.date_done).isoformat(),
                    },
                )
        return commands


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        """A tracking code that comes, or changes, after the goods have left."""
        result = super().write(vals)
        if vals.get("carrier_tracking_ref") or vals.get("date_done"):
            orders = self.filtered(lambda one: one.state == "done").sale_id
            # sudo: who ships need not read parcels and commands of channels.
            orders.sudo().marketplace_parcel_ids._tell_tracking()
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_after_move(self, axis, before, state):
        """Our carrier has delivered; the channel does not know unless it told us."""
        super()._b2c_after_move(axis, before, state)
        if axis != Axis.PARCEL or state != ParcelState.DELIVERED:
            return
        # sudo: whoever proves a delivery need not read parcels of channels.
        for parcel in self.sudo().marketplace_parcel_ids.filtered("own_freight"):
            delivered_at = self._b2c_delivered_at(self._b2c_facts()[self.id])
            if parcel.state not in OVER and delivered_at:
                self.env["marketplace.command"].sudo()._tell(
                    Kind.OWN_DELIVERED,
                    parcel.channel_order_ids[:1],
                    parcel=parcel,
                    args={"at": delivered_at.isoformat()},
                )
