from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.marketplace_connector.domain.contract import Rejected

from ..const import CHANNEL
from ..domain.adapter import MagaluAdapter


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    channel = fields.Selection(
        selection_add=[(CHANNEL, "Magalu")], ondelete={CHANNEL: "cascade"}
    )

    def _adapter_class(self):
        self.ensure_one()
        if self.channel == CHANNEL:
            return MagaluAdapter
        return super()._adapter_class()

    def _exchange_code(self, code="", **params):
        try:
            return super()._exchange_code(code=code, **params)
        except Rejected as error:
            if self.channel != CHANNEL or error.code != "several_tenants":
                raise
            raise UserError(
                self.env._(
                    "This login has more than one shop at Magalu. Write the seller ID "
                    "(tenant) of the right one into the account, then connect again. "
                    "%(detail)s",
                    detail=str(error),
                )
            ) from error

    def _action_name(self, code):
        """What may be told about a ticket of the SAC (``domain/tickets.py``)."""
        if self.channel != CHANNEL:
            return super()._action_name(code)
        env = self.env
        names = {
            "product_sent": env._("Product sent"),
            "return_info_sent": env._("Return instructions sent"),
            "product_received": env._("Product received"),
            "authorize_refund": env._("Authorise the refund"),
            "create_return": env._("Create a return code"),
        }
        return names.get(code) or super()._action_name(code)

    def _invoice_problem(self, code, detail):
        if self.channel != CHANNEL:
            return super()._invoice_problem(code, detail)
        return self._magalu_invoice_problems(detail).get(code, "")

    def _magalu_invoice_problems(self, detail):
        """Sentences for the codes of ``domain/errors.py`` and of our own checks."""
        env = self.env
        return {
            "invoice_already_exists": env._(
                "The delivery already has an NF-e at Magalu: %s", detail
            ),
            "invoice_amount_mismatch": env._(
                "The amount of the NF-e differs from that of the delivery at Magalu. "
                "An order with several deliveries needs one NF-e for each."
            ),
            "invoice_recipient_mismatch": env._(
                "The recipient of the NF-e is not the buyer that Magalu has."
            ),
            "invoice_not_authorized": env._(
                "Magalu does not find the NF-e authorised at the SEFAZ."
            ),
            "delivery_not_invoiceable": env._(
                "The delivery does not take an NF-e in its state at Magalu: %s", detail
            ),
            "invoice_issuer_mismatch": env._(
                "The CNPJ that issued the NF-e is not the one of this shop at Magalu."
            ),
            "invoice_key_mismatch": env._(
                "The access key is not the one of the XML that was sent."
            ),
            "invoice_xml_invalid": env._("Magalu could not read the XML of the NF-e."),
            "invoice_invalid": env._(
                "Magalu looked at the NF-e and refused it. Its portal tells why."
            ),
        }
