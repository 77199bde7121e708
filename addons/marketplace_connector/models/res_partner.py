from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _b2c_erase_traces(self):
        """What the consumer wrote to us through the channels is forgotten too."""
        result = super()._b2c_erase_traces()
        # sudo: nobody writes messages but the machinery.
        messages = self.env["marketplace.message"].sudo()
        messages.search([("sale_order_id.partner_id", "in", self.ids)])._erase_words()
        return result
