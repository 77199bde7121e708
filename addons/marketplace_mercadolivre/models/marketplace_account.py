from odoo import fields, models

from ..const import CHANNEL
from ..domain.adapter import MercadoLivreAdapter


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    channel = fields.Selection(
        selection_add=[(CHANNEL, "Mercado Livre")], ondelete={CHANNEL: "cascade"}
    )

    def _adapter_class(self):
        self.ensure_one()
        if self.channel == CHANNEL:
            return MercadoLivreAdapter
        return super()._adapter_class()
