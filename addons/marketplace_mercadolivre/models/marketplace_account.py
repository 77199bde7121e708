from odoo import fields, models
from odoo.tools import str2bool

from ..const import CHANNEL, NOWHERE
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

    def _adapter_params(self):
        params = super()._adapter_params()
        if self.channel == CHANNEL and not params["base_url"] and self._is_copy():
            # An empty address means production: never from a copy of the database.
            params["base_url"] = NOWHERE
        return params

    def _is_copy(self):
        """Whether this database was neutralised (``odoo-bin neutralize``)."""
        # The hook runs in superuser mode: system parameters are not for users.
        parameters = self.env["ir.config_parameter"]
        return str2bool(parameters.get_param("database.is_neutralized"), False)
