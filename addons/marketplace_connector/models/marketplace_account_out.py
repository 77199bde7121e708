from odoo import fields, models


class MarketplaceAccount(models.Model):
    """What the account promises and decides about what leaves towards its channel."""

    _inherit = "marketplace.account"

    refuse_oversold = fields.Boolean(
        "Refuse Oversold Orders",
        help="An order whose goods are not in stock is cancelled at the channel as out "
        "of stock, without asking anybody.",
    )
    xml_sla_hours = fields.Integer(
        "NF-e Accepted Within (Hours)",
        default=2,
        required=True,
        help="After this, or when the parcel must leave, an NF-e that the channel has "
        "not accepted is overdue.",
    )

    _xml_sla_positive = models.Constraint(
        "CHECK(xml_sla_hours > 0)", "The NF-e needs at least one hour."
    )

    def _has_feature(self, feature) -> bool:
        """Does the channel offer it (``domain.features.Feature``)?"""
        self.ensure_one()
        return feature in self._adapter().caps.features
